import { decodeNamedCharacterReference } from "decode-named-character-reference";
import { removeInvisible } from "./invisible.ts";

/** Whether a character that is spelt out (`&name;`) would not be seen. `name`: between `&` and `;`. */
export function isInvisibleReference(name: string): boolean {
  const characters = decoded(name);
  return characters !== "\r" && removeInvisible(characters).removed.length > 0;
}

/** Whether it is a blank of some width. */
export const isBlankReference = (name: string): boolean => decoded(name).trim() === "";

function decoded(name: string): string {
  const digits = /^#(x?)([\da-f]+)$/i.exec(name);
  if (digits === null) return decodeNamedCharacterReference(name) || "";
  const code = Number.parseInt(digits[2] ?? "", digits[1] ? 16 : 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
