import { z } from "zod";
import type { CommentHistory } from "./comment-history.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Emulator } from "./emulator.ts";
import type { FaultList } from "./faults.ts";
import type { GitRepository } from "./git-repository.ts";
import type { KeyedLock } from "./keyed-lock.ts";
import type { Lag } from "./lag.ts";
import type { LfsStore } from "./lfs-store.ts";
import type { LocalPullStore } from "./pull-store.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { ReactionStore } from "./reactions.ts";
import type { ReviewStore } from "./review-store.ts";
import type { LocalRepositorySettings } from "./repository-rules.ts";
import type { SeedWorld } from "./seed.ts";
import type { TokenRegistry } from "./tokens.ts";
import type { Uploads } from "./upload-store.ts";

export type Repository = {
  id: number;
  fullName: string;
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
  /** Without a commit at the start. */
  beganEmpty: boolean;
};

export type CommitStatus = { id: number; sha: string; context: string; state: string; createdAt: string };

export type Gist = { id: string; login: string; description: string; public: boolean; files: Record<string, string> };

/** Everything the parts of the front share. */
export type GitHubWorld = {
  /** The front's own address, without a slash at its end. */
  url: string;
  /** Where the authorize page returns to when the client names no address. */
  redirectUri: string;
  /** Where the installation page returns to. */
  setupUrl: string;
  seed: SeedWorld;
  repositories: Repository[];
  users: { id: number; login: string; token: string }[];
  /** The user that the App's texts are from. */
  bot: { id: number; login: string };
  emulator: Emulator;
  tokens: TokenRegistry;
  deliveries: Deliveries;
  faults: FaultList;
  rateLimits: RateLimits;
  lag: Lag;
  lfs: LfsStore;
  reactions: ReactionStore;
  comments: CommentHistory;
  pulls: LocalPullStore;
  reviews: ReviewStore;
  uploads: Uploads;
  /** Oldest first. */
  statuses: CommitStatus[];
  gists: Map<string, Gist>;
  /** Ids of the issues that were there from the start: their `opened` webhooks go nowhere. */
  seededIssues: Set<number>;
  /** The form in which git clients see each repository, by its id. */
  bare: Map<number, GitRepository>;
  /** Rules and switches of a repository, by its full name; standard where there are none. */
  settings: Map<string, LocalRepositorySettings>;
  /** The commits that GitHub signed → when. */
  signed: Map<string, string>;
  /** One at a time for each repository: git requests, and API calls that write git objects or pull requests. */
  locks: KeyedLock;
  log: (line: string) => void;
};

export const userSchema = z.looseObject({ id: z.number(), login: z.string(), type: z.string() });
export const repositorySchema = z.looseObject({
  id: z.number(),
  full_name: z.string(),
  private: z.boolean(),
  default_branch: z.string(),
  archived: z.boolean(),
});
