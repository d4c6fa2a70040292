import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { CLOSED_ISSUE } from "@/lib/closed-issue";
import { FAILURES } from "@/lib/failures";
import { taskRequestSchema } from "@/lib/task-request";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import { reconcile, sweep } from "@/server/reconcile";
import { type Door, DOORS } from "@/server/repositories/gate";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { updateConfig } from "@/server/settings/config";
import { anIssue } from "@/server/testing/api-world";
import { aPerson, createPipe, machineOf, mention, type Pipe } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { createTask } from "./create";
import { ownTask } from "./get";
import { mintGitToken } from "./git-token";
import { retryOwnTask } from "./retry-own";
import { stopTask } from "./stop";
import { takeBackRetry } from "./undo-retry";

// Every door at which somebody's power in a repository is used, in every state in which they may have lost it.

/** The ways of losing it, each with what is changed; `saml`, `away` and `limited` are doubts. */
const STATES = {
  nothing: () => undefined,
  permission: ({ pipe, login }) => void pipe.github.state.permissions.set(login, "read"),
  not_there: ({ pipe, login }) => void pipe.github.state.permissions.delete(login),
  other_person: ({ pipe, login }) => void pipe.github.state.userIds.set(login, 1),
  renamed: ({ pipe, issue, login }) => rename(pipe, { id: issue, from: login, role: "write" }),
  renamed_and_lost: ({ pipe, issue, login }) => rename(pipe, { id: issue, from: login, role: "read" }),
  issue_closed: ({ pipe, issue }) =>
    void pipe.github.state.issues.set(issue, anIssue({ number: issue, state: "closed", url: urlOf(issue) })),
  issue_gone: ({ pipe, issue }) => void pipe.github.state.issues.set(issue, null),
  archived: ({ pipe }) => void pipe.github.state.archived.add(10),
  unselected: ({ as }) => updateConfig(as, { onboarding: { selectedRepos: ["acme/other"] } }),
  repository_lost({ pipe, fault }) {
    pipe.github.state.places.clear();
    fault.of = (call) => (REPOSITORY_CALLS.includes(call) ? lost("not_found") : null);
  },
  suspended: ({ fault }) => void (fault.of = () => lost("suspended")),
  uninstalled({ pipe, fault }) {
    pipe.github.state.places.clear();
    fault.of = () => lost("not_found");
  },
  saml: ({ fault }) => void (fault.of = (call) => (call === "permissionOf" ? lost("saml") : null)),
  away: ({ fault }) => void (fault.of = () => new GitHubError({ kind: "unavailable", message: "502" })),
  limited: ({ fault }) =>
    void (fault.of = () => new GitHubError({ kind: "limited", retryAfterMs: 5000, message: "429" })),
} satisfies Record<string, (stage: Stage) => unknown>;
type State = keyof typeof STATES;
/** Near others: the second ring tries them as well. */
const LIKE_OTHERS: readonly State[] = [
  "not_there",
  "other_person",
  "renamed_and_lost",
  "issue_gone",
  "repository_lost",
  "uninstalled",
  "limited",
];

/** Their old login is somebody else's by now. */
function rename({ github: { state } }: Pipe, person: { id: number; from: string; role: "read" | "write" }) {
  const today = `${person.from}-today`;
  state.userIds.set(person.from, 1).set(today, person.id);
  state.permissions.set(today, person.role);
}
const REPOSITORY_CALLS = ["permissionOf", "contextFile", "getRepository", "issue", "updateComment", "createComment"];
const lost = (reason: "not_found" | "suspended" | "saml") => new GitHubError({ kind: "lost", reason, message: reason });
const urlOf = (issue: number) => `https://github.test/acme/widgets/issues/${issue}`;

type Fault = { of: (call: string) => GitHubError | null };
type Stage = Awaited<ReturnType<typeof aStage>>;

let numbers = 130_000;
/** Somebody who has everything, and an issue of theirs. */
async function aStage() {
  const fault: Fault = { of: () => null };
  const pipe = createPipe({
    github: {
      before(call) {
        const error = fault.of(call);
        if (error !== null) throw error;
      },
    },
  });
  const issue = (numbers += 1);
  const person = { id: issue, login: `person-${issue}` };
  await aPerson(pipe, person);
  const as: AppContext = { ...pipe.context, actor: userActor(person.id, person.login) };
  const place = { actorId: person.id, actorLogin: person.login, issueNumber: issue, installationId: issue };
  const say = async (command: object) => {
    const whole = { agent: null, model: null, base: null, priority: null, machine: null, instructions: "", ...command };
    const id = await mention(pipe, { ...place, command: JSON.stringify({ ...whole, isForced: true, taskId: null }) });
    return (await pipe.context.db.mentions.get(id)) ?? never();
  };
  const start = async (): Promise<TaskRow> => taskOf(pipe, (await say({ kind: "start" })).taskId ?? "");
  const failed = async () => {
    const task = await start();
    await stopTask(pipe.context, task, { reason: "stopped_by_user", by: person.login });
    // The machine of the first attempt is gone, and what GitHub said of it counts no more.
    pipe.clock.advance(61_000);
    await sweep(pipe.context);
    return ownTask(as, task.id);
  };
  return { pipe, fault, as, issue, login: person.login, say, start, failed };
}
const never = (): never => {
  throw new Error("there is none");
};
const taskOf = async (pipe: Pipe, id: string) => (await pipe.context.db.tasks.get(id)) ?? never();

/** A task whose machine runs, and the runner in it; by now what GitHub said before counts no more. */
async function aRun(stage: Stage) {
  const task = await stage.start();
  const machine = stage.pipe.machines.machines.find(({ taskId }) => taskId === task.id) ?? never();
  return { id: task.id, runner: machineOf(stage.pipe, machine) };
}
async function aWorkingRun(stage: Stage) {
  const { id, runner } = await aRun(stage);
  const token = String((await runner.claim()).body.callbackToken);
  await runner.progress(token, 1, "working");
  return { id, runner, token };
}

/** Brings the stage to the door; what is answered opens it, and says what the one who opened it was told. */
const AT_DOOR: Record<Door, (stage: Stage) => Promise<() => Promise<unknown>>> = {
  comment:
    async ({ say }) =>
    async () => {
      const { status, outcome, reply } = await say({ kind: "start" });
      return status === "task" ? "done" : status === "ignored" || status === "pending" ? "silence" : (reply ?? outcome);
    },
  dispatch:
    async ({ as, issue }) =>
    () =>
      createTask(as, taskRequestSchema.parse({ repository: `acme/widgets#${issue}` })),
  retry: async ({ as, failed }) => {
    const task = await failed();
    return () => retryOwnTask(as, task, { agent: null });
  },
  retry_with_another_agent: async ({ as, failed }) => {
    const task = await failed();
    return () => retryOwnTask(as, task, { agent: "claude" });
  },
  retry_with_other_words: async ({ as, failed }) => {
    const task = await failed();
    return () => retryOwnTask(as, task, { agent: null, instructions: "Be brief." });
  },
  undo: async ({ as, pipe, failed, login }) => {
    const task = await failed();
    await retryOwnTask(as, task, { agent: null });
    const queued = await taskOf(pipe, task.id);
    return () => takeBackRetry(as, queued, login);
  },
  end_of_wait: async ({ as, pipe, start }) => {
    await saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: null } });
    const { id } = await start();
    return async () => {
      pipe.clock.advance(3 * 24 * 3600_000);
      await saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary" } });
      await reconcile(pipe.context, { kind: "task", id });
    };
  },
  automatic_attempt: async (stage) => {
    const { id } = await aWorkingRun(stage);
    const { pipe } = stage;
    for (const machine of pipe.machines.machines) machine.state = "destroyed";
    return async () => {
      for (let look = 0; look < 3; look++) {
        pipe.clock.advance(61_000);
        await reconcile(pipe.context, { kind: "task", id });
      }
    };
  },
  launch: async ({ pipe, start }) => {
    let isAway = true;
    const { launch } = pipe.machines.provider;
    pipe.context.machines = {
      ...pipe.machines.provider,
      launch: (credentials, spec) =>
        isAway
          ? Promise.reject(new MachineError({ kind: "rate_limited", retryAfterMs: 61_000, message: "429" }))
          : launch(credentials, spec),
    };
    const { id } = await start();
    return async () => {
      isAway = false;
      pipe.clock.advance(61_500);
      await reconcile(pipe.context, { kind: "task", id });
    };
  },
  claim: async (stage) => {
    const { runner } = await aRun(stage);
    stage.pipe.clock.advance(61_000);
    return async () => (await runner.claim()).status;
  },
  token: async (stage) => {
    const { id } = await aRun(stage);
    stage.pipe.clock.advance(61_000);
    const [task, attempt] = [await taskOf(stage.pipe, id), await stage.pipe.context.db.attempts.get(id, 1)];
    return () => mintGitToken(stage.pipe.context, task, { door: "token", attempt: attempt ?? never(), keys: {} });
  },
  renewal: async (stage) => {
    const { runner, token } = await aWorkingRun(stage);
    stage.pipe.clock.advance(61_000);
    return async () => (await runner.call("token", token, runner.ref)).status;
  },
  pull_request: async (stage) => {
    const { id, runner, token } = await aWorkingRun(stage);
    const branch = (await stage.pipe.context.db.attempts.get(id, 1))?.branch ?? "";
    stage.pipe.github.state.branches.set(branch, "a".repeat(40));
    stage.pipe.clock.advance(61_000);
    return () => runner.complete(token, { outcome: "changed", branch, title: "Greet in French", commits: 1 });
  },
  running: async (stage) => {
    const { id, runner, token } = await aWorkingRun(stage);
    return async () => {
      for (let minute = 0; minute < 5; minute++) {
        stage.pipe.clock.advance(60_000);
        await runner.call("heartbeat", token, runner.ref);
        await reconcile(stage.pipe.context, { kind: "task", id });
      }
    };
  },
};

/** `goes on`: the power is handed out, or what runs goes on. `waits`: neither that nor an end. */
const ENDS = {
  nothing: "goes on",
  renamed: "goes on",
  renamed_and_lost: "ends as permission_lost",
  permission: "ends as permission_lost",
  not_there: "ends as permission_lost",
  other_person: "ends as permission_lost",
  issue_closed: "ends as issue_closed",
  issue_gone: "ends as issue_closed",
  archived: "ends as repository_archived",
  unselected: "ends as repository_not_selected",
  repository_lost: "ends as access_lost",
  suspended: "ends as access_lost",
  uninstalled: "ends as access_lost",
  saml: "ends as github_saml",
  away: "waits",
  limited: "waits",
} satisfies Record<State, string>;
const RETRIES = {
  nothing: "goes on",
  renamed: "goes on",
  renamed_and_lost: "told forbidden",
  permission: "told forbidden",
  not_there: "told forbidden",
  other_person: "told forbidden",
  issue_closed: "told closed",
  issue_gone: "told not_found",
  archived: "told conflict",
  unselected: "told forbidden",
  repository_lost: "told forbidden",
  suspended: "told forbidden",
  uninstalled: "told forbidden",
  saml: "told forbidden",
  away: "told unavailable",
  limited: "told rate_limited",
} satisfies Record<State, string>;
// An issue that is closed, or gone, has stopped its runs by an event of its own; what was stopped may save its work.
const MACHINES = { ...ENDS, issue_closed: "goes on", issue_gone: "goes on", saml: "waits" };

const EXPECTED: Record<Door, Record<State, string>> = {
  comment: {
    nothing: "goes on",
    renamed: "goes on",
    renamed_and_lost: "silence",
    permission: "silence",
    not_there: "silence",
    other_person: "silence",
    issue_closed: "told closed",
    issue_gone: "told closed",
    archived: "told repository_archived",
    unselected: "told repository_not_selected",
    repository_lost: "silence",
    suspended: "silence",
    uninstalled: "silence",
    saml: "silence",
    away: "silence",
    limited: "silence",
  },
  // Who cannot see the repository is told the same as where there is none.
  dispatch: {
    ...RETRIES,
    not_there: "told not_found",
    other_person: "told not_found",
    repository_lost: "told not_found",
    suspended: "told not_found",
    uninstalled: "told not_found",
    saml: "told not_found",
  },
  retry: RETRIES,
  retry_with_another_agent: RETRIES,
  retry_with_other_words: RETRIES,
  // It ends something, so neither a doubt nor a closed issue keeps anybody from it.
  undo: {
    ...RETRIES,
    issue_closed: "goes on",
    issue_gone: "goes on",
    archived: "goes on",
    saml: "goes on",
    away: "goes on",
    limited: "goes on",
  },
  end_of_wait: ENDS,
  automatic_attempt: ENDS,
  launch: ENDS,
  claim: MACHINES,
  token: MACHINES,
  renewal: MACHINES,
  // The work is pushed: what GitHub refuses for good leaves it there.
  pull_request: { ...MACHINES, saml: "ends as github_saml" },
  running: { ...MACHINES, saml: "goes on", away: "goes on", limited: "goes on" },
};

const ASKED: readonly Door[] = [
  "comment",
  "dispatch",
  "retry",
  "retry_with_another_agent",
  "retry_with_other_words",
  "undo",
];

function toldAs(answer: unknown): string | null {
  const text = answer instanceof AppError ? answer.message : String(answer);
  if (text === "silence") return text;
  if (text.includes(CLOSED_ISSUE)) return "told closed";
  if (answer instanceof AppError) return `told ${answer.code}`;
  const code = Object.entries(FAILURES).find(([, { sentence }]) => text.includes(sentence))?.[0];
  return code === undefined ? null : `told ${code}`;
}

/** Gives back what a state took away. */
async function restore({ pipe: { github }, fault, as, issue, login }: Stage, state: State): Promise<void> {
  fault.of = () => null;
  github.state.permissions.set(login, "write");
  github.state.userIds.delete(`${login}-today`);
  github.state.userIds.set(login, issue);
  github.state.issues.delete(issue);
  github.state.archived.clear();
  github.state.places.set(10, { owner: "acme", name: "widgets" });
  if (state === "unselected") await updateConfig(as, { onboarding: { selectedRepos: [] } });
}

/**
 * What a door was tried with before, as far as it can be tried again: a refusal leaves the one who asks where they were,
 * and what ended leaves its person.
 */
type Left = { stage?: Stage | undefined; open?: (() => Promise<unknown>) | undefined };
async function tryDoor(door: Door, state: State, left: Left): Promise<string> {
  const stage = left.stage ?? (await aStage());
  // Launches of one moment are limited.
  if (left.open === undefined) stage.pipe.clock.advance(61_000);
  const open = left.open ?? (await AT_DOOR[door](stage));
  left.stage = left.open = undefined;
  const became = await observe(door, state, { stage, open });
  if (!/^(?:told|ends as) \w+$|^silence$/.test(became)) return became;
  await restore(stage, state);
  left.stage = stage;
  // To be refused the undoing of a retry ends it.
  if (ASKED.includes(door) && door !== "undo") left.open = open;
  return became;
}

type Scene = { stage: Stage; open: () => Promise<unknown> };
async function observe(door: Door, state: State, { stage, open }: Scene): Promise<string> {
  const { pipe, as } = stage;
  const powers = () => [
    pipe.machines.machines.length,
    pipe.github.state.pulls.length,
    [...pipe.github.state.liveTokens, ...pipe.github.state.revokedTokens].filter((token) => token.includes("-10-"))
      .length,
  ];
  await STATES[state](stage);
  const before = powers();
  const answer = await open().catch((error: unknown) => error);
  // What was let in would start now.
  for (const { id } of await as.db.tasks.listForUser(stage.issue, { limit: 20 }))
    await reconcile(pipe.context, { kind: "task", id });
  const isHanded = powers().join() !== before.join();
  const [task] = await as.db.tasks.listForUser(stage.issue, { limit: 1 });
  const isOver = task?.status === "failed";
  if (ASKED.includes(door)) {
    const told = toldAs(answer);
    if (told !== null) return isHanded ? `${told}, and starts` : told;
    return (door === "undo" ? isOver && !isHanded : isHanded) ? "goes on" : "nothing";
  }
  if (isOver) return `ends as ${task.failureCode}${isHanded ? ", and starts" : ""}`;
  return isHanded || door === "running" ? "goes on" : "waits";
}

describe.each(Object.keys(DOORS) as Door[])("at the door %s", (door) => {
  const states = Object.keys(STATES) as State[];
  const left: Left = {};
  it.each(states.filter((state) => env.TEST_RING === "all" || !LIKE_OTHERS.includes(state)))("%s", async (state) => {
    expect(await tryDoor(door, state, left)).toBe(EXPECTED[door][state]);
  });
});

it("GitHub is asked once on the way from a comment to a working machine, and again where its answer counts no more", async () => {
  const stage = await aStage();
  const { calls } = stage.pipe.github;
  const asked = () => calls.filter((call) => call === "permissionOf").length;
  const before = calls.length;
  const { runner, token } = await aWorkingRun(stage);
  const questions = ["permissionOf", "getRepository", "issue", "contextFile"];
  expect(calls.slice(before).filter((call) => questions.includes(call))).toEqual(questions);
  stage.pipe.clock.advance(60_000);
  await runner.call("token", token, runner.ref);
  expect(asked()).toBe(1);
  stage.pipe.clock.advance(1);
  await runner.call("token", token, runner.ref);
  expect(asked()).toBe(2);
});

it("what somebody pushed before they lost the permission is told as saved, and becomes no pull request", async () => {
  const stage = await aStage();
  const open = await AT_DOOR.pull_request(stage);
  STATES.permission(stage);
  await open();
  const [task] = await stage.as.db.tasks.listForUser(stage.issue, { limit: 1 });
  expect(task).toMatchObject({ failureCode: "permission_lost", prNumber: null, commits: 1, savedBranch: task?.branch });
  expect(stage.pipe.github.state.pulls).toEqual([]);
});

it("a command that starts nothing asks for the permission alone", async () => {
  const stage = await aStage();
  const before = stage.pipe.github.calls.length;
  expect((await stage.say({ kind: "help" })).outcome).toBe("help");
  const asked = stage.pipe.github.calls.slice(before);
  expect(asked.filter((call) => ["getRepository", "issue", "contextFile"].includes(call))).toEqual([]);
});

it("who lost the permission has their machine destroyed and its token revoked, and the issue is told why", async () => {
  const stage = await aStage();
  const open = await AT_DOOR.running(stage);
  STATES.permission(stage);
  await open();
  await sweep(stage.pipe.context);
  const { machines } = stage.pipe.machines;
  expect(machines.map(({ state }) => state)).toEqual(["destroyed"]);
  expect([...stage.pipe.github.state.liveTokens].filter((token) => token.includes("-10-"))).toEqual([]);
  const told = stage.pipe.github.state.comments.find(({ issueNumber }) => issueNumber === stage.issue);
  expect(told?.body).toContain("The person who asked for this may no longer write to the repository");
});
