import { RunFailure } from "../run-failure.ts";
import { networkEnv } from "./credentials.ts";
import { lastLine, type Remote, remoteHead } from "./remote.ts";
import { type Git, GitError } from "./run-git.ts";
import { abortableSleep } from "../callback-request.ts";

const TRIES = 3;

/**
 * Pushes one commit to one branch of the remote, only if the branch still holds `expected` (null: it must not exist),
 * so a branch that somebody else moved is never overwritten. A push whose answer got lost counts when the branch
 * holds the commit. Throws `RunFailure` push_rejected.
 */
export async function pushBranch(
  git: Git,
  input: { remote: Remote; sha: string; branch: string; expected: string | null; finishBy: number },
): Promise<void> {
  const { remote, sha, branch } = input;
  const lease = `--force-with-lease=refs/heads/${branch}:${input.expected ?? ""}`;
  const args = ["push", "--no-verify", lease, remote.url, `${sha}:refs/heads/${branch}`];
  for (let attempt = 1; ; attempt += 1) {
    try {
      const timeoutMs = Math.max(5000, Math.min(120_000, input.finishBy - Date.now()));
      await git.run(args, { env: networkEnv(remote), timeoutMs });
      return;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if ((await remoteHead(git, remote, branch).catch(() => null)) === sha) return;
      const rejection = rejectionSentence(error.stderr, branch);
      if (rejection !== null) throw new RunFailure("push_rejected", rejection, { cause: error });
      if (attempt >= TRIES || Date.now() >= input.finishBy) {
        throw new RunFailure("push_rejected", `The push failed: ${lastLine(error.stderr)}`, { cause: error });
      }
      await abortableSleep(1000 * attempt);
    }
  }
}

/** Why the remote said no, or null where another try may help. */
export function rejectionSentence(stderr: string, branch: string): string | null {
  const rules: [RegExp, string][] = [
    [/stale info|non-fast-forward|fetch first/, `The branch \`${branch}\` was changed by somebody else meanwhile.`],
    [/GH006|protected branch/i, `The branch \`${branch}\` is protected.`],
    [/GH013|rule violations/i, "A rule of the repository refuses this push."],
    [/without `?workflows?`? (?:permission|scope)/i, "GitHub refused changes to workflow files."],
    [/GH001|exceeds GitHub's file size limit/i, "GitHub refused a file over 100 MB."],
    [/archived/i, "The repository is archived, so it is read-only."],
    [/returned error: 403|Permission to .* denied/i, "The git host does not let Porter write to this repository."],
    [/Authentication failed|could not read Username|HTTP 401/i, "The git host no longer takes the token."],
    [/not found|returned error: 404/i, "The repository is gone, or Porter may no longer see it."],
  ];
  for (const [pattern, sentence] of rules) if (pattern.test(stderr)) return sentence;
  const remote = /\[remote rejected\][^(]*\(([^)]*)\)/.exec(stderr);
  return remote ? `The git host refused the push: ${(remote[1] ?? "").slice(0, 200)}` : null;
}
