import type { BranchRule } from "@/lib/branch-rules";
import type { RepositoryRole } from "@/lib/issue-author";
import type { PictureKind } from "@/lib/context-files";
import type { RateLimit } from "@/lib/github-data";
import type { PullReview } from "@/lib/pull-state";
import type { RepositoryFiles } from "@/lib/set-up/files";
import type { IssueThread } from "@/server/github/issue-thread";

/** A repository as a caller names it. Identity is `id`; `owner` and `name` are what the API's paths need. */
export type RepositoryRef = { id: number; owner: string; name: string };

/**
 * Why a GitHub call failed. `lost`: it will not work again by itself (gone, access removed, locked, refused);
 * `reason` is short and may be stored. `no_access`: the whole repository is out of the App's reach. `ip_allow_list`,
 * `saml`, `permission` and `archived` say what somebody can change; any other refusal is `forbidden`.
 */
export type LossReason =
  | "not_found"
  | "gone"
  | "forbidden"
  | "ip_allow_list"
  | "saml"
  | "permission"
  | "archived"
  | "locked"
  | "suspended"
  | "no_access";
export type GitHubFailure =
  | { kind: "limited"; retryAfterMs: number; message: string }
  | { kind: "unavailable"; message: string }
  /** `needs`: the permissions that would do, as GitHub names them ("contents=write"). */
  | { kind: "lost"; reason: LossReason; message: string; needs?: string }
  | { kind: "unauthenticated"; message: string }
  /**
   * `refusedBy`: what the repository's own rules have against it. `mayLag`: GitHub answers so as well while one part of
   * it does not know yet what another one made a moment ago.
   */
  | { kind: "invalid"; message: string; errors: string[]; refusedBy?: RuleRefusal; mayLag?: true };

/**
 * Rules of a repository, in GitHub's words, one each, and what its push protection found: the kind of secret, and the id
 * under which a person may let it pass.
 */
export type RuleRefusal = { rules: string[]; secrets: { what: string; placeholder: string }[] };

export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly failure: GitHubFailure;
  constructor(failure: GitHubFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

export type InstallationToken = { token: string; expiresAt: string };
export type RepositoryPermission = "none" | "read" | "triage" | "write" | "maintain" | "admin";
export type PullRequest = {
  number: number;
  url: string;
  title: string;
  state: "open" | "closed";
  merged: boolean;
  draft: boolean;
  headRef: string;
  headSha: string;
  baseRef: string;
};
/** `mergedBy`: null also where the account is gone; `endedAt`: merged or closed. */
export type PullRequestDetail = PullRequest &
  Record<"commits" | "additions" | "deletions" | "changedFiles", number> & {
    body: string;
    mergedBy: string | null;
    endedAt: string | null;
  };
export type CheckCounts = { passed: number; failed: number; running: number };
export type IssueComment = { id: number; body: string; authorLogin: string; authorId: number; viaAppId: number | null };

/** Where the App is installed. `accountType` is GitHub's `User` or `Organization`. */
export type Installation = {
  id: number;
  account: string;
  accountId: number | null;
  accountType: string;
  repositorySelection: "all" | "selected";
  permissions: Record<string, string>;
  suspendedAt: string | null;
};

export type FailedDelivery = {
  id: string;
  guid: string;
  event: string;
  statusCode: number | null;
  deliveredAt: string;
};

/** Calls that are made as the App itself. All throw `GitHubError` only. */
export interface GitHubApp {
  /**
   * The App's bot account, for recognising our own comments and for commit identity. `botId` is 0 when GitHub does
   * not tell it. With an installation token the look-up is not counted against the shared anonymous limit.
   */
  identity(installationToken?: string): Promise<{ appId: number; slug: string; botLogin: string; botId: number }>;
  /** Where a repository is now, after renames and transfers; null when the token cannot see it. */
  repositoryById(repositoryId: number, token: string): Promise<{ owner: string; name: string } | null>;
  installationForRepository(repository: {
    owner: string;
    name: string;
  }): Promise<{ id: number; account: string } | null>;
  /** The App as GitHub has it now: its permissions are what new installations are asked for. */
  describe(): Promise<{ id: number; slug: string | null; permissions: Record<string, string>; events: string[] }>;
  /** Null when this App has no such installation. */
  installation(installationId: number): Promise<Installation | null>;
  /** The installation on an account (person or organisation), or null. */
  installationForAccount(login: string): Promise<Installation | null>;
  /**
   * Whose active membership of the organisation GitHub has under this login, by their numbers; null: of nobody. `token`
   * is the organisation's installation's and may read members.
   */
  membership(
    at: { organization: string; login: string },
    token: string,
  ): Promise<{ userId: number; organizationId: number } | null>;
  /** Full names of at most 100 repositories that an installation token sees. */
  installationRepositories(token: string): Promise<{ id: number; owner: string; name: string }[]>;
  /** A token for `repositoryIds` (null: all of the installation) with exactly `permissions`. */
  createInstallationToken(input: {
    installationId: number;
    repositoryIds: number[] | null;
    permissions: Record<string, "read" | "write">;
  }): Promise<InstallationToken>;
  revokeInstallationToken(token: string): Promise<void>;
  /**
   * One a GUID, newest first, without those that succeeded later. Ids are text: they outgrow a JavaScript number.
   * `isComplete` is false when there are more deliveries since then than could be looked through.
   */
  listFailedDeliveries(sinceIso: string): Promise<{ failed: FailedDelivery[]; isComplete: boolean }>;
  redeliver(deliveryId: string): Promise<void>;
}

/** Calls that are made with an installation token. All throw `GitHubError` only. */
export interface GitHubRepository {
  /** `none` also for 404. */
  permissionOf(login: string): Promise<{ permission: RepositoryPermission; userId: number | null }>;
  /** What a person is called today; null when GitHub has nobody of that number (any more). */
  loginOf(userId: number): Promise<string | null>;
  /**
   * What a run needs of the files, in one question. What says how a machine is set up is of `base`; null: the default
   * branch.
   */
  runFiles(base: string | null): Promise<RunFiles>;
  get(): Promise<{
    id: number;
    owner: string;
    name: string;
    defaultBranch: string;
    private: boolean;
    archived: boolean;
  }>;
  /** Null when there is none; a pull request is told by `isPullRequest`. */
  issue(number: number): Promise<IssueFacts | null>;
  /** The newest comments of an issue, oldest first, and the issues that are linked to it; in one question. */
  thread(issueNumber: number): Promise<IssueThread>;
  /**
   * What those are, by their number, who may write here; of the first 300. Kept for five minutes: it says whose words
   * count, and gives nobody any power.
   */
  writers(): Promise<ReadonlyMap<number, RepositoryRole>>;
  /**
   * An upload that the issue, or one of its comments, shows just now; null: it does not, or it is no picture of a size that
   * is taken.
   */
  picture(of: {
    asset: string;
    issueNumber: number;
    comment: number | null;
  }): Promise<{ kind: PictureKind; content: Uint8Array } | null>;
  reactToComment(commentId: number, content: "eyes" | "rocket" | "confused" | "-1"): Promise<void>;
  createComment(issueNumber: number, body: string): Promise<{ id: number; url: string }>;
  updateComment(commentId: number, body: string): Promise<void>;
  getComment(commentId: number): Promise<IssueComment | null>;
  /** One that is gone already is deleted, too. */
  deleteComment(commentId: number): Promise<void>;
  /** Newest first, at most `limit`, created by this App. */
  ownComments(issueNumber: number, limit: number): Promise<IssueComment[]>;
  /** Exactly one of Porter's labels on the issue afterwards; other labels untouched; created when missing. */
  setPorterLabel(issueNumber: number, label: string | null): Promise<void>;
  /** The newest one of the head branch, any state. */
  findPullRequest(headBranch: string): Promise<PullRequest | null>;
  /** Answers the open one when there is one; `draft` is false where drafts are refused. */
  createPullRequest(input: {
    head: string;
    base: string;
    title: string;
    body: string;
    draft: boolean;
  }): Promise<PullRequest>;
  getPullRequest(number: number): Promise<PullRequestDetail>;
  /** What its reviewers said last; null: nothing, or nothing that counts. */
  reviewOf(number: number): Promise<PullReview | null>;
  setPullRequestBody(number: number, body: string): Promise<void>;
  /** Makes a draft of it. False: GitHub does not make one of it. */
  makeDraft(number: number): Promise<boolean>;
  /** How people's pull requests look here: the titles of the last merged ones, and the template of new ones. */
  pullManners(): Promise<{ titles: string[]; template: string | null }>;
  /** Whether this person is asked for a review of it now; not its author, nor who may not see it. */
  requestReview(number: number, login: string): Promise<boolean>;
  /** The rules that GitHub would hold a branch of this name to, whether or not there is one. */
  branchRules(branch: string): Promise<BranchRule[]>;
  /** Whether the App may ever pass by the rules of a ruleset. */
  mayBypass(rulesetId: number): Promise<boolean>;
  /** How many of a commit's check runs and statuses passed (or did not apply), failed and go on; null: none may be seen. */
  checksOf(sha: string): Promise<CheckCounts | null>;
  branchSha(branch: string): Promise<string | null>;
  /** The files between two refs, as GitHub tells them; null when either is missing. */
  compare(base: string, head: string): Promise<{ files: ComparedFile[]; isWhole: boolean } | null>;
  /** The id of a commit's tree; null when there is no such commit. */
  treeOf(commit: string): Promise<string | null>;
  /** Every file below a tree by its path; null when it has more than can be read. */
  treeFiles(tree: string): Promise<Map<string, GitTreeFile> | null>;
  /**
   * Whether a branch's history has the commit. GitHub also finds commits of forks by their id: those are in no branch.
   */
  isInHistory(commit: string, branch: string): Promise<boolean>;
  /** The content of a blob; null when there is no such blob, or it is longer. */
  fileContent(sha: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** `contextFile`: AGENTS.md, else CLAUDE.md, of the default branch; null when there is neither. */
export type RunFiles = {
  contextFile: { file: "AGENTS.md" | "CLAUDE.md"; text: string } | null;
  setUpFiles: RepositoryFiles;
};

/** A file, a link or a link to another repository, as a tree has it. */
export type GitTreeFile = { mode: "100644" | "100755" | "120000" | "160000"; sha: string };

/** `patch`: hunks without a header; null where GitHub shows none (binary, or very large). */
export type ComparedFile = {
  path: string;
  from: string | null;
  kind: "added" | "deleted" | "renamed" | "changed";
  additions: number;
  deletions: number;
  patch: string | null;
};

/** What stands at a path of a tree: a text that goes along, something that GitHub has by its id, or null for nothing. */
export type GitTreeEntry = { path: string; mode: string; type: "blob" | "commit" | "tree" } & (
  | { content: string }
  | { sha: string | null }
);

/** Objects of git and the branch that shows them, with an installation token. All throw `GitHubError` only. */
export interface GitHubGitData {
  createBlob(content: Uint8Array): Promise<string>;
  /** The id of the tree that the entries make of `base`, a tree's id. */
  createTree(base: string, entries: readonly GitTreeEntry[]): Promise<string>;
  /** Without author and committer, so that GitHub may sign as the App; `verified` is its own word for whether it did. */
  createCommit(commit: { message: string; tree: string; parents: readonly string[] }): Promise<{
    sha: string;
    verified: boolean;
  }>;
  createBranch(name: string, sha: string): Promise<"made" | "exists">;
  /**
   * Moves a branch from where the caller knows it to be. `replaces`: also to what does not descend from there.
   * `elsewhere`: it was not there any more, or may not go there so; nothing moved.
   */
  moveBranch(name: string, move: { from: string; to: string; replaces: boolean }): Promise<"moved" | "elsewhere">;
  readCommit(sha: string): Promise<{ tree: string; parents: string[]; verified: boolean } | null>;
  /**
   * A commit of plain files on a branch that is at `on`; GitHub signs it, whoever asks. null: the branch is elsewhere.
   */
  createCommitOnBranch(branch: string, commit: SignedCommit): Promise<string | null>;
}

export type SignedCommit = {
  on: string;
  message: string;
  additions: { path: string; content: Uint8Array }[];
  deletions: string[];
};

/** Calls that are made with a person's OAuth token. All throw `GitHubError` only. */
export interface GitHubUser {
  /** Whose token it is. */
  profile(): Promise<{ id: number; login: string; name: string | null; avatarUrl: string | null }>;
  /** Whose token it is and what it may do; null scopes: a GitHub App's token, which has permissions instead. */
  inspect(): Promise<{ id: number; login: string; scopes: string[] | null }>;
  /** The App's installations that this person reaches; null: GitHub tells that to GitHub Apps' tokens only. */
  installations(): Promise<Installation[] | null>;
  rateLimit(): Promise<{ limit: number; remaining: number; used: number; resetAt: string }>;
  /** Writes one file into the gist, or into a new secret one for null. Null: there is no such gist (any more). */
  putGist(input: {
    id: string | null;
    description: string;
    filename: string;
    content: string;
  }): Promise<{ id: string; url: string } | null>;
}

export type RepositoryFacts = {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  description: string | null;
  url: string;
  pushedAt: string | null;
  openIssues: number;
  canWrite: boolean;
};
export type IssueFacts = {
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  isPullRequest: boolean;
  author: string | null;
  authorId: number | null;
  labels: string[];
  comments: number;
  url: string;
  createdAt: string;
  updatedAt: string;
};

/** What a page asks on a person's behalf. Pages count from 1, 50 entries each. */
export type GitHubQuestion =
  | { kind: "profile" }
  | { kind: "orgs"; page: number }
  | { kind: "installations"; page: number }
  | { kind: "installation_repositories"; installationId: number; page: number }
  | { kind: "own_repositories"; page: number }
  | { kind: "issue"; owner: string; name: string; number: number }
  | { kind: "issues"; owner: string; name: string; page: number }
  | { kind: "issue_search"; owner: string; name: string; text: string; page: number };

/** The answers by kind of question. Lists of issues hold the beginning of each body. */
export type GitHubFacts = {
  profile: { id: number; login: string; name: string | null; avatarUrl: string | null };
  orgs: { id: number; login: string; avatarUrl: string | null }[];
  installations: Installation[];
  installation_repositories: RepositoryFacts[];
  own_repositories: RepositoryFacts[];
  issue: IssueFacts;
  issues: IssueFacts[];
  issue_search: IssueFacts[];
};
/** `unchanged`: what the given ETag stands for is still so; GitHub does not count that as a request. */
export type ReaderAnswer<K extends GitHubQuestion["kind"]> =
  | {
      outcome: "fresh";
      value: GitHubFacts[K];
      etag: string | null;
      nextPage: number | null;
      rateLimit: RateLimit | null;
    }
  | { outcome: "unchanged"; rateLimit: RateLimit | null };

/** Questions with a person's OAuth token. All throw `GitHubError` only. */
export interface GitHubReader {
  ask<K extends GitHubQuestion["kind"]>(
    question: Extract<GitHubQuestion, { kind: K }>,
    etag: string | null,
  ): Promise<ReaderAnswer<K>>;
}

/** GitHub's token answer to a refresh; seconds until they end, null: never. */
export type RefreshedTokens = {
  accessToken: string;
  expiresInSeconds: number | null;
  refreshToken: string | null;
  refreshExpiresInSeconds: number | null;
  scope: string | null;
};

/** Calls with the OAuth client's own id and secret. All throw `GitHubError` only. */
export interface GitHubOauth {
  /** `refused`: GitHub takes this refresh token no more (used, expired or revoked); `reason` is its error code. */
  refresh(
    refreshToken: string,
  ): Promise<{ outcome: "refreshed"; tokens: RefreshedTokens } | { outcome: "refused"; reason: string }>;
  /** Ends the person's authorisation of the App with all its tokens. A token that works no more is fine. */
  revokeGrant(accessToken: string): Promise<void>;
}

export interface GitHub {
  app: GitHubApp;
  /** `token` is an installation token that may do what the call needs. */
  repository(repository: RepositoryRef, token: string): GitHubRepository;
  /** `token` may write contents. */
  gitData(repository: RepositoryRef, token: string): GitHubGitData;
  user(token: string): GitHubUser;
  reader(token: string): GitHubReader;
  oauth: GitHubOauth;
}
