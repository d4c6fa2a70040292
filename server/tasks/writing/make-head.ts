import type { KeptJudgement } from "@/lib/change-set-judgement";
import type { WorkRefusal } from "@/lib/work-refusal";
import type { Making } from "@/lib/write-progress";
import type { SetEntry } from "@/server/change-sets/facts";
import { isInline } from "@/server/change-sets/inline-text";
import { differingPaths, filesAfter, planWriting, type WritingPlan } from "@/server/change-sets/plan-writing";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import type { GitHubGitData, GitHubRepository } from "@/server/github/port";
import type { OpenChangeSet } from "../change-set/open-change-set";
import { messagesFor } from "./commit-message";
import { createCallBudget } from "./call-budget";
import { writeCommits } from "./write-commits";

export type HeadToMake = {
  task: TaskRow;
  attempt: AttemptRow;
  git: GitHubGitData;
  repository: GitHubRepository;
  opened: OpenChangeSet;
  judgement: Pick<KeptJudgement, "leaveOut" | "squash">;
  /** Its last commit's tree is nobody's yet: every path is compared instead. */
  isNewTree?: boolean;
  making: Making;
  /** Keeps `making`. */
  keep: () => Promise<void>;
};

export type NotMade = { is: "paused"; waitMs: number } | { is: "refused"; refusal: WorkRefusal };
const refused = (kind: "base_gone" | "cannot_be_judged" | "all_held_back" | "tree_differs"): NotMade => ({
  is: "refused",
  refusal: { kind },
});

/** Makes the commits of a set, up to the head that `making` has afterwards. No branch shows them. Null: they are made. */
export async function makeHead(context: AppContext, input: HeadToMake): Promise<NotMade | null> {
  const { task, git, repository, opened, judgement, making, keep } = input;
  const { manifest, contentOf } = opened;
  const tree = await repository.treeOf(manifest.base);
  const files = tree === null ? null : await repository.treeFiles(tree);
  if (tree === null) return refused("base_gone");
  if (files === null) return refused("cannot_be_judged");
  const { squash } = judgement;
  const texts = await textsOf(opened, making);
  const plan = planWriting({ manifest, base: files, leftOut: new Set(judgement.leaveOut), squash, texts });
  if (plan === null) return refused("cannot_be_judged");
  if (plan.commits.every(({ requests }) => requests.length === 0)) return refused("all_held_back");
  const last = plan.commits.at(-1);
  if (input.isNewTree === true && last !== undefined) last.tree = null;
  const written = await writeCommits({
    plan,
    base: { commit: manifest.base, tree },
    progress: making,
    keep,
    mayCall: createCallBudget(context, task.installationId),
    treeOf: async (commit) => (await repository.treeOf(commit)) ?? "",
    contentOf,
    messageOf: await messagesFor(context, input),
    git,
  });
  if (written.outcome === "paused") {
    await keep();
    return { is: "paused", waitMs: written.waitMs };
  }
  const wrong =
    written.outcome === "differs" ? written : await otherFiles(repository, { plan, files, tree: written.tree });
  if (wrong !== null) {
    context.log.warn("write.tree_differs", { taskId: task.id, attempt: input.attempt.attempt, ...wrong });
    return refused("tree_differs");
  }
  if (written.outcome === "written") {
    const { commit, tree: made, verified } = written;
    making.head = { commit, tree: made, verified };
  }
  return null;
}

/** Where no tree's id was known beforehand, every path is compared: with the set where it wrote, else with the base. */
async function otherFiles(
  repository: GitHubRepository,
  { plan, files, tree }: { plan: WritingPlan; files: ReadonlyMap<string, SetEntry>; tree: string },
): Promise<Record<string, unknown> | null> {
  if (plan.commits.at(-1)?.tree != null) return null;
  const made = await repository.treeFiles(tree);
  if (made === null) return { what: "a tree that cannot be read" };
  const paths = differingPaths(filesAfter(plan, files), made);
  return paths.length === 0 ? null : { what: "paths", count: paths.length };
}

/** The sizes of what goes along as text. Which files do not is found out once, and kept. */
async function textsOf({ manifest, contentOf }: OpenChangeSet, making: Making): Promise<Map<string, number>> {
  if (making.apart === null) {
    const named = new Set(manifest.commits.flatMap(({ paths }) => paths.map(({ entry }) => entry?.sha)));
    const apart: string[] = [];
    for (const { sha } of manifest.blobs) if (named.has(sha) && !isInline(await contentOf(sha))) apart.push(sha);
    making.apart = apart;
  }
  const apart = new Set(making.apart);
  return new Map(manifest.blobs.filter(({ sha }) => !apart.has(sha)).map(({ sha, size }) => [sha, size]));
}
