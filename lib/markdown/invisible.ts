/** Kinds of characters that nobody sees and a model reads. */
export const INVISIBLE_KINDS = [
  "terminal escape",
  "control character",
  "zero-width character",
  "bidirectional control",
  "tag character",
  "variation selector",
  "private-use character",
  "unassigned character",
  "broken surrogate",
] as const;
export type InvisibleKind = (typeof INVISIBLE_KINDS)[number];

/** CSI, OSC (also cut off) and the two-character escapes of ECMA-48, with ESC or as C1 controls. */
const TERMINAL_ESCAPE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|\u001b[@-Z\\^_]/g;

/**
 * Emoji of several characters, as Unicode lists them for interchange: only in these do a joiner, a selector and tags make
 * a picture. Or whatever Unicode says has no shape of its own: controls, formats, default ignorables, private use and
 * what is not assigned; and characters that have a shape on paper only: empty cells, blank hieroglyphs, a null note, the
 * object's place, joiners of old scripts. The look ahead is for speed: the list of emoji is long, and most characters
 * begin none.
 */
const EMOJI_OR_INVISIBLE =
  /(?=\p{Emoji})\p{RGI_Emoji}|\u2d7f|\u{1107f}|\u{16fe4}|[[\p{Cc}\p{Cf}\p{DI}\p{Co}\p{Cn}\u2800\ufffc\u{13441}\u{13442}\u{1d159}]--[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]/gv;
const EMOJI = /^\p{RGI_Emoji}$/v;

/** Blanks of other widths look like a blank. The wide one of East Asian text is as wide as a letter, and stays. */
const OTHER_BLANKS = /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]/g;

/** Scripts in which a joiner changes the shape of letters (Unicode 16, 23.2). */
const JOINING_LETTER =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/**
 * Removes what is not seen: terminal escapes, control characters but tab and line feed, zero-width and bidirectional
 * controls, the tag block, variation selectors, private use and what Unicode has not assigned. They stay inside the emoji
 * that Unicode lists, joiners also where a script needs them. Line ends become `\n`, blanks of any width a blank, broken
 * surrogates U+FFFD, so the text is valid UTF-8.
 * Idempotent; `removed` counts characters by kind, kinds in the order of `INVISIBLE_KINDS`.
 */
export function removeInvisible(text: string): { text: string; removed: { kind: InvisibleKind; count: number }[] } {
  const counts = new Map<InvisibleKind, number>();
  const count = (kind: InvisibleKind): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const wellFormed = text.isWellFormed() ? text : withoutLoneSurrogates(text, count);
  const plain = wellFormed
    .replace(TERMINAL_ESCAPE, () => (count("terminal escape"), ""))
    .replace(/\r\n?/g, "\n")
    .replace(OTHER_BLANKS, " ");
  let clean = "";
  let from = 0;
  let before = "";
  for (const match of plain.matchAll(EMOJI_OR_INVISIBLE)) {
    if (EMOJI.test(match[0])) continue;
    const visible = plain.slice(from, match.index);
    if (visible !== "") before = lastCharacter(visible);
    clean += visible;
    from = match.index + match[0].length;
    if (isNeeded(match[0], before, String.fromCodePoint(plain.codePointAt(from) ?? 0))) {
      clean += match[0];
      before = match[0];
    } else count(kindOf(match[0].codePointAt(0) ?? 0));
  }
  clean += plain.slice(from);
  return {
    text: clean,
    removed: INVISIBLE_KINDS.flatMap((kind) => (counts.has(kind) ? [{ kind, count: counts.get(kind) ?? 0 }] : [])),
  };
}

function withoutLoneSurrogates(text: string, count: (kind: InvisibleKind) => void): string {
  return text.replace(/\p{Surrogate}/gu, () => (count("broken surrogate"), "\ufffd"));
}

function isNeeded(character: string, before: string, after: string): boolean {
  switch (character) {
    case "\u200d":
    case "\u200c":
      return JOINING_LETTER.test(before) && JOINING_LETTER.test(after);
    default:
      return false;
  }
}

function lastCharacter(text: string): string {
  const last = text.at(-1) ?? "";
  return /[\udc00-\udfff]/.test(last) ? text.slice(-2) : last;
}

function kindOf(code: number): InvisibleKind {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return "control character";
  if (code >= 0xe0000 && code <= 0xe007f) return "tag character";
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef)) return "variation selector";
  const bidirectional = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  const character = String.fromCodePoint(code);
  if (/\p{Co}/u.test(character)) return "private-use character";
  if (/\p{Cn}/u.test(character)) return "unassigned character";
  if (bidirectional || code === 0x200e || code === 0x200f || code === 0x061c) return "bidirectional control";
  return "zero-width character";
}

/** The first `max` characters (UTF-16 units) of a text, never half of a character. */
export function clipText(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
