import type { BranchRule } from "@/lib/branch-rules";
import type { RepositoryRole } from "@/lib/issue-author";
import type { PictureKind } from "@/lib/context-files";
import type { SetUpFile } from "@/lib/set-up/files";
import type { IssueThread } from "@/server/github/issue-thread";
import {
  type ComparedFile,
  GitHubError,
  type GitHub,
  type GitHubApp,
  type GitHubRepository,
  type Installation,
  type IssueFacts,
  type PullRequest,
  type RepositoryPermission,
  type RepositoryRef,
  type RunFiles,
} from "@/server/github/port";
import { baseTreeOf, createFakeGit, type FakeGitState, newGitState } from "./fake-git";
import { createFakePeople } from "./fake-github-people";
import { type Files, smallSet } from "./small-set";
import { createFakeGitHubWeb } from "./fake-github-web";

type FakeComment = { id: number; issueNumber: number; body: string; bodies: string[]; repositoryId: number };

/** Everything that a GitHub would remember of what Porter did. */
export type FakeGitHubState = FakeGitState & {
  /** By login, or by `repository's name/login` for that repository alone. */
  permissions: Map<string, RepositoryPermission>;
  userIds: Map<string, number>;
  contextFile: RunFiles["contextFile"];
  /** Below every issue; what is missing is as in a public repository where nobody said anything. */
  thread: Partial<IssueThread>;
  writers: Map<number, RepositoryRole>;
  /** By `asset in comment`, or `asset in issue`. */
  pictures: Map<string, { kind: PictureKind; content: Uint8Array }>;
  /** What lies at the top, and what says how a machine is set up, whatever the branch. */
  top: Set<string>;
  setUpTexts: Map<SetUpFile, string | null>;
  /** Files by their blob's id, as far as a test has them. */
  contents: Map<string, Uint8Array>;
  /** Commits that GitHub has, but that are in the history of no branch. */
  foreignCommits: Set<string>;
  comments: FakeComment[];
  reactions: { commentId: number; content: string }[];
  labels: Map<string, string>;
  /** Issues that are not simply open: with what they are, or null for one that is not there. */
  issues: Map<number, IssueFacts | null>;
  archived: Set<number>;
  pulls: (PullRequest & { body: string; reviewers: string[] })[];
  /** Whether pull requests may be drafts here. */
  hasDrafts: boolean;
  rules: BranchRule[];
  /** Rulesets that the App may pass by. */
  bypassed: Set<number>;
  manners: Awaited<ReturnType<GitHubRepository["pullManners"]>>;
  compared: ComparedFile[];
  liveTokens: Set<string>;
  /** What each installation token was asked for. */
  minted: (Parameters<GitHubApp["createInstallationToken"]>[0] & { token: string })[];
  revokedTokens: Set<string>;
  app: Awaited<ReturnType<GitHubApp["describe"]>>;
  appInstallations: Installation[];
  /** Who belongs to an organisation, by its name. */
  members: Map<string, Set<number>>;
  /** Where repositories are by their number; what is missing here is out of the App's reach. */
  places: Map<number, { owner: string; name: string }>;
  /** Deliveries that Porter did not take, as GitHub lists them, and those asked for again. */
  failedDeliveries: Awaited<ReturnType<GitHubApp["listFailedDeliveries"]>>["failed"];
  redelivered: string[];
};

/** As GitHub tells an issue that nobody said anything else about. */
export const anOpenIssue = (ref: RepositoryRef, number: number): IssueFacts => ({
  number,
  title: "Add a French greeting",
  body: "Please.",
  state: "open",
  isPullRequest: false,
  authorId: 1,
  author: "octocat",
  labels: [],
  comments: 0,
  url: `https://github.test/${ref.owner}/${ref.name}/issues/${number}`,
  createdAt: "2026-11-20T10:00:00Z",
  updatedAt: "2026-11-20T10:00:00Z",
});

/** Ids are GitHub's own: the rows of one test file know comments of several fakes, and none of them twice. */
let counter = 1000;

/**
 * A GitHub with state, at the port. `before` runs ahead of each call and may throw a `GitHubError`; `after` runs
 * when the call has had its effect and may throw as well: executed, answer lost.
 */
export function createFakeGitHub(hooks: { before?: (call: string) => void; after?: (call: string) => void } = {}) {
  const state: FakeGitHubState = {
    permissions: new Map(),
    userIds: new Map(),
    contextFile: null,
    thread: {},
    writers: new Map(),
    pictures: new Map(),
    top: new Set(),
    setUpTexts: new Map(),
    ...newGitState(),
    contents: new Map(),
    foreignCommits: new Set(),
    comments: [],
    reactions: [],
    labels: new Map(),
    issues: new Map(),
    archived: new Set(),
    pulls: [],
    hasDrafts: true,
    rules: [],
    bypassed: new Set(),
    manners: { titles: [], template: null },
    compared: [{ path: "a.txt", from: null, kind: "changed", additions: 3, deletions: 1, patch: null }],
    liveTokens: new Set(),
    minted: [],
    revokedTokens: new Set(),
    app: {
      id: 1,
      slug: "porter-test",
      permissions: { contents: "write", issues: "write", pull_requests: "write", metadata: "read" },
      events: ["issue_comment", "issues"],
    },
    appInstallations: [],
    members: new Map(),
    places: new Map([[10, { owner: "acme", name: "widgets" }]]),
    failedDeliveries: [],
    redelivered: [],
  };
  const calls: string[] = [];
  const call = async <T>(name: string, run: () => T): Promise<T> => {
    calls.push(name);
    hooks.before?.(name);
    const result = run();
    hooks.after?.(name);
    return result;
  };

  const people = createFakePeople(call);
  const web = createFakeGitHubWeb(people.state);
  const accountInstallation = (login: string) =>
    state.appInstallations.find(({ account }) => account === login) ?? null;

  const app: GitHubApp = {
    identity: () =>
      call("identity", () => ({ appId: 1, slug: "porter-test", botLogin: "porter-test[bot]", botId: 99 })),
    describe: () => call("describe", () => state.app),
    installation: (id) => call("installation", () => state.appInstallations.find((each) => each.id === id) ?? null),
    installationForAccount: (login) => call("installationForAccount", () => accountInstallation(login)),
    membership: ({ organization, login }) =>
      call("membership", () => {
        const userId = state.userIds.get(login);
        const organizationId = accountInstallation(organization)?.accountId ?? 0;
        return userId !== undefined && state.members.get(organization)?.has(userId) ? { userId, organizationId } : null;
      }),
    installationRepositories: () =>
      call("installationRepositories", () => [{ id: 10, owner: "acme", name: "widgets" }]),
    repositoryById: (id) => call("repositoryById", () => state.places.get(id) ?? null),
    installationForRepository: () => call("installationForRepository", () => ({ id: 100, account: "acme" })),
    createInstallationToken: (input) =>
      call("createInstallationToken", () => {
        const token = `fake-installation-token-${input.repositoryIds?.join("-") ?? "all"}-${(counter += 1)}`;
        state.liveTokens.add(token);
        state.minted.push({ ...input, token });
        return { token, expiresAt: "2099-01-01T00:00:00.000Z" };
      }),
    revokeInstallationToken: (token) =>
      call("revokeInstallationToken", () => {
        state.liveTokens.delete(token);
        state.revokedTokens.add(token);
      }),
    listFailedDeliveries: (since) =>
      call("listFailedDeliveries", () => ({
        failed: state.failedDeliveries.filter((delivery) => delivery.deliveredAt >= since),
        isComplete: true,
      })),
    redeliver: (id) => call("redeliver", () => void state.redelivered.push(id)),
  };

  /** GitHub goes by the name that it is asked with. Who looks a repository up by its name does not know its number. */
  const idAt = ({ owner, name, id }: RepositoryRef): number => {
    const isThere = (place: { owner: string; name: string }) => place.owner === owner && place.name === name;
    const own = state.places.get(id);
    if (id !== 0 && (own === undefined || isThere(own))) return id;
    return [...state.places].find(([, place]) => isThere(place))?.[0] ?? (id || 10);
  };

  const repositoryFor = (ref: RepositoryRef): GitHubRepository => ({
    permissionOf: (login) =>
      call("permissionOf", () => ({
        permission: state.permissions.get(`${ref.name}/${login}`) ?? state.permissions.get(login) ?? "none",
        userId: state.userIds.get(login) ?? null,
      })),
    thread: () => call("thread", () => ({ isPrivate: false, comments: [], untold: 0, linked: [], ...state.thread })),
    writers: () => call("writers", () => state.writers),
    picture: ({ asset, comment }) =>
      call("picture", () => state.pictures.get(`${asset} in ${comment ?? "issue"}`) ?? null),
    loginOf: (userId) => call("loginOf", () => [...state.userIds].find(([, id]) => id === userId)?.[0] ?? null),
    runFiles: () =>
      call("runFiles", () => ({
        contextFile: state.contextFile,
        setUpFiles: { top: state.top, texts: state.setUpTexts },
      })),
    get: () =>
      call("getRepository", () => ({
        id: idAt(ref),
        owner: ref.owner,
        name: ref.name,
        defaultBranch: "main",
        private: false,
        archived: state.archived.has(idAt(ref)),
      })),
    issue: (number) =>
      call("issue", () => (state.issues.has(number) ? (state.issues.get(number) ?? null) : anOpenIssue(ref, number))),
    reactToComment: (commentId, content) =>
      call("reactToComment", () => {
        if (!state.reactions.some((known) => known.commentId === commentId && known.content === content))
          state.reactions.push({ commentId, content });
      }),
    createComment: (issueNumber, body) =>
      call("createComment", () => {
        const id = (counter += 1);
        state.comments.push({ id, issueNumber, body, bodies: [body], repositoryId: ref.id });
        return { id, url: `https://github.test/c/${id}` };
      }),
    updateComment: (commentId, body) =>
      call("updateComment", () => {
        const known = state.comments.find((comment) => comment.id === commentId);
        if (known === undefined)
          throw new GitHubError({ kind: "lost", reason: "not_found", message: "no such comment" });
        known.body = body;
        known.bodies.push(body);
      }),
    getComment: (commentId) =>
      call("getComment", () => {
        const known = state.comments.find((comment) => comment.id === commentId);
        return known === undefined
          ? null
          : { id: known.id, body: known.body, authorLogin: "porter-test[bot]", authorId: 99, viaAppId: 1 };
      }),
    deleteComment: (commentId) =>
      call("deleteComment", () => {
        state.comments = state.comments.filter((comment) => comment.id !== commentId);
      }),
    ownComments: (issueNumber) =>
      call("ownComments", () =>
        state.comments
          .filter((comment) => comment.issueNumber === issueNumber && comment.repositoryId === ref.id)
          .map((comment) => ({
            id: comment.id,
            body: comment.body,
            authorLogin: "porter-test[bot]",
            authorId: 99,
            viaAppId: 1,
          }))
          .toReversed(),
      ),
    setPorterLabel: (issueNumber, label) =>
      call("setPorterLabel", () => {
        if (label === null) state.labels.delete(`${ref.id}#${issueNumber}`);
        else state.labels.set(`${ref.id}#${issueNumber}`, label);
      }),
    findPullRequest: (headBranch) =>
      call("findPullRequest", () => state.pulls.findLast((pull) => pull.headRef === headBranch) ?? null),
    createPullRequest: (input) =>
      call("createPullRequest", () => {
        const pull = {
          number: (counter += 1),
          url: `https://github.test/${ref.owner}/${ref.name}/pull/${counter}`,
          title: input.title,
          body: input.body,
          state: "open" as const,
          merged: false,
          draft: input.draft,
          headRef: input.head,
          headSha: state.branches.get(input.head) ?? "0".repeat(40),
          baseRef: input.base,
          reviewers: [],
        };
        state.pulls.push(pull);
        return pull;
      }),
    getPullRequest: (number) =>
      call("getPullRequest", () => {
        const pull = state.pulls.find((candidate) => candidate.number === number);
        if (pull === undefined)
          throw new GitHubError({ kind: "lost", reason: "not_found", message: "no such pull request" });
        return { ...pull, commits: 1, additions: 3, deletions: 1, changedFiles: 1 };
      }),
    setPullRequestBody: (number, body) =>
      call("setPullRequestBody", () => {
        const pull = state.pulls.find((candidate) => candidate.number === number);
        if (pull !== undefined) pull.body = body;
      }),
    makeDraft: (number) =>
      call("makeDraft", () => {
        const pull = state.pulls.find((candidate) => candidate.number === number);
        if (pull === undefined || pull.state === "closed" || !state.hasDrafts) return false;
        pull.draft = true;
        return true;
      }),
    branchRules: () => call("branchRules", () => state.rules),
    mayBypass: (rulesetId) => call("mayBypass", () => state.bypassed.has(rulesetId)),
    pullManners: () => call("pullManners", () => state.manners),
    requestReview: (number, login) =>
      call("requestReview", () => {
        const pull = state.pulls.find((candidate) => candidate.number === number);
        if (pull === undefined || !state.permissions.has(login)) return false;
        pull.reviewers.push(login);
        return true;
      }),
    checksOf: () => call("checksOf", () => ({ passed: 2, failed: 0, running: 1 })),
    treeOf: (commit) => call("treeOf", () => state.commits.get(commit)?.tree ?? baseTreeOf(state)),
    treeFiles: (tree) => call("treeFiles", () => new Map(state.trees.get(tree) ?? state.files)),
    isInHistory: (commit) => call("isInHistory", () => !state.foreignCommits.has(commit)),
    fileContent: (sha) => call("fileContent", () => state.contents.get(sha) ?? null),
    branchSha: (branch) => call("branchSha", () => state.branches.get(branch) ?? null),
    compare: () => call("compare", () => ({ files: state.compared, isWhole: true })),
  });

  const github: GitHub = {
    app,
    repository: (ref) => repositoryFor(ref),
    gitData: () => createFakeGit(state, call),
    user: people.user,
    reader: web.reader,
    oauth: people.oauth,
  };
  return {
    github,
    state,
    calls,
    people,
    web: web.state,
    /** The base has these files. */
    has(files: Files): void {
      const { base, before } = smallSet(files, []);
      for (const [path, entry] of base) {
        state.files.set(path, entry);
        state.contents.set(entry.sha, before.get(path) ?? new Uint8Array());
      }
    },
  };
}
export type FakeGitHub = ReturnType<typeof createFakeGitHub>;
