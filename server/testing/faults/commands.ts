import type { Random } from "./random";
import { pickWeighted } from "./random";
import { FINE, type Weather } from "./weather";
import type { Clocks } from "./world";

export const COMMENTS = [
  "@porter",
  "@porter opencode add it\n@porter claude fix the other one",
  "@porter --priority=high do it now\n@porter\n@porter claude",
  "@porter claude\n@porter opencode\n@porter -- go\n@porter --priority=low -- later",
  "@porter stop",
  "@porter retry",
  "@porter retry claude",
  "@porter status",
  "@porter help",
  "@porter gemini do it",
  "@porter amp please",
  "no command in here",
] as const;

export const MACHINE_ACTS = [
  "next",
  "heartbeat",
  "repeat",
  "ahead",
  "behind",
  "replay",
  "forge",
  "cross",
  "other_nonce",
  "lost_request",
  "lost_answer",
  "late_answer",
] as const;
export const MACHINE_FAULTS = ["killed", "out_of_memory", "vanishes", "wedged", "exits"] as const;
export const HAPPENINGS = [
  "take_key",
  "take_fly",
  "give_keys",
  "tokens_revoked",
  "unreachable",
  "reachable",
  "locked",
  "unlocked",
  "no_permission",
  "no_permission",
  "not_there",
  "permission",
  "permission",
  "renamed",
  "nothing_starts",
  "everything_starts",
  "wants_click",
  "wants_no_click",
] as const;

/** `publish`: of kept work; `push_too`: with what was held back of it. */
export const VERBS = [
  "stop",
  "retry",
  "unretry",
  "restart",
  "restart",
  "restart",
  "get",
  "publish",
  "push_too",
] as const;

export const OVERTAKERS = ["restart", "restart", "stop", "resend", "resend"] as const;

/** One thing that happens. Indices are taken modulo what there is; `seed` feeds chance inside of it. */
export type FaultCommand =
  | { kind: "comment"; text: number; who: number; issue: number }
  | { kind: "redeliver"; index: number; what: "any" | "closing" | "other_hook" }
  | { kind: "close"; issue: number; who: number }
  | { kind: "machine"; index: number; act: (typeof MACHINE_ACTS)[number] }
  /** A machine's next word is read, and before it is written something else of the same task is done. */
  | { kind: "overtaken"; index: number; reads: number; by: (typeof OVERTAKERS)[number] }
  | { kind: "machine_fault"; index: number; fault: (typeof MACHINE_FAULTS)[number] }
  | { kind: "advance"; ms: number; isHeld: boolean }
  | { kind: "queue"; index: number; how: "deliver" | "duplicate" | "lose" }
  | { kind: "sweep" }
  | { kind: "api"; verb: (typeof VERBS)[number]; who: number; task: number }
  | { kind: "happens"; what: (typeof HAPPENINGS)[number]; who: number; issue: number }
  | { kind: "weather"; weather: Weather };

export type Of<K extends FaultCommand["kind"]> = Extract<FaultCommand, { kind: K }>;

/** `steps`: outside calls that handlers may make before the next command comes; null: until all is done. */
export type FaultStep = { command: FaultCommand; seed: number; steps: number | null };

const BAD: readonly (readonly [number, Partial<Weather>])[] = [
  [3, {}],
  [2, { d1: 0.08 }],
  [2, { github: 0.3 }],
  [2, { fly: 0.4 }],
  [4, { crash: 0.05 }],
  [2, { slow: 0.08 }],
  [1, { queue: 0.3 }],
  [1, { r2: 0.3 }],
  [1, { isFull: true }],
  [1, { github: 1 }],
  [1, { fly: 1 }],
  [1, { d1: 0.5 }],
  [5, { d1: 0.03, github: 0.1, fly: 0.1, crash: 0.02, slow: 0.03, queue: 0.1, r2: 0.05 }],
];
const ADVANCES = [500, 1000, 2000, 5000, 10_000, 30_000, 61_000, 61_000, 200_000, 900_000] as const;

const KINDS: readonly (readonly [number, FaultCommand["kind"]])[] = [
  [14, "comment"],
  [6, "redeliver"],
  [4, "close"],
  [34, "machine"],
  [6, "overtaken"],
  [4, "machine_fault"],
  [16, "advance"],
  [10, "queue"],
  [6, "sweep"],
  [9, "api"],
  [5, "happens"],
  [10, "weather"],
];

function aCommand(random: Random): FaultCommand {
  const index = random.int(1000);
  const kind = pickWeighted(random, KINDS);
  const who = random.int(10);
  const issue = random.int(3);
  switch (kind) {
    case "comment":
      return { kind, text: random.int(COMMENTS.length), who, issue };
    case "redeliver":
      return { kind, index, what: random.pick(["any", "any", "closing", "closing", "other_hook"]) };
    case "close":
      return { kind, issue, who };
    case "machine":
      return { kind, index, act: random.chance(0.7) ? "next" : random.pick(MACHINE_ACTS) };
    case "overtaken":
      return { kind, index, reads: 1 + random.int(8), by: random.pick(OVERTAKERS) };
    case "machine_fault":
      return { kind, index, fault: random.pick(MACHINE_FAULTS) };
    case "advance":
      return { kind, ms: random.pick(ADVANCES), isHeld: random.chance(0.3) };
    case "queue":
      return { kind, index, how: pickWeighted(random, QUEUE_WAYS) };
    case "sweep":
      return { kind };
    case "api":
      return { kind, verb: random.pick(VERBS), who, task: index };
    case "happens":
      return { kind, what: random.pick(HAPPENINGS), who, issue };
    case "weather":
      return { kind, weather: { ...FINE, ...pickWeighted(random, BAD) } };
  }
}
const QUEUE_WAYS = [
  [6, "deliver"],
  [2, "duplicate"],
  [1, "lose"],
] as const;

/** What the edges alone can carry: nothing fails, nobody stands still, and there is no other clock. */
const CALM_KINDS: readonly FaultCommand["kind"][] = ["comment", "redeliver", "close", "machine", "advance", "api"];
const isCalm = ({ command }: FaultStep): boolean =>
  CALM_KINDS.includes(command.kind) &&
  (command.kind !== "machine" || command.act === "next" || command.act === "heartbeat") &&
  (command.kind !== "advance" || (command.ms <= 30_000 && !command.isHeld));

/** What happens in the run of this seed, with the clocks that it has. */
export function stepsOf(random: Random, clocks: Clocks): FaultStep[] {
  const count = 15 + random.int(50);
  const steps = Array.from({ length: count }, (_, index): FaultStep => {
    // The first thing is somebody's command: nothing else has anything to work on.
    const command: FaultCommand =
      index === 0 ? { kind: "comment", text: random.int(4), who: random.int(2), issue: 0 } : aCommand(random);
    return { command, seed: random.int(2 ** 31), steps: random.chance(0.6) ? null : random.int(12) };
  });
  return clocks === "edges" ? steps.filter(isCalm) : steps;
}

/** The command as one line for people. */
export const describeStep = ({ command: { kind, ...rest }, steps, seed }: FaultStep): string =>
  `${kind} ${JSON.stringify(rest)}${steps === null ? "" : `, then ${steps} calls`} (${seed})`;
