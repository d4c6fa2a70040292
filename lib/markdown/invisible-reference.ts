import { decodeNamedCharacterReference } from "decode-named-character-reference";
import { removeInvisible } from "./invisible.ts";

/** Whether a character that is spelt out (`&name;`) would not be seen. `name`: between `&` and `;`. */
export function isInvisibleReference(name: string): boolean {
  const digits = /^#(x?)([\da-f]+)$/i.exec(name);
  if (digits === null) return isUnseen(decodeNamedCharacterReference(name) || "");
  const code = Number.parseInt(digits[2] ?? "", digits[1] ? 16 : 10);
  return code <= 0x10ffff && code !== 13 && isUnseen(String.fromCodePoint(code));
}

const isUnseen = (characters: string): boolean => removeInvisible(characters).removed.length > 0;
