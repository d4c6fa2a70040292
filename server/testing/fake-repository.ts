import { GitHubError, type GitHubRepository, type IssueFacts, type RepositoryRef } from "@/server/github/port";
import { baseTreeOf, type FakeCall } from "./fake-git";
import { type FakeGitHubState, nextGitHubId } from "./fake-github-state";

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

/** GitHub goes by the name that it is asked with. Who looks a repository up by its name does not know its number. */
function idAt({ locations }: FakeGitHubState, { owner, name, id }: RepositoryRef): number {
  const isThere = (location: { owner: string; name: string }) => location.owner === owner && location.name === name;
  const own = locations.get(id);
  if (id !== 0 && (own === undefined || isThere(own))) return id;
  return [...locations].find(([, location]) => isThere(location))?.[0] ?? (id || 10);
}

type Asked = { state: FakeGitHubState; ref: RepositoryRef; call: FakeCall };

/** One repository of a GitHub, as it is called in `ref`. */
export const createFakeRepository = (asked: Asked): GitHubRepository => ({
  ...fakeFacts(asked),
  ...fakeComments(asked),
  ...fakePulls(asked),
});

type Comments =
  | "reactToComment"
  | "createComment"
  | "updateComment"
  | "getComment"
  | "deleteComment"
  | "ownComments"
  | "setPorterLabel";
type Pulls =
  | "findPullRequest"
  | "createPullRequest"
  | "getPullRequest"
  | "setPullRequestBody"
  | "makeDraft"
  | "pullManners"
  | "requestReview"
  | "checksOf"
  | "reviewOf";

const fakeFacts = ({ state, ref, call }: Asked): Omit<GitHubRepository, Comments | Pulls> => ({
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
      id: idAt(state, ref),
      owner: ref.owner,
      name: ref.name,
      defaultBranch: "main",
      private: false,
      archived: state.archived.has(idAt(state, ref)),
    })),
  issue: (number) =>
    call("issue", () => (state.issues.has(number) ? (state.issues.get(number) ?? null) : anOpenIssue(ref, number))),
  branchRules: () => call("branchRules", () => state.rules),
  mayBypass: (rulesetId) => call("mayBypass", () => state.bypassed.has(rulesetId)),
  treeOf: (commit) => call("treeOf", () => state.commits.get(commit)?.tree ?? baseTreeOf(state)),
  treeFiles: (tree) => call("treeFiles", () => new Map(state.trees.get(tree) ?? state.files)),
  isInHistory: (commit) => call("isInHistory", () => !state.foreignCommits.has(commit)),
  fileContent: (sha) => call("fileContent", () => state.contents.get(sha) ?? null),
  branchSha: (branch) => call("branchSha", () => state.branches.get(branch) ?? null),
  compare: () => call("compare", () => ({ files: state.compared, isWhole: true })),
});

const fakeComments = ({ state, ref, call }: Asked): Pick<GitHubRepository, Comments> => ({
  reactToComment: (commentId, content) =>
    call("reactToComment", () => {
      if (!state.reactions.some((known) => known.commentId === commentId && known.content === content))
        state.reactions.push({ commentId, content });
    }),
  createComment: (issueNumber, body) =>
    call("createComment", () => {
      const id = nextGitHubId();
      state.comments.push({ id, issueNumber, body, bodies: [body], repositoryId: ref.id });
      return { id, url: `https://github.test/c/${id}` };
    }),
  updateComment: (commentId, body) =>
    call("updateComment", () => {
      const known = state.comments.find((comment) => comment.id === commentId);
      if (known === undefined) throw new GitHubError({ kind: "lost", reason: "not_found", message: "no such comment" });
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
});

const fakePulls = ({ state, ref, call }: Asked): Pick<GitHubRepository, Pulls> => ({
  findPullRequest: (headBranch) =>
    call("findPullRequest", () => state.pulls.findLast((pull) => pull.headRef === headBranch) ?? null),
  createPullRequest: (input) =>
    call("createPullRequest", () => {
      const number = nextGitHubId();
      const pull = {
        number,
        url: `https://github.test/${ref.owner}/${ref.name}/pull/${number}`,
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
      const { mergedBy = null, endedAt = null } = pull;
      return { ...pull, commits: 1, additions: 3, deletions: 1, changedFiles: 1, mergedBy, endedAt };
    }),
  reviewOf: (number) => call("reviewOf", () => state.pulls.find((pull) => pull.number === number)?.review ?? null),
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
  pullManners: () => call("pullManners", () => state.manners),
  requestReview: (number, login) =>
    call("requestReview", () => {
      const pull = state.pulls.find((candidate) => candidate.number === number);
      if (pull === undefined || !state.permissions.has(login)) return false;
      pull.reviewers.push(login);
      return true;
    }),
  checksOf: (sha) =>
    call(
      "checksOf",
      () => state.pulls.find((pull) => pull.headSha === sha)?.checks ?? { passed: 2, failed: 0, running: 1 },
    ),
});
