import { abortableSleep } from "../callback-request.ts";
import { RunFailure } from "../run-failure.ts";
import { networkEnv } from "./credentials.ts";
import { type Git, GitError } from "./run-git.ts";

export type Remote = { url: string; token: string };

/** Where the work starts: the branch it is based on, and what the branches that the run may push hold by now. */
export type RemoteState = { base: string; baseSha: string; heads: Map<string, string> };

type Limits = { deadline: number; signal: AbortSignal };
type Far = { remote: Remote; limits: Limits };

const CLONE_DEPTH = 50;
const TRIES = 3;
const RETRY_MS = 1500;

/**
 * Reads the default branch (or `baseBranch`) and the branches that the run may push. Throws `RunFailure`
 * empty_repository, base_branch_missing or clone_failed.
 */
export async function readRemote(
  git: Git,
  input: { remote: Remote; baseBranch: string | null; branches: string[] },
  limits: Limits,
): Promise<RemoteState> {
  const wanted = input.baseBranch === null ? input.branches : [...input.branches, input.baseBranch];
  const patterns = ["HEAD", ...wanted.map((branch) => `refs/heads/${branch}`)];
  const refs = parseRefs(
    await network(git, ["ls-remote", "--symref", input.remote.url, ...patterns], { remote: input.remote, limits }),
  );
  const heads = new Map<string, string>();
  for (const branch of input.branches) {
    const sha = refs.shas.get(`refs/heads/${branch}`);
    if (sha !== undefined) heads.set(branch, sha);
  }
  const base = input.baseBranch ?? refs.headBranch;
  const baseSha = base === null ? undefined : refs.shas.get(input.baseBranch === null ? "HEAD" : `refs/heads/${base}`);
  if (base !== null && baseSha !== undefined) return { base, baseSha, heads };
  const all = await network(git, ["ls-remote", "--heads", input.remote.url], { remote: input.remote, limits });
  if (all.trim() === "") throw new RunFailure("empty_repository", "The repository has no commits yet.");
  const name = base === null ? "The default branch" : `The base branch "${base}"`;
  throw new RunFailure("base_branch_missing", `${name} does not exist.`);
}

/** Clones one branch, bare and shallow, into `directory`. Throws `RunFailure` clone_failed. */
export async function cloneBare(
  git: Git,
  input: { remote: Remote; base: string; directory: string },
  limits: Limits,
): Promise<string> {
  const args = [
    "clone",
    "--quiet",
    "--bare",
    "--template=",
    "--depth",
    String(CLONE_DEPTH),
    "--single-branch",
    "--no-tags",
  ];
  await network(git, [...args, "--branch", input.base, "--", input.remote.url, input.directory], {
    remote: input.remote,
    limits,
  });
  return git.text(["--git-dir", input.directory, "rev-parse", "--verify", `refs/heads/${input.base}^{commit}`]);
}

/** The sha of a branch of the remote, or null. */
export async function remoteHead(git: Git, remote: Remote, branch: string): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  const listing = await git.text(["ls-remote", remote.url, ref], { env: networkEnv(remote), timeoutMs: 30_000 });
  return parseRefs(listing).shas.get(ref) ?? null;
}

export function parseRefs(listing: string): { headBranch: string | null; shas: Map<string, string> } {
  const shas = new Map<string, string>();
  let headBranch: string | null = null;
  for (const line of listing.split("\n")) {
    const symref = /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line);
    if (symref) headBranch = symref[1] ?? null;
    const ref = /^([0-9a-f]{40,64})\t(\S+)$/.exec(line);
    if (ref?.[1] && ref[2]) shas.set(ref[2], ref[1]);
  }
  return { headBranch, shas };
}

async function network(git: Git, args: string[], { remote, limits }: Far): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const timeoutMs = Math.max(1000, Math.min(300_000, limits.deadline - Date.now()));
      return await git.text(args, { env: networkEnv(remote), timeoutMs, signal: limits.signal });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (limits.signal.aborted) throw error;
      if (Date.now() >= limits.deadline) throw new RunFailure("timed_out", "The time limit was reached while cloning.");
      if (/No space left on device|Disk quota exceeded/i.test(error.stderr)) {
        throw new RunFailure("disk_full", "The disk is full: the repository does not fit.", { cause: error });
      }
      if (attempt >= TRIES) throw new RunFailure("clone_failed", cloneSentence(error), { cause: error });
      await abortableSleep(RETRY_MS * attempt, limits.signal);
    }
  }
}

function cloneSentence(error: GitError): string {
  if (/Authentication failed|could not read Username|Invalid username or token|HTTP 401/i.test(error.stderr)) {
    return "The git host refused the token that Porter was given.";
  }
  if (/not found|HTTP 404|returned error: 404/i.test(error.stderr)) return "The git host knows no such repository.";
  if (/returned error: 403/.test(error.stderr)) return "The git host does not let Porter read this repository.";
  if (error.timedOut) return "The repository could not be cloned in time.";
  return `The repository could not be cloned: ${lastLine(error.stderr)}`;
}

export function lastLine(text: string): string {
  return (text.trim().split("\n").at(-1) ?? "").slice(0, 300);
}
