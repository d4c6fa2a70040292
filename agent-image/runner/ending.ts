import { FAILURES, type FailureCode } from "../../lib/failures.ts";
import type { Activity } from "./activity.ts";
import { modelFailure } from "./agents/agent-failure.ts";
import type { AgentFailure } from "./agents/agent.ts";
import type { GroupEnd } from "./process-group.ts";
import type { ProviderRefusal } from "./provider-refusal.ts";
import { limitWords, type RunLimit } from "./run-limit.ts";

/** All that decides how an agent's run is judged. */
export type EndingFacts = {
  end: GroupEnd;
  activity: Pick<Activity, "fatal" | "standing">;
  /** What the model's provider said to the agent's last request, if it was a refusal. */
  refusal: ProviderRefusal | null;
  /** Porter's own limit, where it refused a request. */
  limit: RunLimit | null;
  /** Why Porter did not let the agent's last call of a model through, if it did not. */
  denied: string | null;
  /** The kernel killed something for memory meanwhile. */
  starved: boolean;
};

/** Why the run is not a success; null: the agent ended well. For a run that nobody asked to stop. */
export function judgeEnding(ending: EndingFacts): AgentFailure | null {
  const { end, activity, refusal, limit, denied } = ending;
  if (activity.fatal !== null) {
    if (limit !== null) return over(limit);
    // The agent's own words for it are often fewer, or of another error that followed.
    if (refusal !== null) return modelFailure(refusal);
    if (denied !== null) return { failureCode: "agent_failed", message: denied };
    const { kind: _kind, said: _said, ...failure } = activity.fatal;
    return failure;
  }
  // What it said at the end is what counts, whatever its process did afterwards.
  if (end.cause === "over" || activity.standing === "last") return null;
  if (activity.standing === "waiting" && (end.cause === "stalled" || end.exitCode === 0)) return null;
  if (end.cause === "deadline") return because("timed_out");
  if (ending.starved && wasKilled(end)) return because("out_of_memory");
  // Killed from outside: neither limit nor provider has anything to do with it.
  if (limit !== null && !wasKilled(end)) return over(limit);
  if (refusal !== null && !wasKilled(end)) return modelFailure(refusal);
  if (denied !== null && !wasKilled(end) && end.exitCode !== 0) return { failureCode: "agent_failed", message: denied };
  if (end.cause === "stalled") return because("agent_stalled");
  return end.exitCode === 0 ? withoutLastWord(end) : crashed(end);
}

const because = (failureCode: FailureCode): AgentFailure => ({ failureCode, message: FAILURES[failureCode].sentence });
const over = (limit: RunLimit): AgentFailure => ({
  failureCode: limit.kind === "budget" ? "budget_spent" : "agent_failed",
  message: limitWords(limit),
});
const wasKilled = (end: GroupEnd): boolean => end.signal === "SIGKILL" || end.exitCode === 137;

/** It left as if all were well, but never said so. */
function withoutLastWord({ lastLine }: GroupEnd): AgentFailure {
  const meant = modelFailure({ status: null, text: lastLine });
  if (meant.failureCode !== "agent_failed") return meant;
  return { failureCode: "agent_failed", message: "The agent ended without a last word." };
}

function crashed(end: GroupEnd): AgentFailure {
  // Nobody but the kernel sends it unasked: the supervisor's own kills have been judged.
  if (wasKilled(end)) {
    return { failureCode: "out_of_memory", message: "The agent was killed, most likely because memory ran out." };
  }
  const lastWords = end.stderrTail.trim().split("\n").at(-1) ?? "";
  if (lastWords !== "") return modelFailure({ status: null, text: lastWords });
  const how = end.signal === null ? `with exit code ${end.exitCode ?? "unknown"}` : `on ${end.signal}`;
  return { failureCode: "agent_failed", message: `The agent ended ${how}.` };
}
