import { openDatabase } from "@/server/db/database";
import type { NewMention } from "@/server/db/delivery-store";
import { taskAttempts } from "@/server/db/schema";
import type { NewAttempt, NewTask } from "@/server/db/task-store";

export const NOW = "2026-11-22T12:00:00.000Z";
let counter = 0;
/** An installation each: GitHub's limits are an installation's, and a test's clock gives nothing back. */
const anInstallation = (): number => 100_000 + (counter += 1);

/** A distinct task id of the right form. */
const aTaskId = (): string => `task_${String((counter += 1)).padStart(20, "0")}`;

/** A queued task of user 1 that lacks nothing. */
export const aTask = (overrides: Partial<NewTask> = {}): NewTask => ({
  id: aTaskId(),
  userId: 1,
  createdBy: "octocat",
  mentionId: null,
  installationId: anInstallation(),
  repositoryId: 10,
  repoOwner: "acme",
  repoName: "widgets",
  issueNumber: 7,
  issueTitle: "Add a French greeting",
  issueBody: "Please.",
  agent: "opencode",
  model: "anthropic/claude-sonnet-5",
  priority: 2,
  instructions: "",
  prompt: "## Task\nAdd a French greeting",
  promptOmissions: "[]",
  timeoutMinutes: 10,
  maxRetries: 3,
  status: "queued",
  phase: "queued",
  progress: 0,
  attempt: 0,
  permittedAt: NOW,
  version: 1,
  dueAt: NOW,
  createdAt: NOW,
  updatedAt: NOW,
  ...overrides,
});

export const anAttempt = (taskId: string, attempt = 1, overrides: Partial<NewAttempt> = {}): NewAttempt => ({
  taskId,
  attempt,
  userId: 1,
  branch: `porter/${taskId}`,
  wipBranch: `porter/${taskId}-wip`,
  machineName: `porter-${taskId.slice(5)}-${attempt}`,
  flyApp: "fake-app",
  claimSalt: "salt",
  claimHmac: "hmac",
  hmacKeyVersion: 1,
  deadlineAt: "2026-11-22T12:10:00.000Z",
  phase: "starting",
  createdAt: NOW,
  ...overrides,
});

/** An attempt's row with what came of it, as a run left it. */
export async function putAttempt(d1: D1Database, attempt: NewAttempt): Promise<void> {
  await openDatabase(d1).insert(taskAttempts).values(attempt);
}

/** A pending `@porter opencode` by user 1. */
export const aMention = (overrides: Partial<NewMention> = {}): NewMention => {
  const id = `mention-${(counter += 1)}`;
  return {
    id,
    deliveryId: `delivery-${id}`,
    installationId: anInstallation(),
    repositoryId: 10,
    repoOwner: "acme",
    repoName: "widgets",
    issueNumber: 7,
    issueTitle: "Add a French greeting",
    issueBody: "Please.",
    issueAuthor: JSON.stringify({ id: overrides.actorId ?? 1, login: overrides.actorLogin ?? "octocat" }),
    isPullRequest: false,
    commentId: 5000 + (counter += 1),
    commandIndex: 0,
    command: JSON.stringify({
      kind: "start",
      agent: "opencode",
      priority: null,
      model: null,
      base: null,
      machine: null,
      askedBudgetUsd: null,
      instructions: "",
      index: 0,
      line: 1,
      source: "@porter opencode",
    }),
    actorId: 1,
    actorLogin: "octocat",
    status: "pending",
    dueAt: NOW,
    createdAt: NOW,
    ...overrides,
  };
};
