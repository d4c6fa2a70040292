import { writeSeries } from "../collect/write-series.ts";
import type { Collected } from "./changes.ts";
import { withTrailers } from "./message-texts.ts";
import { pushBranch } from "./push.ts";
import type { Remote } from "./remote.ts";
import { type ChangesReview, reviewChanges, type SecretTests } from "./review.ts";
import type { Git } from "./run-git.ts";

export type PushInput = {
  remote: Remote;
  branch: string;
  /** What the branch holds now; null: it does not exist. */
  expected: string | null;
  trailers: string[];
  tests: SecretTests;
  /** Epoch ms. */
  finishBy: number;
};

/** Writes the commits with Porter's trailers, checks all that would be sent, and pushes it. Throws `RunFailure`. */
export async function pushChanges(
  git: Git,
  { work, texts }: Collected,
  input: PushInput,
): Promise<{ tip: string; review: ChangesReview }> {
  const written = await writeSeries(git, {
    ...texts,
    commits: work.commits,
    messageOf: (commit) => withTrailers(texts.textOf(commit), input.trailers),
    ref: "refs/porter/series",
  });
  const tip = written.get(work.tip) ?? work.tip;
  const review = await reviewChanges(git, { base: work.filter.base.commit, tip }, input.tests);
  await pushBranch(git, { ...input, sha: tip });
  return { tip, review };
}
