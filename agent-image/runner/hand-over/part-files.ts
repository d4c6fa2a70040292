import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SetPart } from "../../../lib/change-set.ts";

/** Parts on their way, in a folder of the supervisor's: one that Porter asks for again is still there. */
export class PartFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
  }

  readonly write = ({ number }: SetPart, content: Buffer): void => writeFileSync(this.#path(number), content);

  async read({ number }: SetPart): Promise<Buffer> {
    return readFile(this.#path(number));
  }

  #path(number: number): string {
    return join(this.#folder, String(number));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
