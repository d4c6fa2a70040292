/** White space between two characters: a line's end and the next one's indent. */
const MOST_INDENTED = 32;
const BEGIN_BYTES = 12;

/** `begins`: what bytes without it cannot hold. `whole`: over lines of any length, in a text of one character a byte. */
export type Spelling = { begins: Buffer; whole: RegExp; bytes: number };

export function spellingOf(form: string): Spelling {
  const bytes = Buffer.from(form);
  const characters = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
  const whole = new RegExp(characters.join(`\\s{0,${MOST_INDENTED}}`), "g");
  return { begins: bytes.subarray(0, BEGIN_BYTES), whole, bytes: bytes.length };
}

/** Overwrites each in place, and answers whether there was one. Lines stay, and so does the length. */
export function blankIn(bytes: Buffer, forms: readonly Spelling[]): boolean {
  let isFound = false;
  for (const { whole } of forms.filter(({ begins }) => bytes.includes(begins))) {
    const text = bytes.toString("latin1");
    const hidden = text.replace(whole, (found) => found.replace(/\S/g, "x"));
    if (hidden === text) continue;
    bytes.write(hidden, "latin1");
    isFound = true;
  }
  return isFound;
}

/** The same of a short text; null: there is none in it. */
export function blankedText(text: string, forms: readonly Spelling[]): string | null {
  const bytes = Buffer.from(text);
  return blankIn(bytes, forms) ? bytes.toString() : null;
}
