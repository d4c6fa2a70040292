import { removeInvisible } from "./markdown/invisible.ts";
import { secretForms } from "./secret-forms.ts";
import { mergeSpans, PRIVATE_KEY_BEGIN, TOKEN_CHARACTER, tokenLabels, tokenSpans } from "./token-shapes.ts";

export const REDACTED = "[redacted]";

/** Pieces of this length of any form of a secret are hidden, so wrapped, cut and sliced prints are as well. */
const PIECE = 16;
/** A run of token characters is held back for at most this long; a longer one is a token or no word at all. */
const MAX_HELD = 16_384;
const MAX_PRIVATE_KEY = 20_000;
const PRIVATE_KEY_CHARACTER = /[A-Za-z0-9+/=\s\\:,.-]/;
const PRIVATE_KEY_END = /-----END [A-Z0-9 ]{0,60}-----/;
// Words before the last one that belong to it: more text may make a token or a private key of them.
const UNDECIDED_TAIL = /(?:-----BEGIN [A-Z0-9 ]{0,60}|FlyV1 )$/;

export type RedactingStream = { push(chunk: string): string; end(): string };
export type Redactor = {
  /** The text without own secrets (in any form, and pieces of 16 characters of one) and without token shapes. */
  redact(text: string): string;
  /** Whether a whole secret of this run is in the text, in any form: such changes are never pushed. */
  containsOwnSecret(text: string | Uint8Array): boolean;
  /** Kinds of foreign credentials by their looks, in words for people; never the values. */
  findTokenShapes(addedText: string): string[];
  /** Like `redact` for a text that comes in chunks: holds back what the next chunk could turn into a secret. */
  stream(): RedactingStream;
};

/** The sets of pieces that betray a secret, by length, behind a cheap filter over three characters. */
class PieceIndex {
  #byLength = new Map<number, Set<string>>();
  #filter = new Uint8Array(65_536);

  constructor(forms: string[]) {
    for (const form of forms) {
      const length = Math.min(PIECE, form.length);
      const pieces = this.#byLength.get(length) ?? new Set();
      this.#byLength.set(length, pieces);
      for (let at = 0; at + length <= form.length; at++) {
        pieces.add(form.slice(at, at + length));
        this.#filter[this.#hash(form, at)] = 1;
      }
    }
  }

  #hash(text: string, at: number): number {
    return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 2) * 31 + text.charCodeAt(at + 5)) & 0xffff;
  }

  /** Length of the longest piece that begins at `at`; 0: none. */
  matchAt(text: string, at: number): number {
    if (this.#filter[this.#hash(text, at)] === 0) return 0;
    let longest = 0;
    for (const [length, pieces] of this.#byLength) {
      if (length > longest && at + length <= text.length && pieces.has(text.slice(at, at + length))) longest = length;
    }
    return longest;
  }
}

/** Hides own secrets. Keeps the last 15 characters back: a piece that begins in them may not be complete. */
class OwnSecretStream {
  #index: PieceIndex;
  #held = "";
  /** How many characters of `#held` a piece already covers, counted from its start. */
  #covered = 0;
  #inRun = false;

  constructor(index: PieceIndex) {
    this.#index = index;
  }

  push(chunk: string): string {
    const text = this.#held + chunk;
    return this.#emit(text, Math.max(0, text.length - (PIECE - 1)));
  }

  end(): string {
    const out = this.#emit(this.#held, this.#held.length);
    this.#inRun = false;
    return out;
  }

  #emit(text: string, until: number): string {
    let out = "";
    let plainFrom = 0;
    let covered = this.#covered;
    for (let at = 0; at < until; at++) {
      const length = this.#index.matchAt(text, at);
      if (at + length > covered && length > 0) covered = at + length;
      if (at < covered) {
        if (!this.#inRun) out += text.slice(plainFrom, at) + REDACTED;
        this.#inRun = true;
        plainFrom = at + 1;
      } else {
        this.#inRun = false;
      }
    }
    this.#held = text.slice(until);
    this.#covered = Math.max(0, covered - until);
    return out + text.slice(plainFrom, until);
  }
}

/** Where the last word begins. A backslash belongs to it: `\\n` before a key is JSON's line break, not a letter. */
function lastWordStart(text: string): number {
  let at = text.length;
  while (at > 0 && (text[at - 1] === "\\" || TOKEN_CHARACTER.test(text.charAt(at - 1)))) at--;
  return at;
}

/** Hides what looks like a credential: tokens as whole words, private keys from their first line to their last. */
class TokenShapeStream {
  #held = "";
  #inPrivateKey = false;
  #privateKeyLength = 0;
  #inToken = false;

  push(chunk: string): string {
    return this.#drain(this.#held + chunk, "more");
  }

  end(): string {
    const out = this.#drain(this.#held, "last");
    this.#inPrivateKey = this.#inToken = false;
    return out;
  }

  #drain(input: string, state: "more" | "last"): string {
    this.#held = "";
    let text = this.#inToken ? this.#afterToken(input) : input;
    let out = "";
    for (;;) {
      if (this.#inPrivateKey) text = this.#afterPrivateKey(text, state);
      if (this.#inPrivateKey || text === "") return out;
      PRIVATE_KEY_BEGIN.lastIndex = 0;
      const begin = PRIVATE_KEY_BEGIN.exec(text);
      if (begin === null) return out + this.#words(text, state);
      out += hideTokens(text.slice(0, begin.index)) + REDACTED;
      text = text.slice(begin.index + begin[0].length);
      this.#inPrivateKey = true;
      this.#privateKeyLength = 0;
    }
  }

  /** What follows the block that we are in; "" while it goes on (its last line may still be incomplete, then held). */
  #afterPrivateKey(text: string, state: "more" | "last"): string {
    let stop = 0;
    while (
      stop < text.length &&
      this.#privateKeyLength + stop < MAX_PRIVATE_KEY &&
      PRIVATE_KEY_CHARACTER.test(text.charAt(stop))
    )
      stop++;
    const end = PRIVATE_KEY_END.exec(text.slice(0, stop));
    if (end === null && stop === text.length && state === "more") {
      const keep = Math.max(0, text.length - 100);
      this.#privateKeyLength += keep;
      this.#held = text.slice(keep);
      return "";
    }
    this.#inPrivateKey = false;
    return text.slice(end === null ? stop : end.index + end[0].length);
  }

  #afterToken(text: string): string {
    let at = 0;
    while (at < text.length && TOKEN_CHARACTER.test(text.charAt(at))) at++;
    if (at < text.length) this.#inToken = false;
    return text.slice(at);
  }

  #words(text: string, state: "more" | "last"): string {
    if (state === "last") return hideTokens(text);
    let cut = lastWordStart(text);
    const tail = UNDECIDED_TAIL.exec(text.slice(Math.max(0, cut - 80), cut));
    if (tail !== null) cut -= tail[0].length;
    if (text.length - cut > MAX_HELD) return this.#overlong(text);
    this.#held = text.slice(cut);
    return hideTokens(text.slice(0, cut));
  }

  /** A run too long to hold: it goes out, and if a token reaches its end, so does the rest of that token, hidden. */
  #overlong(text: string): string {
    this.#inToken = tokenSpans(text).some((span) => span.end === text.length);
    if (this.#inToken) return hideTokens(text);
    const cut = text.length - 256;
    const straddling = tokenSpans(text).find((span) => span.start < cut && span.end > cut);
    const at = straddling?.start ?? cut;
    this.#held = text.slice(at);
    return hideTokens(text.slice(0, at));
  }
}

function hideTokens(text: string): string {
  let out = "";
  let from = 0;
  for (const { start, end } of mergeSpans(tokenSpans(text))) {
    out += text.slice(from, start) + REDACTED;
    from = end;
  }
  return out + text.slice(from);
}

function redactingStream(index: PieceIndex): RedactingStream {
  const own = new OwnSecretStream(index);
  const shapes = new TokenShapeStream();
  return {
    push: (chunk) => shapes.push(own.push(chunk)),
    end: () => shapes.push(own.end()) + shapes.end(),
  };
}

/**
 * Hides the given secrets and whatever looks like a credential. Used by the machine before anything leaves it
 * and by Porter when it arrives. Secrets under six characters are ignored.
 */
export function createRedactor(secrets: string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(secretForms))];
  const index = new PieceIndex(forms);
  const hide = (text: string): string => {
    const stream = redactingStream(index);
    return stream.push(text) + stream.end();
  };
  return {
    redact(text) {
      const out = hide(text);
      // Whoever shows it takes out what nobody sees, and then letters stand together that did not.
      const seen = removeInvisible(out).text;
      const hidden = seen === out ? seen : hide(seen);
      return hidden === seen ? out : hidden;
    },
    containsOwnSecret(text) {
      const haystack = typeof text === "string" ? text : new TextDecoder("latin1").decode(text);
      const utf8 = typeof text === "string" ? text : new TextDecoder().decode(text);
      const readings = new Set([haystack, utf8]);
      // UTF-16, in either order: some shells write files so. And what nobody sees between letters.
      if (haystack.includes("\0")) readings.add(haystack.replaceAll("\0", ""));
      else if (/[^\u0000-\u001a\u001c-\u007f]/.test(utf8)) readings.add(removeInvisible(utf8).text);
      return [...readings].some((reading) => forms.some((form) => reading.includes(form)));
    },
    findTokenShapes: tokenLabels,
    stream: () => redactingStream(index),
  };
}
