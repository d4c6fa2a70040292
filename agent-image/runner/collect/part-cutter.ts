import { createHash } from "node:crypto";
import { CHANGE_SET_LIMITS, type SetPart } from "../../../lib/change-set.ts";

/** Cuts bytes into parts. No more than one part is in memory. */
export class PartCutter {
  readonly parts: SetPart[] = [];
  /** Of all parts and of what waits for the next one. */
  bytes = 0;
  readonly #onPart: (part: SetPart, content: Buffer) => void;
  #held: Buffer[] = [];
  #size = 0;

  constructor(onPart: (part: SetPart, content: Buffer) => void) {
    this.#onPart = onPart;
  }

  /** Where the next byte goes. */
  get location(): { part: number; at: number } {
    return { part: this.parts.length + 1, at: this.#size };
  }

  push(content: Buffer): void {
    for (let at = 0; at < content.length;) {
      const piece = content.subarray(at, at + CHANGE_SET_LIMITS.partBytes - this.#size);
      this.#held.push(piece);
      this.#size += piece.length;
      this.bytes += piece.length;
      at += piece.length;
      if (this.#size === CHANGE_SET_LIMITS.partBytes) this.#close();
    }
  }

  /** What is left is the last part. */
  end(): SetPart[] {
    if (this.#size > 0) this.#close();
    return this.parts;
  }

  #close(): void {
    const content = Buffer.concat(this.#held);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const part = { number: this.parts.length + 1, size: content.length, sha256 };
    this.#held = [];
    this.#size = 0;
    this.parts.push(part);
    this.#onPart(part, content);
  }
}
