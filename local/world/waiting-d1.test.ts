import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { overWaitingD1, waitingD1 } from "./waiting-d1.ts";

class Statement {
  readonly file: LockedFile;
  readonly text: string;
  readonly values: number[];
  readonly #made = true;
  static isOwn = (one: Statement): boolean => #made in one && one.#made;
  constructor(file: LockedFile, text: string, values: number[] = []) {
    this.file = file;
    this.text = text;
    this.values = values;
  }
  bind(...values: number[]): Statement {
    return new Statement(this.file, this.text, values);
  }
  async all(): Promise<unknown[]> {
    this.file.open();
    return this.file.sqlite.prepare(this.text).all(...this.values);
  }
}

/** As much of a D1 binding as matters here, over real SQLite; its first `times` calls find the file locked. */
class LockedFile {
  readonly sqlite = new DatabaseSync(":memory:");
  readonly message: string;
  left: number;
  calls = 0;
  constructor(times: number, message = "D1_ERROR: database is locked: SQLITE_BUSY") {
    this.left = times;
    this.message = message;
    this.sqlite.exec("CREATE TABLE numbers (n)");
  }
  open(): void {
    this.calls += 1;
    if (this.left-- > 0) throw new Error(this.message);
  }
  prepare(text: string): Statement {
    return new Statement(this, text);
  }
  async batch(statements: Statement[]): Promise<unknown[][]> {
    this.open();
    // The binding refuses what it has not made itself.
    if (!statements.every((one) => Statement.isOwn(one))) throw new TypeError("not a statement of this binding");
    return statements.map(({ text, values }) => this.sqlite.prepare(text).all(...values));
  }
}

describe("a D1 whose file another process locks", () => {
  it("is asked again until it is free, and does each thing once", async () => {
    const file = new LockedFile(3);
    const d1 = waitingD1(file);
    await d1.prepare("INSERT INTO numbers VALUES (?)").bind(7).all();
    expect(file.calls).toBe(4);
    file.left = 2;
    const answers = await d1.batch([
      d1.prepare("INSERT INTO numbers VALUES (?)").bind(8),
      d1.prepare("SELECT n FROM numbers ORDER BY n"),
    ]);
    expect(answers[1]).toEqual([expect.objectContaining({ n: 7 }), expect.objectContaining({ n: 8 })]);
  });

  it("gives up after five tries, with the failure as it was", async () => {
    const file = new LockedFile(100);
    await expect(waitingD1(file).prepare("SELECT 1").all()).rejects.toThrow(file.message);
    expect(file.calls).toBe(5);
  });

  it("sends nothing again that failed otherwise: it may have run", async () => {
    const file = new LockedFile(1, "D1_ERROR: Network connection lost.");
    await expect(waitingD1(file).prepare("SELECT 1").all()).rejects.toThrow("Network connection lost");
    expect(file.calls).toBe(1);
  });

  it("is a Worker's, under the same bindings each time", async () => {
    const file = new LockedFile(1);
    const seen = new Set<object>();
    const worker = overWaitingD1({
      async fetch(_request, env) {
        seen.add(env);
        return (env.DB as LockedFile).prepare("SELECT 1 AS one").all();
      },
    });
    const env = { DB: file };
    expect(await worker["fetch"]?.(null, env, null)).toEqual([expect.objectContaining({ one: 1 })]);
    await worker["fetch"]?.(null, env, null);
    expect(seen.size).toBe(1);
  });
});
