import { FLAG_NAMES, VERBS, type FlagName, type Flags, type MistakeCode } from "./command.ts";
import { agentFromName } from "../agents.ts";
import { readFlagValue } from "./flag-values.ts";
import { nearestName } from "./near-words.ts";
import { wordAt, type Word } from "./words.ts";

/** What is wrong between `start` and `end` of the head, and what would be right there. */
export type Fault = {
  code: MistakeCode;
  start: number;
  end: number;
  suggestion: string | null;
  replacement: string | null;
};
export type FlagRead =
  | { kind: "flag"; name: FlagName; set: Partial<Flags>; start: number; end: number }
  | { kind: "fault"; fault: Fault };

/**
 * `--name`, and what phones, editors and full-width keyboards make of the dashes: `—name`, `–name`, `-name`, `－－name`;
 * then what follows the name.
 */
const DASHED = /^(-+|[\u2010-\u2015\u2212\uff0d]+)([A-Za-z][\w-]*)(.?)/su;
const EQUALS = /^[=＝﹦]$/u;
const QUOTES: Record<string, string> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "\u201c": "\u201d",
  "\u201d": "\u201d",
  "\u201e": "\u201c",
  "\u2018": "\u2019",
  "\u2019": "\u2019",
};
/** Longer than any valid value: a quote that is not closed by then is a mistake. */
const MAX_QUOTED = 300;

const isFlagName = (name: string): name is FlagName => (FLAG_NAMES as readonly string[]).includes(name);

/**
 * Reads the flag that `word` begins, with its value; null if the word is none. Two dashes make any name a flag, so
 * that a misspelt one is answered. One dash, or `name=value` without dashes, is a flag with a mistake in it if the
 * name is one (or nearly); a long dash that an editor made of two is taken as two, if the name is exact.
 */
export function readFlag(head: string, word: Word): FlagRead | null {
  const typed = typedFlag(word.text);
  if (!typed) return null;
  const { dashes, name, next } = typed;
  const nameEnd = word.start + dashes.length + name.length;
  const exactDashes = dashes === "--" || /^[^-]+$/.test(dashes);
  if (isFlagName(name) && exactDashes && (next === "" || EQUALS.test(next)))
    return readValue(head, { name, start: word.start, nameEnd });
  const meant = isFlagName(name) ? name : nearestName(name, FLAG_NAMES);
  if (dashes !== "--" && meant === null) return null;
  const fault = { code: "unknown_flag", start: word.start } as const;
  if (meant === null) return { kind: "fault", fault: { ...fault, ...wordForFlag(name, word, nameEnd) } };
  // `--priority:high` and `--priorty=high` are corrected with an equals sign before the value.
  const separator = next === "" ? "" : "=";
  return {
    kind: "fault",
    fault: { ...fault, end: nameEnd + next.length, suggestion: `--${meant}`, replacement: `--${meant}${separator}` },
  };
}

function typedFlag(word: string): { dashes: string; name: string; next: string } | null {
  const dashed = DASHED.exec(word);
  if (dashed) return { dashes: dashed[1] ?? "", name: (dashed[2] ?? "").toLowerCase(), next: dashed[3] ?? "" };
  const bare = (/^([A-Za-z]+)[=＝﹦]/u.exec(word)?.[1] ?? "").toLowerCase();
  return isFlagName(bare) ? { dashes: "", name: bare, next: "=" } : null;
}

/** `--help`, `--claude` and `--agent=claude` mean the bare word. */
function wordForFlag(name: string, word: Word, nameEnd: number): Pick<Fault, "end" | "suggestion" | "replacement"> {
  const named = agentFromName(word.text.slice(nameEnd - word.start + 1));
  const plain = name === "agent" ? named : (agentFromName(name) ?? VERBS.find((verb) => verb === name) ?? null);
  return { end: name === "agent" ? word.end : nameEnd, suggestion: plain, replacement: plain };
}

type Named = { name: FlagName; start: number; nameEnd: number };

function readValue(head: string, flag: Named): FlagRead {
  const joined = EQUALS.test(head[flag.nameEnd] ?? "");
  const value = valueAt(head, flag.nameEnd, joined);
  const fault = (code: MistakeCode, end: number, suggestion: string | null): FlagRead => ({
    kind: "fault",
    fault: {
      code,
      start: flag.start,
      end,
      suggestion,
      replacement: suggestion ? `--${flag.name}=${suggestion}` : null,
    },
  });
  if (value === null) return fault("missing_flag_value", flag.nameEnd + (joined ? 1 : 0), null);
  const checked = readFlagValue(flag.name, value.text);
  if (!checked.ok) return fault("bad_flag_value", value.end, checked.suggestion);
  return { kind: "flag", name: flag.name, set: checked.set, start: flag.start, end: value.end };
}

/** The value after `=` or white space; null when the line ends or another flag begins there. */
function valueAt(head: string, nameEnd: number, joined: boolean): Word | null {
  const from = joined ? nameEnd + 1 : (wordAt(head, nameEnd)?.start ?? head.length);
  const opening = head[from];
  if (opening === undefined || /\s/.test(opening)) return null;
  const quote = QUOTES[opening];
  if (quote !== undefined) {
    const closing = head.slice(from + 1, from + 1 + MAX_QUOTED).indexOf(quote);
    const end = from + closing + 2;
    if (closing === 0) return null;
    if (closing > 0 && !/\S/.test(head[end] ?? " ")) return { text: head.slice(from + 1, end - 1), start: from, end };
  }
  const word = wordAt(head, from);
  if (!word || (!joined && word.text.startsWith("--"))) return null;
  return { ...word, text: word.text.replace(/[,;]+$/, "") };
}
