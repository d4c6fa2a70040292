import type { Git, RunningGit } from "../git/run-git.ts";

/** `content` null: it is larger than what was asked for. */
export type GitObject = { type: string; size: number; content: Buffer | null };

/** Reads objects of the trusted repository, one after the other, with one process of git. */
export class ObjectReader {
  readonly #running: RunningGit;
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  #rest: Buffer = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();

  constructor(git: Git, timeoutMs: number) {
    this.#running = git.start(["cat-file", "--batch"], { timeoutMs });
    this.#chunks = this.#running.child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  /** null: there is no such object. */
  async read(sha: string, most: number): Promise<GitObject | null> {
    const answer = this.#last.then(async () => this.#read(sha, most));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #read(sha: string, most: number): Promise<GitObject | null> {
    this.#running.child.stdin.write(`${sha}\n`);
    while (!this.#rest.includes(10)) await this.#more();
    const line = this.#take(this.#rest.indexOf(10) + 1).toString("latin1");
    const [, type, length] = line.trimEnd().split(" ");
    if (type === undefined || length === undefined) return null;
    const size = Number(length);
    const content = await this.#body(size, size <= most);
    return { type, size, content };
  }

  async #body(size: number, isWanted: boolean): Promise<Buffer | null> {
    const pieces: Buffer[] = [];
    // With the line end that follows each object.
    for (let left = size + 1; left > 0;) {
      if (this.#rest.length === 0) await this.#more();
      const piece = this.#take(Math.min(left, this.#rest.length));
      left -= piece.length;
      if (isWanted) pieces.push(piece);
    }
    return isWanted ? Buffer.concat(pieces).subarray(0, size) : null;
  }

  async close(): Promise<void> {
    this.#running.child.stdin.end();
    await this.#running.done;
  }

  #take(size: number): Buffer {
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return taken;
  }

  async #more(): Promise<void> {
    const chunk = await this.#chunks.next();
    if (chunk.done === true) {
      await this.#running.done;
      throw new Error("git ended before it answered");
    }
    this.#rest = this.#rest.length === 0 ? chunk.value : Buffer.concat([this.#rest, chunk.value]);
  }
}
