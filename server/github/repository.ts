import { createComments } from "@/server/github/comments";
import { createContents } from "@/server/github/contents";
import { orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import { issueSchema } from "@/server/github/issue-schema";
import { createLabels } from "@/server/github/labels";
import type { GitHubRepository, RepositoryPermission } from "@/server/github/port";
import { createObjects } from "@/server/github/objects";
import { createPullManners } from "@/server/github/pull-manners";
import { createPictures } from "@/server/github/pictures";
import { createPulls } from "@/server/github/pulls";
import { createRunFiles } from "@/server/github/run-files";
import { createRules } from "@/server/github/rules";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";
import { accountSchema, permissionSchema, repositorySchema } from "@/server/github/schemas";
import { createThread } from "@/server/github/thread";
import { createTrees } from "@/server/github/trees";

/**
 * GitHub's `permission` folds maintain into write and triage into read; `role_name` tells them apart. A custom
 * role counts as what `permission` makes of it; a word nobody knows counts as nothing.
 */
function permissionFrom(permission: string, role: string | null | undefined): RepositoryPermission {
  switch (permission) {
    case "admin":
      return "admin";
    case "maintain":
      return "maintain";
    case "write":
      return role === "maintain" ? "maintain" : "write";
    case "triage":
      return "triage";
    case "read":
      return role === "triage" ? "triage" : "read";
    default:
      return "none";
  }
}

/** Calls with an installation token. @throws GitHubError from every method */
export function createGitHubRepository(calls: RepositoryCalls): GitHubRepository {
  const { client, token } = calls;
  return {
    ...createComments(calls),
    ...createContents(calls),
    ...createLabels(calls),
    ...createObjects(calls),
    ...createPictures(calls),
    ...createPulls(calls),
    ...createPullManners(calls),
    ...createRules(calls),
    ...createRunFiles(calls),
    ...createThread(calls),
    ...createTrees(calls),
    async permissionOf(login) {
      const call = inRepository(calls, apiPath`/collaborators/${login}/permission`);
      const answer = await orNull(client.get(permissionSchema, call));
      if (answer === null) return { permission: "none", userId: null };
      return { permission: permissionFrom(answer.permission, answer.role_name), userId: answer.user?.id ?? null };
    },
    async loginOf(userId) {
      const call = { method: "GET", path: apiPath`/user/${userId}`, token } as const;
      const found = await orNull(client.get(accountSchema, call));
      return found?.id === userId ? found.login : null;
    },
    issue: (number) => orNull(client.get(issueSchema, inRepository(calls, apiPath`/issues/${number}`))),
    async get() {
      const repository = await client.get(repositorySchema, inRepository(calls, ""));
      const { id, name, owner, archived, default_branch: defaultBranch } = repository;
      return { id, owner: owner.login, name, defaultBranch, private: repository.private, archived };
    },
  };
}
