import { readJson } from "@/lib/json";
import { heldBackSchema } from "@/lib/held-back";
import { isHeldAt } from "@/lib/held-back-words";
import { isWorkflowPath } from "@/lib/review/workflow-paths";
import type { Manifest } from "@/lib/change-set";
import { nothingMade, type WriteProgress, type WrittenHead } from "@/lib/write-progress";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { judgeSet } from "../change-set/judge-set";
import { openChangeSet } from "../change-set/open-change-set";
import { makeHead, type NotMade } from "./make-head";
import { reachToWrite } from "./reach";

type Held = { path: string; entry: Manifest["heldEntries"][number]["entry"] };
export type TooToPush = { task: TaskRow; attempt: AttemptRow; set: ChangeSetRow; progress: WriteProgress };

/** What is held back of a set and could go in all the same: its content is there, and it is no secret of the run. */
export function canGoToo(
  set: Pick<ChangeSetRow, "heldBack">,
  manifest: Manifest,
  pushedToo: readonly string[],
): Held[] {
  const heldBack = set.heldBack === null ? [] : readJson(heldBackSchema.array(), set.heldBack);
  const held = new Map<string, Held>(manifest.heldEntries.map((one) => [one.path, one]));
  for (const { path, entry } of manifest.commits.flatMap(({ paths }) => paths)) {
    if (entry !== null && !held.has(path)) held.set(path, { path, entry });
  }
  const free = heldBack.filter(({ reason }) => reason.kind !== "own_secret");
  const secret = heldBack.filter(({ reason }) => reason.kind === "own_secret");
  const isAmong = (path: string, among: typeof heldBack): boolean => among.some((one) => isHeldAt(path, one.path));
  return [...held.values()].filter(
    ({ path }) => isAmong(path, free) && !isAmong(path, secret) && !pushedToo.includes(path),
  );
}

/**
 * One more commit on Porter's own head, of held-back paths that somebody who may write wants in. They are judged anew;
 * what holds a secret of the run is refused still. The branch moves only from that head. @throws GitHubError, BrokenSet
 */
export async function pushTheseToo(
  context: AppContext,
  { task, attempt, set, progress }: TooToPush,
): Promise<NotMade | { is: "written"; head: WrittenHead }> {
  const from = progress.head;
  const paths = new Set(progress.more?.paths ?? progress.asked?.paths);
  const opened = await openChangeSet(context, set);
  if (from === null || opened === null) return { is: "refused", refusal: { kind: "deleted" } };
  const judged = await judgeSet(context, { task, attempt, set: opened, pushAnyway: paths });
  if (judged.kind === "not_written") return { is: "refused", refusal: { kind: "cannot_be_judged" } };
  const out = new Set(judged.judgement.leaveOut);
  const wanted = canGoToo(set, opened.manifest, progress.pushedToo).filter(
    ({ path }) => paths.has(path) && !out.has(path),
  );
  if (wanted.length === 0) return { is: "refused", refusal: { kind: "all_held_back" } };
  const more = (progress.more ??= { ...nothingMade(), paths: wanted.map(({ path }) => path) });
  const keep = (): Promise<void> => context.db.changeSets.update(set, { writeProgress: JSON.stringify(progress) });
  const series = { ...opened, manifest: oneCommitOf(opened.manifest, { on: from, wanted }) };
  return reachToWrite(context, task, {
    workflows: wanted.some(({ path }) => isWorkflowPath(path)),
    async write({ git, repository }) {
      if (more.head === null) {
        const judgement = { leaveOut: [], squash: true };
        const making = {
          task,
          attempt,
          git,
          repository,
          opened: series,
          judgement,
          isNewTree: true,
          making: more,
          keep,
        };
        const stopped = await makeHead(context, making);
        if (stopped !== null) return stopped;
        await keep();
      }
      const head = more.head;
      if (head === null) throw new Error(`${task.id} has no head after its commit`);
      const move = { from: from.commit, to: head.commit, replaces: false };
      const isThere =
        (await git.moveBranch(progress.branch, move)) === "moved" ||
        (await repository.branchSha(progress.branch)) === head.commit;
      if (!isThere) return { is: "refused", refusal: { kind: "branch_moved", branch: progress.branch } } as const;
      Object.assign(progress, { head, more: null, pushedToo: [...progress.pushedToo, ...more.paths] });
      const { commit: writtenHead, verified } = head;
      await context.db.changeSets.update(set, { writeProgress: JSON.stringify(progress), writtenHead, verified });
      return { is: "written", head } as const;
    },
  });
}

/** Stands for the commit until it is made; git has no object of this name. */
const UNMADE = "f".repeat(40);

function oneCommitOf(manifest: Manifest, { on, wanted }: { on: WrittenHead; wanted: Held[] }): Manifest {
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
