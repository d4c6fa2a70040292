import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderId } from "../../lib/providers.ts";
import type { World } from "../world/world.ts";
import { signIn } from "../world/sign-in.ts";
import { newLines, type NarrationLine } from "./narrate.ts";
import { porterApi, type PorterApi } from "./porter-api.ts";
import { readBranch } from "./pull-request.ts";
import type { DemoOutcome, DemoSuccess } from "./result.ts";
import type { DemoRepository } from "./repositories.ts";
import { judgeBranch, judgeSecrets, judgeSight, judgeTests, type Proven } from "./verify.ts";
import { pollOnce, machineStartedAt, type Sight, type WatchedComment } from "./watch.ts";

const LOOK_EVERY_MS = 300;
/** The longest task (10 minutes) with its provisioning and its last words. */
const RUN_LIMIT_MS = 15 * 60_000;
/** From the task's end to a tidy world: label, comment, machine. */
const SETTLE_MS = 90_000;
/** A comment that starts nothing: how long after its delivery a late answer may come. */
const SILENCE_MS = 20_000;

export type DemoOptions = {
  repository: DemoRepository;
  comment: string;
  /** What octocat saves. */
  keys: Partial<Record<ProviderId, string>>;
  narrate: (line: NarrationLine) => void;
};

/**
 * The product's main job from outside, as octocat: sign in, save keys, comment, wait for the pull request. What is
 * claimed in the end was read back from GitHub, git, Fly and Porter's API.
 */
export async function runDemo(world: World, options: DemoOptions): Promise<DemoOutcome> {
  const say = (text: string): void => options.narrate({ text, isDetail: false });
  const jar = await signIn(world.porter.url, "octocat");
  say("Signed in as octocat, through GitHub's own sign-in");
  const api = porterApi(world.porter.url, jar);
  await api.saveProviderKeys(options.keys);
  await api.saveFly(world.secrets.flyToken, world.flyApp);
  say(`Saved model keys, and a Fly token for the app ${world.flyApp}`);
  const { repo, issue } = options.repository;
  const commentedAtMs = Date.now();
  const comment = await world.github.comment({
    login: "octocat",
    repo,
    issue,
    body: options.comment,
  });
  say(`octocat commented “${options.comment}” on ${repo}#${issue}`);
  const target = { repo, issue, commentId: comment.id };
  const marks: Marks = { commentedAtMs };
  const end = await follow({ world, api, target, marks, narrate: options.narrate });
  if (!end.ok) return { result: { ok: false, reason: end.reason, reply: end.reply } };
  return conclude({ ...options, world, proven: end.proven, sight: end.sight, marks });
}

/** When what was first seen, milliseconds since the epoch. */
type Marks = { commentedAtMs: number; ackAtMs?: number; agentAtMs?: number; agentEndAtMs?: number; pullAtMs?: number };
type Following = {
  world: World;
  api: PorterApi;
  target: WatchedComment;
  marks: Marks;
  narrate: (line: NarrationLine) => void;
};
type End =
  | { ok: true; proven: Omit<Proven, "branch">; sight: Sight }
  | { ok: false; reason: string; reply: string | null };

async function follow({ world, api, target, marks, narrate }: Following): Promise<End> {
  let before: Sight | null = null;
  let deliveredAtMs: number | null = null;
  let terminalAtMs: number | null = null;
  for (;;) {
    const sight = await pollOnce({ world, api, target, before });
    for (const line of newLines(before, sight)) narrate(line);
    before = sight;
    note(marks, sight);
    const verdict = judgeSight(sight, target.issue);
    if (verdict.ok) return { ok: true, proven: verdict.proven, sight };
    if (sight.wasDelivered) deliveredAtMs ??= sight.atMs;
    if (sight.task && isOver(sight.task.status)) terminalAtMs ??= sight.atMs;
    const reason = reasonToStop({
      sight,
      missing: verdict.missing,
      deliveredAtMs,
      terminalAtMs,
      commentedAtMs: marks.commentedAtMs,
    });
    if (reason !== null) return { ok: false, reason, reply: sight.replies.at(-1)?.body ?? null };
    await sleep(LOOK_EVERY_MS);
  }
}

const isOver = (status: string): boolean => status === "success" || status === "failed" || status === "timed_out";

type Moment = {
  sight: Sight;
  missing: string[];
  deliveredAtMs: number | null;
  terminalAtMs: number | null;
  commentedAtMs: number;
};

/** Why there is nothing more to wait for, or null. */
function reasonToStop({ sight, missing, deliveredAtMs, terminalAtMs, commentedAtMs }: Moment): string | null {
  const { task, atMs } = sight;
  if (task === null) {
    if (sight.replies.length > 0) return "the comment started nothing: Porter answered it";
    const isSilent = deliveredAtMs !== null && atMs - deliveredAtMs > SILENCE_MS;
    return isSilent ? "the comment started nothing, and Porter did not answer it" : null;
  }
  const isSettled = terminalAtMs !== null && atMs - terminalAtMs > SETTLE_MS;
  if (task.blockedReason && sight.replies.length > 0)
    return `${task.blockedReason}: ${task.explanation?.sentence ?? "the task waits for its requester"}`;
  if (task.status === "failed" || task.status === "timed_out") {
    const isReported =
      sight.machines.every((machine) => machine.state === "destroyed") && sight.labels.includes("porter:failed");
    return isReported || isSettled
      ? `${task.failureCode ?? task.status}: ${task.errorMessage ?? task.explanation?.sentence ?? "the task failed"}`
      : null;
  }
  if (isSettled) return `not true after the end of the task: ${missing.join("; ")}`;
  return atMs - commentedAtMs > RUN_LIMIT_MS ? `not over after 15 minutes: ${missing.join("; ")}` : null;
}

function note(marks: Marks, sight: Sight): void {
  const phase = sight.task?.phase;
  if (sight.reactions.includes("eyes")) marks.ackAtMs ??= sight.atMs;
  if (phase === "working") marks.agentAtMs ??= sight.atMs;
  if (phase === "pushing" || phase === "reporting" || phase === "done") marks.agentEndAtMs ??= sight.atMs;
  if (sight.pulls.length > 0) marks.pullAtMs ??= sight.atMs;
}

async function conclude(input: {
  world: World;
  proven: Omit<Proven, "branch">;
  sight: Sight;
  marks: Marks;
  keys: DemoOptions["keys"];
  repository: DemoRepository;
}): Promise<DemoOutcome> {
  const { world, proven, sight, marks, keys, repository } = input;
  const { task, pull, tracking, machine, exitCode } = proven;
  const token = world.github.users.find((user) => user.login === "octocat")?.token ?? "";
  const branch = await readBranch({
    githubUrl: world.github.url,
    repo: repository.repo,
    token,
    base: pull.base,
    head: pull.head,
  });
  const wrong = [
    ...judgeBranch(task, branch),
    ...judgeTests(pull, repository.testCommand),
    ...judgeSecrets(secretsOf(world, keys), {
      "the branch": branch.log,
      "the pull request": pull.title + pull.body,
      "the tracking comment": tracking.versions.join("\n"),
    }),
  ];
  if (wrong.length > 0) return { result: { ok: false, reason: `not true: ${wrong.join("; ")}`, reply: tracking.body } };
  const { commits, filesChanged, additions, deletions } = branch;
  const result: DemoSuccess = {
    ok: true,
    agent: task.agent,
    task: {
      id: task.id,
      status: task.status,
      phase: task.phase,
      durationMs: durationOf(task.startedAt ?? task.createdAt, task.completedAt),
    },
    pullRequest: {
      number: pull.number,
      url: pull.url,
      title: pull.title,
      head: pull.head,
      base: pull.base,
      commits,
      filesChanged,
      additions,
      deletions,
    },
    trackingComment: { id: tracking.id, edits: tracking.edits, body: tracking.body },
    labels: sight.labels,
    reactions: sight.reactions,
    machine: { id: machine.id, state: machine.state, exitCode },
    timings: timingsOf({ world, marks, sight }),
    dashboardUrl: `${world.porter.url}/tasks/${task.id}`,
  };
  return { result, diff: branch.diff };
}

function secretsOf(world: World, keys: DemoOptions["keys"]): Record<string, string> {
  const { flyToken, encryptionKeys, authSecret, webhookSecret } = world.secrets;
  const tokens = Object.fromEntries(
    world.github.tokensSeen().map((token, index) => [`GitHub token ${index + 1}`, token]),
  );
  return {
    "the Fly token": flyToken,
    ...Object.fromEntries(Object.entries(keys).map(([provider, key]) => [`the key of ${provider}`, key])),
    "the encryption key": encryptionKeys.slice(2),
    "the session secret": authSecret,
    "the webhook secret": webhookSecret,
    ...tokens,
  };
}

const durationOf = (from: string, to: string | undefined): number =>
  Math.max(0, Date.parse(to ?? from) - Date.parse(from));

/** Each moment is at least the one before it: a phase that was too short to be seen took no time. */
function timingsOf({ world, marks, sight }: { world: World; marks: Marks; sight: Sight }): DemoSuccess["timings"] {
  const calls = (world.model?.requests() ?? [])
    .filter((request) => request.method === "POST")
    .map((request) => request.atMs);
  const comment = marks.commentedAtMs;
  const pull = marks.pullAtMs ?? sight.atMs;
  const ack = Math.max(comment, marks.ackAtMs ?? comment);
  const machine = Math.max(ack, machineStartedAt(sight.machines) ?? ack);
  const agent = Math.max(machine, calls.at(0) ?? marks.agentAtMs ?? machine);
  const agentEnd = Math.max(agent, calls.at(-1) ?? marks.agentEndAtMs ?? agent);
  return {
    commentToAckMs: ack - comment,
    ackToMachineMs: machine - ack,
    machineToAgentMs: agent - machine,
    agentMs: agentEnd - agent,
    agentToPullRequestMs: Math.max(agentEnd, pull) - agentEnd,
    totalMs: sight.atMs - comment,
  };
}
