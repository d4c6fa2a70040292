import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import type { Random } from "./random";
import type { OutsideCall, Executed, Fate, Process } from "./scheduler";

/** How bad the outside is, each a probability per call. */
export type Weather = {
  d1: number;
  github: number;
  fly: number;
  queue: number;
  r2: number;
  crash: number;
  slow: number;
  /** Fly answers every launch with "no capacity". */
  isFull: boolean;
};
export const FINE: Weather = { d1: 0, github: 0, fly: 0, queue: 0, r2: 0, crash: 0, slow: 0, isFull: false };

/** Texts of D1's transient failures, and one that nobody sends again. */
const D1_ERRORS = [
  "D1_ERROR: Network connection lost.",
  "D1_ERROR: D1 DB reset because its code was updated.",
  "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
  "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
  "D1_ERROR: internal error; reference = fake0reference",
] as const;
/** Refused before anything ran. */
const D1_REFUSALS = [
  "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
  "D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.",
] as const;

const WORKS: Fate = { kind: "works" };
const fails = (error: Error, executed: Executed): Fate => ({ kind: "fails", error, executed });

/** GitHub may take longer over a comment than anybody waits for it; others of its calls do no harm twice. */
function isExecuted(random: Random, { name }: Pick<OutsideCall, "name">): Executed {
  if (random.chance(0.5)) return true;
  return name === "createComment" && random.chance(0.5) ? { afterMs: random.pick([500, 3000, 12_000, 45_000]) } : false;
}

function d1Fate(random: Random): Fate {
  const executed = random.chance(0.5);
  return fails(new Error(executed || random.chance(0.6) ? random.pick(D1_ERRORS) : random.pick(D1_REFUSALS)), executed);
}

function githubFate(random: Random, call: OutsideCall): Fate {
  if (random.chance(0.25)) {
    const retryAfterMs = random.pick([1000, 20_000, 60_000]);
    return fails(new GitHubError({ kind: "limited", retryAfterMs, message: "secondary rate limit" }), false);
  }
  return fails(new GitHubError({ kind: "unavailable", message: "502 Bad Gateway" }), isExecuted(random, call));
}

function flyFate(random: Random, call: OutsideCall): Fate {
  if (random.chance(0.2))
    return fails(
      new MachineError({ kind: "rate_limited", retryAfterMs: random.pick([1000, 5000]), message: "429" }),
      false,
    );
  if (call.name !== "launch")
    return fails(new MachineError({ kind: "unavailable", message: "connection reset" }), random.chance(0.5));
  if (random.chance(0.2)) return fails(noCapacity(), false);
  if (random.chance(0.3)) return fails(new MachineError({ kind: "unavailable", message: "503" }), false);
  return fails(new MachineError({ kind: "unknown_outcome", message: "408" }), random.chance(0.6));
}

const noCapacity = () => new MachineError({ kind: "capacity", message: "insufficient_capacity" });

/** What becomes of one call in this weather. */
export function fateOf(weather: Weather, call: OutsideCall, process: Process): Fate {
  const { random } = process;
  if (weather.crash > 0 && random.chance(weather.crash)) return { kind: "crashes", executed: isExecuted(random, call) };
  if (weather.slow > 0 && random.chance(weather.slow)) return { kind: "takes", ms: random.pick([200, 3000, 20_000]) };
  if (call.port === "fly" && call.name === "launch" && weather.isFull) return fails(noCapacity(), false);
  if (!random.chance(weather[call.port])) return WORKS;
  switch (call.port) {
    case "d1":
      return d1Fate(random);
    case "github":
      return githubFate(random, call);
    case "fly":
      return flyFate(random, call);
    case "queue":
      return fails(new Error("Queue send failed"), random.chance(0.5));
    case "r2":
      return fails(new Error("R2: We encountered an internal error. Please try again. (10001)"), random.chance(0.5));
  }
}
