import { keptJudgementSchema } from "@/lib/change-set-judgement";
import { readJson } from "@/lib/json";
import type { WorkRefusal } from "@/lib/work-refusal";
import { isWorkflowPath } from "@/lib/review/workflow-paths";
import type { Manifest } from "@/lib/change-set";
import { type FoundNow, nothingMade, type WriteProgress, type WrittenHead } from "@/lib/write-progress";
import { newFindings, withFindings, withNewReasons } from "@/server/change-sets/pushed-findings";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { type Judged, judgeSet } from "../change-set/judge-set";
import { type OpenChangeSet, openChangeSet } from "../change-set/open-change-set";
import { firstThatFit, MOST_TEXT } from "../change-set/first-that-fit";
import { canGoToo, type HeldPath, heldAmong, heldBackOf } from "./held-paths";
import { makeHead, type NotMade } from "./make-head";
import { afterPush, beforePush } from "./pushed-pull";
import { type WriteClients, reachToWrite } from "./reach";
import { refusalOfJudging } from "./refusals";
import { progressOf } from "./write-set";

export type HeldPathsToPush = { task: TaskRow; attempt: AttemptRow; set: ChangeSetRow; progress: WriteProgress };

type PushedToo = NotMade | { is: "written"; head: WrittenHead };
const refused = (refusal: WorkRefusal): Extract<NotMade, { is: "refused" }> => ({ is: "refused", refusal });

/**
 * One more commit on Porter's own head, of held-back paths that somebody who may write wants in. They are judged again,
 * before anything of it is made; what holds a secret of the run is refused still. The same again after a kill goes on.
 * @throws GitHubError, BrokenSet
 */
export async function pushHeldPaths(context: AppContext, input: HeldPathsToPush): Promise<PushedToo> {
  const { task, progress } = input;
  const from = progress.head;
  const paths = progress.more?.paths ?? progress.asked?.paths ?? [];
  if (from === null) return refused({ kind: "deleted" });
  // Killed before it was noted that all is done.
  if (paths.every((path) => progress.pushedToo.includes(path))) return { is: "written", head: from };
  // A branch may show it already: nothing that is found out from now on undoes that.
  const begun = progress.more?.head == null ? await begin(context, input, new Set(paths)) : null;
  if (begun?.is === "refused") return begun;
  return reachToWrite(context, task, {
    workflows: paths.some(isWorkflowPath),
    write: (hands) => push(context, { ...input, from, opened: begun?.opened ?? null, ...hands }),
  });
}

type Begun = { is: "begun"; opened: OpenChangeSet };

/** Looks at what is wanted once more, and notes what of it goes in. */
async function begin(
  context: AppContext,
  { task, attempt, set, progress }: HeldPathsToPush,
  paths: ReadonlySet<string>,
): Promise<Extract<NotMade, { is: "refused" }> | Begun> {
  const opened = await openChangeSet(context, set);
  if (opened === null || set.judgement === null) return refused({ kind: "deleted" });
  const pushAnyway = new Set([...progress.pushedToo, ...paths]);
  const judged = await judgeSet(context, { task, attempt, set: opened, pushAnyway });
  if (judged.kind === "not_written") return refused(refusalOfJudging(judged.why));
  const out = new Set(judged.judgement.leaveOut);
  const wanted = canGoToo(set, opened.manifest, progress.pushedToo).filter(
    ({ path }) => paths.has(path) && !out.has(path),
  );
  const found = whatIsFound(set, judged);
  if (wanted.length === 0) {
    await context.db.changeSets.update(set, { heldBack: found.heldBack });
    return refused({ kind: "still_held_back" });
  }
  progress.more ??= { ...nothingMade(), paths: wanted.map(({ path }) => path), found };
  return { is: "begun", opened };
}

type Pushing = HeldPathsToPush & WriteClients & { opened: OpenChangeSet | null; from: WrittenHead };

/** The branch moves only from Porter's head, and only once its pull request is a draft where it should be one. */
async function push(context: AppContext, pushing: Pushing): Promise<PushedToo> {
  const { task, set, progress, from, git, repository } = pushing;
  const { more } = progress;
  if (more === null) throw new Error(`${task.id} pushes nothing`);
  const { found, paths } = more;
  const pull = await beforePush({ repository, task, fresh: found.fresh });
  if (more.head === null) {
    if (pull?.state === "closed") return refused({ kind: "pull_request_closed" });
    const stopped = await makeOneMore(context, pushing, more);
    if (stopped !== null) return stopped;
  }
  const head = more.head;
  if (head === null) throw new Error(`${task.id} has no head after its commit`);
  const move = { from: from.commit, to: head.commit, replaces: false };
  const isThere =
    (await git.moveBranch(progress.branch, move)) === "moved" ||
    (await repository.branchSha(progress.branch)) === head.commit;
  if (!isThere) return refused({ kind: "branch_moved", branch: progress.branch });
  const pushed = { head: head.commit, by: task.createdBy, paths: heldAmong(set, paths), ...found.fresh };
  if (pull !== null) await afterPush({ repository, pull, pushed });
  if (pull?.draft === true) await context.db.tasks.note(task.id, { prDraft: true });
  Object.assign(progress, { head, more: null, pushedToo: [...progress.pushedToo, ...paths] });
  const { judgement, heldBack } = found;
  const { commit: writtenHead, verified } = head;
  const written = { writeProgress: JSON.stringify(progress), writtenHead, verified };
  await context.db.changeSets.update(set, { ...written, judgement, heldBack });
  return { is: "written", head };
}

/** Makes the commit. Of two that make one at once the first that is kept is the one. */
async function makeOneMore(
  context: AppContext,
  { set, progress, from, opened, ...by }: Pushing,
  more: NonNullable<WriteProgress["more"]>,
): Promise<NotMade | null> {
  if (opened === null) return refused({ kind: "deleted" });
  const paths = new Set(more.paths);
  const wanted = canGoToo(set, opened.manifest, progress.pushedToo).filter(({ path }) => paths.has(path));
  const keep = (): Promise<boolean> => context.db.changeSets.keepMore(set, from.commit, JSON.stringify(progress));
  const stopped = await makeHead(context, {
    ...by,
    opened: { ...opened, manifest: oneCommitOf(opened.manifest, { on: from, wanted }) },
    judgement: { leaveOut: [], squash: true },
    isNewTree: true,
    making: more,
    keep: async () => void (await keep()),
  });
  if (stopped !== null || (await keep())) return stopped;
  const row = await context.db.changeSets.get(set);
  const kept = row === null ? null : progressOf(row, progress.branch);
  // Another one is further already; whoever comes next sees how far.
  if (kept?.more?.head == null) return { is: "paused", waitMs: 1000 };
  Object.assign(more, kept.more);
  return null;
}

/** What the judgement says that the set's row does not yet, and the row's JSON with it. */
function whatIsFound(set: ChangeSetRow, { judgement: now, heldBack }: Extract<Judged, { kind: "judged" }>): FoundNow {
  const before = readJson(keptJudgementSchema, set.judgement ?? "null");
  const fresh = newFindings(before, now);
  const all = withFindings(before, now, fresh);
  const kept = { ...all, draft: firstThatFit(all.draft, MOST_TEXT / 2), look: firstThatFit(all.look, MOST_TEXT / 2) };
  return {
    fresh,
    judgement: JSON.stringify(kept),
    heldBack: JSON.stringify(firstThatFit(withNewReasons(heldBackOf(set), heldBack), MOST_TEXT)),
  };
}

/** Stands for the commit until it is made; git has no object of this name. */
const UNMADE = "f".repeat(40);

function oneCommitOf(manifest: Manifest, { on, wanted }: { on: WrittenHead; wanted: HeldPath[] }): Manifest {
  const commit = {
    sha: UNMADE,
    tree: UNMADE,
    parents: [on.commit],
    message: "Add what was held back",
    author: "",
    paths: wanted,
  };
  return { ...manifest, base: on.commit, baseTree: on.tree, tree: UNMADE, commits: [commit] };
}
