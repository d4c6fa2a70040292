import { agentFromName, DEFAULT_AGENT, UNSUPPORTED_AGENTS, type AgentId } from "../agents.ts";
import { TASK_ID_PATTERN } from "../task.ts";
import { NO_FLAGS, VERBS, type Flags, type FlagName, type Mistake, type Verb } from "./command.ts";
import { readFlag, type Fault } from "./flags.ts";
import { meaningOf } from "./meaning.ts";
import { mistakeOf } from "./mistake.ts";
import { isOrdinaryWord, nearAgent, nearVerb } from "./near-words.ts";
import { bareWord, type Head, wordAt, type Word } from "./words.ts";

/** `restAt`: offset in the head at which instructions begin. */
export type HeadRead =
  | ({ kind: "start"; agent: AgentId | null; isForced: boolean; restAt: number } & Flags)
  | ({ kind: "verb"; verb: Verb; agent: AgentId | null; taskId: string | null; restAt: number } & Flags)
  | Mistake;

type Reading = { flags: Flags; seen: Set<FlagName>; agent: AgentId | null; taskId: string | null };
const freshReading = (): Reading => ({ flags: { ...NO_FLAGS }, seen: new Set(), agent: null, taskId: null });
const copyOf = (reading: Reading): Reading => ({
  ...reading,
  flags: { ...reading.flags },
  seen: new Set(reading.seen),
});

/** A mention that begins its line: always a command. */
export function readHead(head: Head): HeadRead {
  const reading = freshReading();
  let at = head.from;
  for (;;) {
    const word = wordAt(head.text, at);
    if (!word) return start(reading, at);
    if (word.text === "--") return { ...start(reading, word.end), isForced: true };
    const flag = takeFlag(head.text, word, reading);
    if (flag.kind === "fault") return mistakeOf(head, flag.fault, null);
    if (flag.kind === "flag") {
      at = flag.end;
      continue;
    }
    const agent = reading.agent === null ? agentFromName(bareWord(word.text)) : null;
    if (agent === null) return readVerb(head, word, reading) ?? misspelt(head, word, reading) ?? start(reading, at);
    reading.agent = agent;
    at = word.end;
  }
}

/** A mention inside its line: a command only with an agent or a verb right after it; else null. */
export function readInnerHead(head: Head): HeadRead | null {
  const word = wordAt(head.text, head.from);
  if (!word) return null;
  if (agentFromName(bareWord(word.text)) !== null) return readHead(head);
  return readVerb(head, word, freshReading()) ?? unsupported(head, word);
}

const start = (reading: Reading, restAt: number): Extract<HeadRead, { kind: "start" }> => ({
  kind: "start",
  isForced: false,
  agent: reading.agent,
  ...reading.flags,
  restAt,
});

type FlagStep = { kind: "none" } | { kind: "flag"; end: number } | { kind: "fault"; fault: Fault };

function takeFlag(text: string, word: Word, reading: Reading): FlagStep {
  const flag = readFlag(text, word);
  if (!flag) return { kind: "none" };
  if (flag.kind === "fault") return flag;
  if (reading.seen.has(flag.name))
    return {
      kind: "fault",
      fault: { code: "duplicate_flag", start: flag.start, end: flag.end, suggestion: null, replacement: "" },
    };
  reading.seen.add(flag.name);
  Object.assign(reading.flags, flag.set);
  return { kind: "flag", end: flag.end };
}

/** A verb with nothing but flags, an agent or a task id behind it; null where it begins instructions. */
function readVerb(head: Head, word: Word, before: Reading): HeadRead | null {
  const verb = VERBS.find((known) => known === bareWord(word.text).toLowerCase());
  if (!verb) return null;
  const tail = readTail(head.text, word.end, copyOf(before));
  // `retry -- text` is the one-line form of a retry with other instructions; no other verb has any.
  if (tail.kind === "words" || (tail.kind === "dashes" && verb !== "retry")) return null;
  if (tail.kind === "fault") return mistakeOf(head, tail.fault, null);
  const { agent, taskId, flags } = tail.reading;
  return { kind: "verb", verb, agent, taskId, ...flags, restAt: tail.at };
}

type Tail =
  | { kind: "end" | "dashes"; reading: Reading; at: number }
  | { kind: "words" }
  | { kind: "fault"; fault: Fault };

/** Reads what may stand behind a verb. A word that may not outweighs a fault: then all of it is instructions. */
function readTail(text: string, from: number, reading: Reading): Tail {
  let fault: Fault | null = null;
  let at = from;
  for (;;) {
    const word = wordAt(text, at);
    if (!word) return fault ? { kind: "fault", fault } : { kind: "end", reading, at };
    if (word.text === "--") return fault ? { kind: "fault", fault } : { kind: "dashes", reading, at: word.end };
    const flag = takeFlag(text, word, reading);
    if (flag.kind === "none" && !takeName(word, reading)) {
      if (!word.text.startsWith("task_")) return { kind: "words" };
      fault ??= { code: "bad_task_id", start: word.start, end: word.end, suggestion: null, replacement: null };
    }
    if (flag.kind === "fault") fault ??= flag.fault;
    at = flag.kind === "flag" ? flag.end : word.end;
  }
}

function takeName(word: Word, reading: Reading): boolean {
  const bare = bareWord(word.text);
  const agent = agentFromName(bare);
  if (agent !== null && reading.agent === null) {
    reading.agent = agent;
    return true;
  }
  if (reading.taskId !== null || !TASK_ID_PATTERN.test(bare.toLowerCase())) return false;
  reading.taskId = bare.toLowerCase();
  return true;
}

/** A word that is nearly an agent or a verb (`near-words.ts` says when). */
function misspelt(head: Head, word: Word, reading: Reading): Mistake | null {
  if (meaningOf(head.text.slice(word.start)).kind !== "work") return null;
  const bare = bareWord(word.text);
  const tail = readTail(head.text, word.end, copyOf(reading));
  const standsAlone = tail.kind !== "words" && tail.kind !== "dashes";
  const verb = standsAlone ? nearVerb(bare) : null;
  const agent = reading.agent === null && (standsAlone || !isOrdinaryWord(bare)) ? nearAgent(bare) : null;
  const lacking = reading.agent === null ? unsupported(head, word) : null;
  if (lacking) return lacking;
  const range = { start: word.start, end: word.start + bare.length };
  if (agent)
    return mistakeOf(head, { code: "unknown_agent", ...range, suggestion: agent, replacement: agent }, word.start);
  if (verb) return mistakeOf(head, { code: "unknown_verb", ...range, suggestion: verb, replacement: verb }, word.start);
  return null;
}

function unsupported(head: Head, word: Word): Mistake | null {
  const bare = bareWord(word.text);
  if (!UNSUPPORTED_AGENTS.some((name) => name === bare.toLowerCase())) return null;
  const range = { start: word.start, end: word.start + bare.length };
  return mistakeOf(
    head,
    { code: "unsupported_agent", ...range, suggestion: null, replacement: DEFAULT_AGENT },
    word.start,
  );
}
