import { keptJudgementSchema, type KeptJudgement, whyBundleSchema } from "@/lib/change-set-judgement";
import { readJson } from "@/lib/json";
import { isWorkflowPath } from "@/lib/review/workflow-paths";
import { nothingWritten, type WriteProgress, writeProgressSchema, type WrittenHead } from "@/lib/write-progress";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { judgedSet } from "../change-set/judged-set";
import { type OpenChangeSet, openChangeSet } from "../change-set/open-change-set";
import { workflowsAllowed } from "../change-set/workflows-allowed";
import { heldBackOf } from "./held-paths";
import { makeHead, type NotMade } from "./make-head";
import { type WriteClients, reachToWrite } from "./reach";
import { refusalOfJudging } from "./refusals";
import { showBranch } from "./show-branch";
import { signedCommit } from "./signed-commit";

export type SetToWrite = { task: TaskRow; attempt: AttemptRow; set: ChangeSetRow; branch: string };

/** `set`: the row as it is now. `paused`: the next invocation goes on, in so many ms. */
export type SetWritten = { is: "written"; set: ChangeSetRow; branch: string; head: WrittenHead } | NotMade;

export const progressOf = ({ writeProgress }: Pick<ChangeSetRow, "writeProgress">, branch: string): WriteProgress =>
  writeProgress === null ? nothingWritten(branch) : readJson(writeProgressSchema, writeProgress);

/**
 * Writes a set to its branch, as Porter: files, trees and commits first, then the branch, which is the commit point. It
 * goes on where another invocation stopped, and never shows another head than the first that was kept. Nothing is
 * written before the judgement, and nothing that it left out. @throws GitHubError that says nothing lasting, BrokenSet
 */
export async function writeSet(context: AppContext, input: SetToWrite): Promise<SetWritten> {
  const set = await judgedSet(context, input.set);
  if (set.content !== "files")
    return { is: "refused", refusal: refusalOfJudging(readJson(whyBundleSchema, set.whyBundle ?? "null")) };
  const progress = progressOf(set, input.branch);
  const { head, branch } = progress;
  if (head !== null && set.writtenHead === head.commit) return { is: "written", set, branch, head };
  const opened = await openChangeSet(context, set);
  if (opened === null || set.judgement === null) return { is: "refused", refusal: { kind: "deleted" } };
  const judgement = await withoutWorkflows(context, input.task, { set, opened, progress });
  return reachToWrite(context, input.task, {
    workflows: writesWorkflows(opened, judgement),
    write: (hands) => write(context, { ...input, set, opened, judgement, progress, ...hands }),
  });
}

type Begun = { set: ChangeSetRow; opened: OpenChangeSet; progress: WriteProgress };

/**
 * What stays out. Between the judgement and the click the repository's people, or its App, may have got stricter about
 * files that GitHub runs: those stay out as well, unless the writing has begun.
 */
async function withoutWorkflows(
  context: AppContext,
  task: TaskRow,
  { set, opened, progress }: Begun,
): Promise<KeptJudgement> {
  const judgement = readJson(keptJudgementSchema, set.judgement ?? "null");
  const hasBegun = progress.head !== null || progress.made.length > 0 || progress.at !== null;
  if (hasBegun || !writesWorkflows(opened, judgement) || (await workflowsAllowed(context, task))) return judgement;
  const paths = opened.manifest.commits.flatMap((commit) => commit.paths.map(({ path }) => path));
  const known = new Set(judgement.leaveOut);
  const more = [...new Set(paths)].filter((path) => isWorkflowPath(path) && !known.has(path));
  const stricter = { ...judgement, leaveOut: [...judgement.leaveOut, ...more] };
  const held = [...heldBackOf(set), ...more.map((path) => ({ path, reason: { kind: "workflow" } as const }))];
  const patch = { judgement: JSON.stringify(stricter), heldBack: JSON.stringify(held) };
  await context.db.changeSets.update(set, patch);
  Object.assign(set, patch);
  return stricter;
}

function writesWorkflows({ manifest }: OpenChangeSet, { leaveOut }: KeptJudgement): boolean {
  const out = new Set(leaveOut);
  return manifest.commits.some(({ paths }) => paths.some(({ path }) => isWorkflowPath(path) && !out.has(path)));
}

type Writing = SetToWrite & WriteClients & { opened: OpenChangeSet; judgement: KeptJudgement; progress: WriteProgress };

async function write(context: AppContext, writing: Writing): Promise<SetWritten> {
  const { set, progress, opened } = writing;
  if (progress.head === null) {
    const keep = async (): Promise<void> => {
      await context.db.changeSets.keepProgress(set, JSON.stringify(progress));
    };
    const stopped = await makeHead(context, { ...writing, making: progress, keep });
    if (stopped !== null) return stopped;
    // Of two that made one at once the first that is kept is the one.
    if (!(await context.db.changeSets.keepProgress(set, JSON.stringify(progress)))) {
      const kept = await context.db.changeSets.get(set);
      if (kept !== null) Object.assign(progress, progressOf(kept, progress.branch));
    }
  }
  const { head, branch } = progress;
  if (head === null) throw new Error(`${set.taskId} has no head after its commits`);
  const own = await ownHeads(context, writing);
  const { base } = opened.manifest;
  const shown = await showBranch(writing, { branch, head, base, own, signed: () => signedCommit(context, writing) });
  if (shown.is === "refused") return shown;
  progress.head = shown.head;
  progress.shownAt ??= context.clock.now().toISOString();
  const patch = {
    writtenBranch: branch,
    writtenHead: shown.head.commit,
    verified: shown.head.verified,
    writeProgress: JSON.stringify(progress),
    refusal: null,
  };
  await context.db.changeSets.update(set, patch);
  return { is: "written", set: { ...set, ...patch }, branch, head: shown.head };
}

/** What Porter wrote for this task before, by what was kept before any branch showed it. */
async function ownHeads(context: AppContext, { set, progress }: Writing): Promise<Set<string>> {
  const sets = await context.db.changeSets.ofTask(set.taskId);
  const heads = sets.flatMap((one) => {
    const kept = progressOf(one, "");
    return kept.branch === progress.branch ? [one.writtenHead, kept.head?.commit] : [];
  });
  return new Set(heads.filter((head) => head != null));
}
