import { Activity } from "../../agent-image/runner/activity.ts";
import { isUnrecoverable, modelFailure } from "../../agent-image/runner/agents/agent-failure.ts";
import type { AgentFailure } from "../../agent-image/runner/agents/agent.ts";
import { AGENT_RUNNERS } from "../../agent-image/runner/agents/index.ts";
import { judgeEnding } from "../../agent-image/runner/ending.ts";
import type { EndCause, GroupEnd } from "../../agent-image/runner/process-group.ts";
import { type ProviderRefusal, refusalOf } from "../../agent-image/runner/provider-refusal.ts";
import { Watchdog } from "../../agent-image/runner/watchdog.ts";
import type { Recording } from "./recording.ts";

export type ReplayResult = { cause: EndCause; failure: AgentFailure | null; final: string | null };

const LOOK_EVERY_MS = 200;
/** Before each line, too: what the supervisor did between two looks may be why the line was printed. */
const looksOf = ({ lines }: Recording, end: number): number[] =>
  [
    ...Array.from({ length: Math.ceil(end / LOOK_EVERY_MS) }, (_, look) => look * LOOK_EVERY_MS),
    ...lines.map(({ t }) => t - 1),
    end,
  ]
    .filter((look) => look <= end)
    .toSorted((one, other) => one - other);

/**
 * Plays a recording's lines and refusals through the runner's own parser, watchdog and judgement, in the times in which
 * they came and with no clock. Null when no agent was started.
 */
export function replayRecording(recording: Recording): ReplayResult | null {
  const { exit, lines, refusals, limits, messages } = recording;
  if (exit === null) return null;
  const parser = AGENT_RUNNERS[recording.agent].createParser();
  const activity = new Activity();
  const watchdog = new Watchdog({ deadline: limits.deadlineMs, stallTimeoutMs: limits.stallTimeoutMs, startedAt: 0 });
  const stopAt = messages.find(({ status }) => status === 410)?.t ?? Number.POSITIVE_INFINITY;
  let refusal: ProviderRefusal | null = null;
  let lastLine = "";
  let cause: EndCause | null = null;
  let since = -1;
  for (const now of looksOf(recording, exit.t)) {
    const after = since;
    const isNew = ({ t }: { t: number }): boolean => t > after && t <= now;
    for (const { status, headers, body } of refusals.filter(isNew)) {
      refusal = refusalOf({ status, headers, body, now });
      if (isUnrecoverable({ ...refusal, now })) activity.take({ kind: "fatal", ...modelFailure(refusal) }, now);
    }
    for (const { t, stream, s } of lines.filter(isNew)) {
      watchdog.sign(t);
      if (!s.startsWith("{") && s.trim() !== "") lastLine = s;
      for (const event of parser.line(stream, s)) activity.take(event, now);
    }
    const verdict = watchdog.verdict(now, { busy: activity.busy, over: activity.standing === "last" });
    cause = activity.fatal !== null || now >= stopAt ? "asked" : verdict;
    if (cause !== null) break;
    since = now;
  }
  const end: GroupEnd = {
    cause: cause ?? "exited",
    exitCode: exit.code,
    signal: exit.signal,
    stderrTail: "",
    lastLine,
  };
  const failure =
    end.cause === "asked" && activity.fatal === null
      ? null
      : judgeEnding({ end, activity, refusal, limit: null, denied: null, starved: false });
  return { cause: end.cause, failure, final: activity.final };
}
