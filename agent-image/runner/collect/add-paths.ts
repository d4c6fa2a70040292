import type { HeldBack } from "../../../lib/held-back.ts";
import { type Git, GitError, type GitOptions } from "../git/run-git.ts";
import { nulInput } from "./git-paths.ts";

/** How often git is asked again with fewer paths before the rest counts as refused. */
const MOST_TRIES = 60;

/**
 * Puts files into the index. git takes all or none of them, so where it refuses, it is asked with half of them, until
 * the refused ones are found.
 */
export async function addPaths(git: Git, paths: readonly string[], here: GitOptions): Promise<HeldBack[]> {
  const refused: HeldBack[] = [];
  const open = paths.length > 0 ? [paths] : [];
  let tries = 0;
  for (let some = open.pop(); some !== undefined; some = open.pop()) {
    try {
      tries += 1;
      if (tries > MOST_TRIES) throw new GitError("update-index", { exitCode: null, stderr: "", timedOut: false });
      await git.run(["update-index", "-z", "--add", "--remove", "--replace", "--stdin"], {
        ...here,
        input: nulInput(some),
      });
    } catch (error) {
      if (!(error instanceof GitError) || error.timedOut) throw error;
      const half = Math.ceil(some.length / 2);
      if (some.length > 1 && tries <= MOST_TRIES) open.push(some.slice(half), some.slice(0, half));
      else refused.push(...some.map((path): HeldBack => ({ path, reason: { kind: "refused_by_git" } })));
    }
  }
  return refused;
}
