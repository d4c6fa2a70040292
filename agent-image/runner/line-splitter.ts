import { StringDecoder } from "node:string_decoder";

const LONGEST_LINE = 4 * 1024 * 1024;

/** Cuts a byte stream into lines of text. A line over 4 MB is handed on in pieces, so memory stays bounded. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #pieces: string[] = [];
  #length = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer | string): void {
    const lines = (typeof chunk === "string" ? chunk : this.#decoder.write(chunk)).split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      this.#hold(line);
      this.#emit();
    }
    this.#hold(last);
    if (this.#length > LONGEST_LINE) this.#emit();
  }

  end(): void {
    this.#hold(this.#decoder.end());
    if (this.#length > 0) this.#emit();
  }

  #hold(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #emit(): void {
    const line = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
