import type { MachinePhase, NetworkReport, PhaseSpan } from "../../lib/agent-protocol.ts";
import { CHANGE_SET_LIMITS, noteSchema } from "../../lib/change-set.ts";
import { FAILURES, type FailureCode } from "../../lib/failures.ts";
import type { SetUpReport } from "../../lib/set-up/protocol.ts";
import type { Activity } from "./activity.ts";
import type { AgentOutcome } from "./agent-run.ts";
import { clipBytes } from "./clip-bytes.ts";
import type { ChangeSummary } from "./git/changes.ts";
import { redactStrings } from "./redact-strings.ts";
import type { Completion } from "./porter.ts";
import type { RecordStream } from "./record-stream.ts";
import type { RunFailure } from "./run-failure.ts";

/** Why the run is not a success; null in its place: it is one. */
export type RunProblem = { status: "failed" | "timed_out" | "stopped"; failureCode: FailureCode; message: string };

const STOPPED: readonly FailureCode[] = ["stopped_by_user", "issue_closed"];

/** The problem behind a failure code, with the status that Porter keeps for it. */
export function problemOf(failureCode: FailureCode, message: string = FAILURES[failureCode].sentence): RunProblem {
  const status = failureCode === "timed_out" ? "timed_out" : STOPPED.includes(failureCode) ? "stopped" : "failed";
  return { status, failureCode, message };
}

export const problemFrom = (failure: RunFailure): RunProblem => problemOf(failure.failureCode, failure.message);

/** Where the work is: with Porter as a change set, on the remote, held back or nowhere. */
export type Delivered = {
  base: string | null;
  baseSha: string | null;
  changes: ChangeSummary | null;
  changeSet: number | null;
  branch: string | null;
  /** Of what was pushed. */
  headSha: string | null;
};

/** Whether there is work to look at: a set without commits has only what was held back. */
export const hasArrived = ({ changes, changeSet, branch }: Delivered): boolean =>
  changes !== null && (branch !== null || (changeSet !== null && changes.commits > 0));

export type CompletionInput = {
  problem: RunProblem | null;
  failedPhase: MachinePhase | null;
  phases: { phases: PhaseSpan[]; now: number };
  delivered: Delivered;
  outcome: AgentOutcome | null;
  activity: Activity;
  records: RecordStream;
  /** Its texts are redacted already. */
  network: NetworkReport | null;
  setUpReport: SetUpReport | null;
  redact: (text: string) => string;
};

/** The last word of a run in Porter's words; texts are redacted, then cut to what the protocol takes. */
export function completionOf(input: CompletionInput): Completion {
  const { problem, delivered, outcome, activity, records } = input;
  const { changes, branch, changeSet } = delivered;
  const arrived = hasArrived(delivered);
  const cut = (text: string, maxBytes: number): string => clipBytes(input.redact(text), { maxBytes, keep: "start" });
  return {
    status: problem?.status ?? "success",
    outcome: problem ? (arrived ? "partial" : "failed") : arrived ? "changed" : "no_changes",
    failureCode: problem?.failureCode ?? null,
    lacksCredit: problem !== null && outcome?.failure?.lacksCredit === true,
    failedPhase: input.failedPhase,
    ...input.phases,
    message: problem ? cut(problem.message, 4096) : null,
    branch,
    changeSet,
    base: delivered.base,
    baseSha: delivered.baseSha,
    headSha: delivered.headSha,
    commits: arrived && changes ? changes.commits : 0,
    filesChanged: arrived && changes ? changes.filesChanged : 0,
    additions: arrived && changes ? changes.additions : 0,
    deletions: arrived && changes ? changes.deletions : 0,
    title: changes ? cut(changes.title, 256) : null,
    summary: activity.final ? clipBytes(input.redact(activity.final), { maxBytes: 8000, keep: "both" }) : null,
    checks: activity.checks.map((check) => ({ ...check, command: cut(check.command, 200) })),
    draftReasons: (changes?.draftReasons ?? []).slice(0, 20).map((reason) => cut(reason, 500)),
    notices: (changes?.notices ?? []).slice(0, 20).map((notice) => cut(notice, 500)),
    heldBackPatch: changes?.heldBackPatch ? cut(changes.heldBackPatch, 60_000) : null,
    heldBack: (changes?.heldBack ?? [])
      .slice(0, CHANGE_SET_LIMITS.heldBack)
      .map(({ path, reason }) => ({ path: cut(path, 4096), reason })),
    notes: redactStrings((changes?.notes ?? []).slice(0, 100), noteSchema, input.redact),
    exitCode: outcome?.exitCode ?? null,
    signal: outcome?.signal ?? null,
    logTail: problem ? records.tail(4096) : null,
    spent: activity.spent,
    network: input.network,
    setUpReport: input.setUpReport,
    agentDurationMs: outcome?.durationMs ?? null,
    lastSeq: records.acknowledgedSeq,
  };
}
