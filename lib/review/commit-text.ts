import { clipText, removeInvisible } from "../markdown/invisible.ts";
import { withoutCalls, withoutSkips } from "./calls.ts";

/** Trailers that say who stands behind a change, or that tools obey: only Porter says such things here. */
const SPEAKS_FOR_OTHERS =
  /^(?:[\w-]+-by|on-behalf-of|change-id|skip-checks|cc|git-[\w-]+|porter-[\w-]*|co-author|reviewer|reviewers|approver|fixes|closes|resolves)$/i;
const TRAILER = /^\s*([A-Za-z0-9][\w-]*)\s*:/;
/** Tools that release read it at the end of a message. */
const KEPT_TRAILER = /^BREAKING-CHANGE$/;

/**
 * An agent's text of a commit as Porter may write it: it calls nobody, closes and mentions nothing, stops no checks and
 * speaks for nobody. `redact` takes secrets out. Empty where nothing is left. Idempotent.
 */
export function harmlessCommitText(message: string, redact: (text: string) => string): string {
  // What stood between two letters is gone before words are looked for.
  const seen = removeInvisible(redact(message)).text;
  const lines = asText(withoutTrailers(withoutSkips(seen).split("\n"))).join("\n");
  return clipText(withoutCalls(lines).trim(), LONGEST);
}

const LONGEST = 32 * 1024;

/** Without trailers that speak for others, wherever they stand, and without the lines that go on with them. */
function withoutTrailers(lines: readonly string[]): string[] {
  let inside = false;
  return lines.filter((line) => {
    const key = TRAILER.exec(line)?.[1];
    const isContinued = inside && /^\s+\S/.test(line) && key === undefined;
    inside = isContinued || (key !== undefined && SPEAKS_FOR_OTHERS.test(key));
    return !inside;
  });
}

/** Any other trailer of the last paragraph is a line of a list: it is text, and no tool's. */
function asText(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line.trim() !== "");
  const start = lines.findLastIndex((line, at) => at < end && line.trim() === "") + 1;
  if (start === 0) return [...lines];
  return lines.map((line, at) => {
    const key = TRAILER.exec(line)?.[1];
    return at < start || key === undefined || KEPT_TRAILER.test(key) ? line : `- ${line.trim()}`;
  });
}

/** A text with Porter's own trailers behind it. `fallback` stands in where the agent's text is empty. */
export function commitText(
  text: string,
  { fallback, trailers }: { fallback: string; trailers: readonly string[] },
): string {
  const lines = trailers.map((trailer) => trailer.replace(/\s+/g, " "));
  return `${text === "" ? fallback : text}\n${lines.length > 0 ? `\n${lines.join("\n")}\n` : ""}`;
}

/** One text of several that are harmless: the first, and the subjects of the others as a list. */
export function textOfAll(texts: readonly string[]): string {
  const [first = "", ...others] = texts.filter((text) => text !== "");
  const subjects = others.map((text) => `- ${text.split("\n", 1)[0]}`);
  return clipText(subjects.length === 0 ? first : `${first}\n\n${subjects.join("\n")}`, LONGEST);
}
