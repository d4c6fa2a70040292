import type { BranchRule } from "@/lib/branch-rules";
import type { RepositoryRole } from "@/lib/issue-author";
import type { PictureKind } from "@/lib/context-files";
import type { SetUpFile } from "@/lib/set-up/files";
import type { IssueThread } from "@/server/github/issue-thread";
import type { PullReview } from "@/lib/pull-state";
import type {
  CheckCounts,
  ComparedFile,
  GitHubApp,
  GitHubRepository,
  Installation,
  IssueFacts,
  PullRequest,
  RepositoryPermission,
  RunFiles,
} from "@/server/github/port";
import { type FakeGitState, newGitState } from "./fake-git";

type FakeComment = { id: number; issueNumber: number; body: string; bodies: string[]; repositoryId: number };

/** What people did to a pull request. */
type PullNow = { mergedBy: string | null; endedAt: string | null; review: PullReview | null; checks: CheckCounts };

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
  pulls: (PullRequest & { body: string; reviewers: string[] } & Partial<PullNow>)[];
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
  locations: Map<number, { owner: string; name: string }>;
  /** Deliveries that Porter did not take, as GitHub lists them, and those asked for again. */
  failedDeliveries: Awaited<ReturnType<GitHubApp["listFailedDeliveries"]>>["failed"];
  redelivered: string[];
};

/** A GitHub where nothing has happened yet. */
export const newGitHubState = (): FakeGitHubState => ({
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
  locations: new Map([[10, { owner: "acme", name: "widgets" }]]),
  failedDeliveries: [],
  redelivered: [],
});

/** Ids are GitHub's own: the rows of one test file know comments of several fakes, and none of them twice. */
let lastId = 1000;
export const nextGitHubId = (): number => (lastId += 1);
