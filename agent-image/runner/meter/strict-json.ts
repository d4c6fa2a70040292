import { parseJson } from "../../../lib/json.ts";

/** Why a body is not taken; `status`: what a server answers to it. */
export class UnreadableBody extends Error {
  override name = "UnreadableBody";
  status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Deeper than any conversation; a parser of a provider's may give up there, or read less. */
const DEEPEST = 100;

/**
 * The JSON object that a body is, read so that nobody can read it otherwise: strict UTF-8, no name twice in one object,
 * not too deep. Throws `UnreadableBody`.
 */
export function readStrictJson(bytes: Uint8Array): Record<string, unknown> {
  const text = decoded(bytes);
  const value = parseJson(text);
  if (value === undefined) throw new UnreadableBody("The body is no JSON.");
  if (!isObject(value)) throw new UnreadableBody("The body is no JSON object.");
  refuseTwins(text);
  return value;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UnreadableBody("The body is not UTF-8.");
  }
}

type Open = { names: Set<string> | null; isNameNext: boolean };

/**
 * For a text that is JSON. `JSON.parse` takes the last of two equal names, others the first: a text with both would be
 * two calls.
 */
function refuseTwins(text: string): void {
  const open: Open[] = [];
  for (let at = 0; at < text.length; at++) {
    const inner = open.at(-1);
    const char = text.charAt(at);
    if (char === "{" || char === "[") {
      if (open.length >= DEEPEST) throw new UnreadableBody("The body is nested too deeply.");
      open.push(char === "{" ? { names: new Set(), isNameNext: true } : { names: null, isNameNext: false });
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === "," && inner !== undefined) {
      inner.isNameNext = inner.names !== null;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (inner?.isNameNext === true) noteName(inner, text.slice(at, end + 1));
      at = end;
    }
  }
}

function noteName(object: Open, quoted: string): void {
  const name = String(parseJson(quoted));
  if (object.names?.has(name) === true) throw new UnreadableBody("The body has a name twice in one object.");
  object.names?.add(name);
  object.isNameNext = false;
}

/** Where the string ends that begins at `from`: at the first quote with an even number of backslashes before it. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text[before] === "\\") before--;
    if ((end - 1 - before) % 2 === 0) return end;
  }
  return text.length;
}
