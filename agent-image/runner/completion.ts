import type { MachinePhase, PhaseSpan } from "../../lib/agent-protocol.ts";
import { CHANGE_SET_LIMITS, type Note, noteSchema } from "../../lib/change-set.ts";
import { FAILURES, type FailureCode } from "../../lib/failures.ts";
import type { Activity } from "./activity.ts";
import type { AgentOutcome } from "./agent-run.ts";
import { clip } from "./clip.ts";
import type { Changes } from "./git/changes.ts";
import type { Completion } from "./porter.ts";
import type { RecordStream } from "./record-stream.ts";
import type { RunFailure } from "./run-failure.ts";
import { readJson } from "../../lib/json.ts";

/** Why the run is not a success; null in its place: it is one. */
export type Problem = { status: "failed" | "timed_out" | "stopped"; failureCode: FailureCode; message: string };

const STOPPED: readonly FailureCode[] = ["stopped_by_user", "issue_closed"];

/** The problem behind a failure code, with the status that Porter keeps for it. */
export function problemOf(failureCode: FailureCode, message: string = FAILURES[failureCode].sentence): Problem {
  const status = failureCode === "timed_out" ? "timed_out" : STOPPED.includes(failureCode) ? "stopped" : "failed";
  return { status, failureCode, message };
}

export const problemFrom = (failure: RunFailure): Problem => problemOf(failure.failureCode, failure.message);

/** Where the work is: on the remote, held back or nowhere. */
export type Delivered = { base: string | null; baseSha: string | null; changes: Changes | null; branch: string | null };

export type CompletionInput = {
  problem: Problem | null;
  failedPhase: MachinePhase | null;
  phases: { phases: PhaseSpan[]; now: number };
  delivered: Delivered;
  outcome: AgentOutcome | null;
  activity: Activity;
  records: RecordStream;
  redact: (text: string) => string;
};

/** The last word of a run in Porter's words; texts are redacted, then cut to what the protocol takes. */
export function completionOf(input: CompletionInput): Completion {
  const { problem, delivered, outcome, activity, records } = input;
  const { changes, branch } = delivered;
  const cut = (text: string, maxBytes: number): string => clip(input.redact(text), { maxBytes, keep: "start" });
  const pushed = branch !== null && changes !== null;
  return {
    status: problem?.status ?? "success",
    outcome: problem ? (pushed ? "partial" : "failed") : pushed ? "changed" : "no_changes",
    failureCode: problem?.failureCode ?? null,
    lacksCredit: problem !== null && outcome?.failure?.lacksCredit === true,
    failedPhase: input.failedPhase,
    ...input.phases,
    message: problem ? cut(problem.message, 4096) : null,
    branch,
    base: delivered.base,
    baseSha: delivered.baseSha,
    headSha: pushed ? changes.tip : null,
    commits: pushed ? changes.commits : 0,
    filesChanged: pushed ? changes.filesChanged : 0,
    additions: pushed ? changes.additions : 0,
    deletions: pushed ? changes.deletions : 0,
    title: changes ? cut(changes.title, 256) : null,
    summary: activity.final ? clip(input.redact(activity.final), { maxBytes: 8000, keep: "both" }) : null,
    checks: activity.checks.map((check) => ({ ...check, command: cut(check.command, 200) })),
    draftReasons: (changes?.draftReasons ?? []).slice(0, 20).map((reason) => cut(reason, 500)),
    notices: (changes?.notices ?? []).slice(0, 20).map((notice) => cut(notice, 500)),
    heldBackPatch: changes?.heldBackPatch ? cut(changes.heldBackPatch, 60_000) : null,
    heldBack: (changes?.heldBack ?? [])
      .slice(0, CHANGE_SET_LIMITS.heldBack)
      .map(({ path, reason }) => ({ path: cut(path, 4096), reason })),
    notes: redactedNotes(changes?.notes ?? [], input.redact),
    exitCode: outcome?.exitCode ?? null,
    signal: outcome?.signal ?? null,
    logTail: problem ? records.tail(4096) : null,
    usage: activity.usage,
    agentDurationMs: outcome?.durationMs ?? null,
    lastSeq: records.acknowledgedSeq,
  };
}

/** Names of branches and paths are the agent's words. */
function redactedNotes(notes: readonly Note[], redact: (text: string) => string): Note[] {
  const hide = (_: string, value: unknown): unknown => (typeof value === "string" ? redact(value) : value);
  return notes.slice(0, 100).map((note) => readJson(noteSchema, JSON.stringify(note, hide)));
}
