import { FAILURES } from "@/lib/failures";
import { type BranchRule, ruleWords, unmetRules } from "@/lib/branch-rules";
import { trailersOf } from "@/lib/review/trailers";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { loadRepositorySettings } from "./settings";

/**
 * What is known of a repository before a run in it is paid. `branchPrefix`: what branches must begin with there, because
 * another branch blocks the usual one; null: nothing does. `unmet`: rules that no run can keep to, in words.
 */
export type BeforeARun = { branchPrefix: string | null; unmet: string[] };

export const NOTHING_BEFORE: BeforeARun = { branchPrefix: null, unmet: [] };

/** A new task's id, with its branch where that is known already. */
export const withBranch = (id: string, { branchPrefix }: BeforeARun): { id: string; branch: string | null } => ({
  id,
  branch: branchPrefix === null ? null : `${branchPrefix}${id}`,
});

/** @throws AppError (conflict) with the rules that no run can keep to */
export function requireRules({ unmet }: BeforeARun): void {
  if (unmet.length === 0) return;
  const { sentence, fix } = FAILURES.branch_rules;
  throw new AppError("conflict", [sentence, ...unmet].join("\n"), { field: "repository", fix });
}

/** `repositoryId`: null where it is not known yet; then nothing is set for it. */
type RunSubject = { repositoryId: number | null; userId: number; login: string };

/** Any branch's name ends like this one. */
const SAMPLE_ID = "task_0123456789abcdefghij";

/** Asked side by side. What GitHub does not answer keeps nobody from a run. */
export async function askBeforeARun(
  context: AppContext,
  repository: GitHubRepository,
  subject: RunSubject,
): Promise<BeforeARun> {
  const { branchPrefix } = await loadRepositorySettings(context, subject.repositoryId);
  const [isBlocked, unmet] = await Promise.all([
    isInTheWay(context, repository, branchPrefix),
    unmetBy(context, repository, { ...subject, branchPrefix }),
  ]);
  if (!isBlocked) return { branchPrefix: null, unmet };
  const other = branchPrefix.replaceAll("/", "-");
  return { branchPrefix: other, unmet: await unmetBy(context, repository, { ...subject, branchPrefix: other }) };
}

/** Where a branch `porter` is, git has no room for `porter/x`. */
async function isInTheWay(context: AppContext, repository: GitHubRepository, prefix: string): Promise<boolean> {
  const steps = prefix.split("/").slice(0, -1);
  const names = steps.map((_, at) => steps.slice(0, at + 1).join("/"));
  const found = await Promise.all(names.map((name) => unlessSilent(context, repository.branchSha(name))));
  return found.some((sha) => sha !== null);
}

async function unmetBy(
  context: AppContext,
  repository: GitHubRepository,
  { branchPrefix, repositoryId, userId, login }: RunSubject & { branchPrefix: string },
): Promise<string[]> {
  const branch = `${branchPrefix}${SAMPLE_ID}`;
  const rules = (await unlessSilent(context, repository.branchRules(branch))) ?? [];
  const wantsSigned = rules.some(({ type }) => type === "required_signatures");
  const unmet = unmetRules(rules, {
    branch,
    trailers: trailersOf({ id: SAMPLE_ID, userId, createdBy: login }),
    // GitHub's own, with some number.
    authorEmail: `1+${context.env.GITHUB_APP_SLUG}[bot]@users.noreply.github.com`,
    committerEmail: "noreply@github.com",
    signs: wantsSigned && repositoryId !== null ? await context.db.changeSets.wasVerified(repositoryId) : null,
  });
  const holding = await Promise.all(unmet.map((rule) => holdsForPorter(context, repository, rule)));
  return unmet.filter((_, at) => holding[at]).map(ruleWords);
}

/** GitHub lists rules also where the App may pass them by; who may is a question of its own, which few rules need. */
async function holdsForPorter(
  context: AppContext,
  repository: GitHubRepository,
  { rulesetId }: BranchRule,
): Promise<boolean> {
  if (rulesetId === null) return false;
  return (await unlessSilent(context, repository.mayBypass(rulesetId))) === false;
}

async function unlessSilent<T>(context: AppContext, asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("before_a_run.unknown", { message: error.failure.message });
    return null;
  }
}
