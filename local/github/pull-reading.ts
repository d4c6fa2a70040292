import { z } from "zod";
import { pullFromEmulator, syncedOf } from "./git-sync.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const sideSchema = z.looseObject({ ref: z.string(), sha: z.string() });
export const pullSchema = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  draft: z.boolean(),
  merged_at: z.string().nullable(),
  head: sideSchema,
  base: sideSchema,
});
export type Pull = z.infer<typeof pullSchema>;

const comparisonSchema = z.looseObject({
  ahead_by: z.number(),
  behind_by: z.number(),
  commits: z.array(z.unknown()),
  files: z.array(z.looseObject({ additions: z.number(), deletions: z.number() })),
});
export type Comparison = z.infer<typeof comparisonSchema>;
const referenceSchema = z.object({ object: z.object({ sha: z.string() }) });

/** The emulator has these in a list's entries; GitHub only in a single pull request. */
const onlyInDetail = [
  "additions",
  "changed_files",
  "comments",
  "commits",
  "deletions",
  "maintainer_can_modify",
  "mergeable",
  "mergeable_state",
  "merged",
  "merged_by",
  "rebaseable",
  "review_comments",
];

/** The commit a branch is at now, or undefined when there is no such branch. */
export async function branchHead(
  world: GitHubWorld,
  repository: Repository,
  name: string,
): Promise<string | undefined> {
  const path = `/repos/${repository.fullName}/git/ref/heads/${encodeURI(name)}`;
  const reference = await world.emulator.read(referenceSchema, path, world.emulator.owner(repository.owner));
  return reference?.object.sha;
}

export async function compareCommits(
  world: GitHubWorld,
  repository: Repository,
  range: { base: string; head: string },
): Promise<Comparison> {
  const path = `/repos/${repository.fullName}/compare/${range.base}...${range.head}`;
  const comparison = await world.emulator.read(comparisonSchema, path, world.emulator.owner(repository.owner));
  return comparison ?? { ahead_by: 0, behind_by: 0, commits: [], files: [] };
}

/** As the emulator stores it, whoever asks. */
export function storedPull(world: GitHubWorld, repository: Repository, number: number): Promise<Pull | undefined> {
  const path = `/repos/${repository.fullName}/pulls/${number}`;
  return world.emulator.read(pullSchema, path, world.emulator.owner(repository.owner));
}

/** The pull request at the head its branch has now. A closed one stays at the head it was closed with. */
export async function atHead(world: GitHubWorld, repository: Repository, pull: Pull): Promise<Pull> {
  if (pull.state !== "open") {
    const end = world.pulls.endOf(repository.fullName, pull.number);
    if (end === undefined) return pull;
    const commit = end.mergeCommit === null ? {} : { merge_commit_sha: end.mergeCommit };
    return { ...pull, ...commit, head: { ...pull.head, sha: end.head } };
  }
  const sha = await branchHead(world, repository, pull.head.ref);
  return sha === undefined ? pull : { ...pull, head: { ...pull.head, sha } };
}

export async function comparisonOfPull(world: GitHubWorld, repository: Repository, pull: Pull): Promise<Comparison> {
  const openBase = pull.state === "open" ? await branchHead(world, repository, pull.base.ref) : undefined;
  return compareCommits(world, repository, { base: openBase ?? pull.base.sha, head: pull.head.sha });
}

/** A single pull request in full; whether it can be merged is another question. */
export async function withNumbers(world: GitHubWorld, repository: Repository, stored: Pull): Promise<Pull> {
  const pull = await atHead(world, repository, stored);
  const comparison = await comparisonOfPull(world, repository, pull);
  const sum = (field: "additions" | "deletions"): number =>
    comparison.files.reduce((total, file) => total + file[field], 0);
  return {
    ...pull,
    active_lock_reason: null,
    commits: comparison.ahead_by,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changed_files: comparison.files.length,
    mergeable: null,
    rebaseable: null,
    mergeable_state: "unknown",
  };
}

/** Whether it can be merged, as far as GitHub knows by now. */
export async function withMergeability(world: GitHubWorld, repository: Repository, pull: Pull): Promise<Pull> {
  const base = pull.state === "open" ? await branchHead(world, repository, pull.base.ref) : undefined;
  const synced = syncedOf(world, repository);
  if (base === undefined || synced === undefined) return pull;
  const mergeable = await world.pulls.mergeable(base, pull.head.sha, () =>
    world.locks.run(repository.fullName, async () => {
      await pullFromEmulator(synced);
      return (await synced.git.mergedTree(base, pull.head.sha)) !== null;
    }),
  );
  if (mergeable === null) return pull;
  const state = mergeable ? (pull.draft ? "draft" : "clean") : "dirty";
  return { ...pull, mergeable, rebaseable: mergeable, mergeable_state: state };
}

/** As it stands in a list. */
export const shortenedPull = (pull: Pull): unknown =>
  Object.fromEntries(Object.entries(pull).filter(([name]) => !onlyInDetail.includes(name)));
