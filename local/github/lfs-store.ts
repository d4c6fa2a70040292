import { randomBytes } from "node:crypto";

const linkLifeMs = 3_600_000;

/** The large files of every repository, and the links under which they come and go. */
export class LfsStore {
  readonly #objects = new Map<string, Buffer>();
  readonly #links = new Map<string, { fullName: string; expiresAtMs: number }>();

  get(fullName: string, oid: string): Buffer | undefined {
    return this.#objects.get(`${fullName} ${oid}`);
  }

  oids(fullName: string): string[] {
    return [...this.#objects.keys()].flatMap((key) => (key.startsWith(`${fullName} `) ? [key.slice(-64)] : []));
  }

  put(fullName: string, oid: string, content: Buffer): void {
    this.#objects.set(`${fullName} ${oid}`, content);
  }

  link(fullName: string): { key: string; expiresAt: string } {
    const key = randomBytes(16).toString("hex");
    const expiresAtMs = Date.now() + linkLifeMs;
    this.#links.set(key, { fullName, expiresAtMs });
    return { key, expiresAt: new Date(expiresAtMs).toISOString() };
  }

  /** The repository that a link is for; undefined when it ended or there never was one. */
  linked(key: string): string | undefined {
    const link = this.#links.get(key);
    return link === undefined || link.expiresAtMs <= Date.now() ? undefined : link.fullName;
  }
}
