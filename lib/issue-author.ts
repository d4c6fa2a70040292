/** What somebody is in a repository, as GitHub's permission endpoint says. `unknown`: it did not, or nobody asked. */
export const REPOSITORY_ROLES = ["owner", "admin", "maintain", "write", "triage", "read", "none", "unknown"] as const;
export type RepositoryRole = (typeof REPOSITORY_ROLES)[number];

/** Who wrote an issue. `login`: null where the account is gone. */
export type IssueAuthor = { login: string | null; role: RepositoryRole };

const WORDS: Record<RepositoryRole, string> = {
  owner: "owner of this repository, with write access",
  admin: "administrator of this repository, with write access",
  maintain: "maintainer of this repository, with write access",
  write: "member of this repository, with write access",
  triage: "member of this repository, without write access",
  read: "reader of this repository, without write access",
  none: "no member of this repository, without write access",
  unknown: "of unknown role in this repository, taken as without write access",
};

/** Whether a role is known to allow writing. */
export const mayWrite = (role: RepositoryRole): boolean => ["owner", "admin", "maintain", "write"].includes(role);

/** "@octocat (owner of this repository, with write access)". GitHub's names have no other characters. */
export function authorWords({ login, role }: IssueAuthor): string {
  const name = login === null ? "" : login.replace(/[^A-Za-z0-9_[\]-]/g, "").slice(0, 100);
  return `${name === "" ? "somebody" : `@${name}`} (${WORDS[role]})`;
}
