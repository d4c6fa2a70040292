import type { NewDelivery } from "@/server/db/delivery-store";
import {
  projectInstallation,
  projectInstallationRepositories,
  projectInstallationTarget,
  projectIssues,
  projectRepository,
} from "@/server/github/webhook-payloads";
import { notedProjection, dueProjection, type Projection } from "./projection";

/** Outcomes that `reconcileDelivery` acts on; what an action is not listed for is recorded and that is all. */
const ISSUE_OUTCOMES: Record<string, string> = {
  closed: "issue_closed",
  // The issue is not there any more, or in another repository: nobody would see what becomes of the task.
  deleted: "issue_closed",
  transferred: "issue_closed",
  // What a lock refused is written now.
  unlocked: "issue_unlocked",
};
const REPOSITORY_OUTCOMES: Record<string, string> = {
  renamed: "repository_moved",
  transferred: "repository_moved",
  archived: "repository_lost",
  deleted: "repository_lost",
  unarchived: "repository_restored",
};
const INSTALLATION_OUTCOMES: Record<string, string> = {
  suspend: "installation_lost",
  deleted: "installation_lost",
  unsuspend: "installation_restored",
  created: "installed",
  new_permissions_accepted: "installation_restored",
};

/** An action's name is GitHub's, and may be a word that every object has. */
const listed = (outcomes: Record<string, string>, action: string): string | undefined =>
  Object.hasOwn(outcomes, action) ? outcomes[action] : undefined;
const byOutcome = (delivery: NewDelivery, outcome: string | undefined): Projection =>
  outcome === undefined ? notedProjection(delivery, "ignored") : dueProjection(delivery, outcome);

/** `issues` */
export function projectIssueChange(payload: unknown, base: NewDelivery): Projection {
  const { action, repository, issue, sender, installationId } = projectIssues(payload);
  const about = { repositoryId: repository.id, issueNumber: issue.number, actorLogin: sender.login };
  return byOutcome({ ...base, action, ...about, installationId }, listed(ISSUE_OUTCOMES, action));
}

/** `repository`: its number stays, owner and name may be new. */
export function projectRepositoryChange(payload: unknown, base: NewDelivery): Projection {
  const { action, repository, sender, installationId } = projectRepository(payload);
  const facts = JSON.stringify({ owner: repository.owner, name: repository.name });
  const about = { repositoryId: repository.id, actorLogin: sender.login };
  return byOutcome({ ...base, action, ...about, installationId, facts }, listed(REPOSITORY_OUTCOMES, action));
}

/** `installation` */
export function projectInstallationChange(payload: unknown, base: NewDelivery): Projection {
  const { action, installationId, repositories, sender, accountId } = projectInstallation(payload);
  // Only its end is an end for what is set in them; a queue takes 128 kB.
  const repositoryIds = action === "deleted" ? repositories.slice(0, 5000) : [];
  const facts = JSON.stringify({ actorId: sender.id, accountId, repositoryIds });
  const delivery = { ...base, action, installationId, actorLogin: sender.login, facts };
  return byOutcome(delivery, listed(INSTALLATION_OUTCOMES, action));
}

/** `installation_repositories` */
export function projectSelectionChange(payload: unknown, base: NewDelivery): Projection {
  const { action, installationId, removed, sender } = projectInstallationRepositories(payload);
  const facts = JSON.stringify({ actorId: sender.id, repositoryIds: removed });
  const delivery = { ...base, action, installationId, actorLogin: sender.login, facts };
  if (action === "removed") return dueProjection(delivery, "repositories_lost");
  return byOutcome(delivery, action === "added" ? "installation_restored" : undefined);
}

/** `installation_target`: the account was renamed, with all its repositories. */
export function projectAccountChange(payload: unknown, base: NewDelivery): Projection {
  const { action, installationId, account } = projectInstallationTarget(payload);
  const delivery = { ...base, action, installationId, facts: JSON.stringify({ owner: account }) };
  return byOutcome(delivery, action === "renamed" ? "account_renamed" : undefined);
}
