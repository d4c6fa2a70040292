import { z } from "zod";
import { readJson } from "@/lib/json";
import { writeProgressSchema } from "@/lib/write-progress";
import { differingPaths } from "@/server/change-sets/plan-writing";
import type { FakeGitHubState } from "@/server/testing/fake-github-state";
import { readRows } from "./history";
import { HELD_PATH } from "./machine-life";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

const setSchema = z.object({
  task_id: z.string(),
  attempt: z.number(),
  tree: z.string().nullable(),
  judgement: z.string().nullable(),
  written_head: z.string().nullable(),
  write_progress: z.string().nullable(),
});
type WholeSet = z.infer<typeof setSchema>;

/**
 * I14: what branches show is what was handed over: each head is one of a judged set, with the set's own tree, and no set
 * has two; one more commit on it has what was held back and somebody wanted, and nothing else, and there is one of it.
 * I15: no machine has a token that could push.
 */
export async function checkWriting({ stage }: CheckedWorld): Promise<Violation[]> {
  const { world } = stage;
  const { github } = world.outside;
  const rows = await readRows(
    world.engine,
    `SELECT task_id, attempt, tree, judgement, written_head, write_progress FROM change_sets WHERE whole_at IS NOT NULL`,
  );
  const sets = rows.map((row) => setSchema.parse(row));
  const heads = new Map(sets.flatMap((set) => headsOf(github.state, set).map((head) => [head, set] as const)));
  const shown = new Map<string, Set<string>>();
  const wrong = github.state.shown.flatMap(({ branch, commit, tree }) => {
    const set = heads.get(commit);
    if (set === undefined) return [violationOf("I14", `${branch} was given ${commit}, which is of no set`)];
    const name = `set of attempt ${set.attempt} of ${set.task_id}`;
    const isMore = tree !== set.tree;
    const place = `${name}${isMore ? ", with more" : ""}`;
    shown.set(place, (shown.get(place) ?? new Set()).add(commit));
    return [
      ...(set.judgement === null ? [violationOf("I14", `the ${name} was written and not judged`, set.task_id)] : []),
      ...(isMore && !(stage.published.has(set.task_id) && isOneMore(github.state, commit))
        ? [violationOf("I14", `the ${name} became another tree on ${branch}`, set.task_id)]
        : []),
    ];
  });
  const twice = [...shown]
    .filter(([, commits]) => commits.size > 1)
    .map(([place]) => violationOf("I14", `the ${place} has two heads`));
  const mayWrite = new Set(
    github.state.minted.flatMap(({ token, permissions }) => (permissions.contents === "write" ? [token] : [])),
  );
  const armed = stage.runners().filter(({ secrets }) => secrets.some((secret) => mayWrite.has(secret)));
  return [
    ...wrong,
    ...twice,
    ...armed.map(({ machine }) => violationOf("I15", `${machine.name} has a token that may write`)),
  ];
}

/** The heads that Porter keeps of a set, and those that they stand on, as far as they are of the set. */
function headsOf({ commits }: FakeGitHubState, set: WholeSet): string[] {
  const progress = set.write_progress === null ? null : readJson(writeProgressSchema, set.write_progress);
  const kept = [set.written_head, progress?.head?.commit, progress?.more?.head?.commit].filter((head) => head != null);
  return kept.flatMap((head) => {
    const commit = commits.get(head);
    return commit === undefined || commit.tree === set.tree ? [head] : [head, commit.parents[0] ?? ""];
  });
}

function isOneMore({ commits, trees }: FakeGitHubState, head: string): boolean {
  const commit = commits.get(head);
  const files = (of: string | undefined) => trees.get(commits.get(of ?? "")?.tree ?? "") ?? new Map();
  return differingPaths(files(commit?.parents[0]), files(head)).every((path) => path === HELD_PATH);
}
