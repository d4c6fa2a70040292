/** Stands where the rest of a text was taken away. */
const CUT = " … [cut]";
const CUT_BEFORE = "[cut] … ";

/**
 * At most `maxBytes` of UTF-8, cut at a character and with a visible mark; lone surrogates become U+FFFD.
 * `keep`: which side of a text that is too long stays; `both` keeps a third of the start and the rest of the end.
 */
export function clipBytes(text: string, options: { maxBytes: number; keep: "start" | "end" | "both" }): string {
  const { maxBytes, keep } = options;
  const whole = text.toWellFormed();
  if (whole.length * 3 <= maxBytes || Buffer.byteLength(whole) <= maxBytes) return whole;
  if (keep === "start") return startOf(whole, maxBytes - Buffer.byteLength(CUT)) + CUT;
  if (keep === "end") return CUT_BEFORE + endOf(whole, maxBytes - Buffer.byteLength(CUT_BEFORE));
  const room = maxBytes - Buffer.byteLength(`${CUT}\n`);
  const start = startOf(whole, Math.floor(room / 3));
  return `${start}${CUT}\n${endOf(whole, room - Buffer.byteLength(start))}`;
}

/** The first `maxBytes` of UTF-8, cut at a character, and no mark. */
export const beginningOf = (text: string, maxBytes: number): string =>
  Buffer.byteLength(text) <= maxBytes ? text : startOf(text, maxBytes);

/** UTF-16 units beyond the bytes allowed cannot count, so a huge text is never encoded whole. */
function startOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, Math.max(0, maxBytes)).toWellFormed());
  let end = Math.min(bytes.length, Math.max(0, maxBytes));
  while (end > 0 && end < bytes.length && isContinuation(bytes[end])) end--;
  return withoutBrokenEnds(bytes.toString("utf8", 0, end), text);
}

function endOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(-Math.max(1, maxBytes)).toWellFormed());
  let start = Math.max(0, bytes.length - Math.max(0, maxBytes));
  while (start < bytes.length && isContinuation(bytes[start])) start++;
  return withoutBrokenEnds(bytes.toString("utf8", start), text);
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** A pair that the slice above split has become U+FFFD; it is ours, not the text's, unless the text has one there. */
function withoutBrokenEnds(piece: string, whole: string): string {
  let out = piece;
  if (out.endsWith("\ufffd") && !whole.startsWith(out)) out = out.slice(0, -1);
  if (out.startsWith("\ufffd") && !whole.endsWith(out)) out = out.slice(1);
  return out;
}
