import type { IssueAuthor, RepositoryRole } from "@/lib/issue-author";
import type { RepositoryPermission } from "@/server/github/port";

/** `author`: who wrote the issue, as GitHub names them there; null: the account is gone. */
export type AskedAuthor = { author: { login: string; id: number | null } | null; repoOwner: string };

/** The author's role out of GitHub's answer about them. */
export function authorWith(permission: RepositoryPermission, { author, repoOwner }: AskedAuthor): IssueAuthor {
  const login = author?.login ?? null;
  const isOwner = permission === "admin" && login?.toLowerCase() === repoOwner.toLowerCase();
  const role: RepositoryRole = isOwner ? "owner" : permission;
  return { login, role };
}
