import { readPeople } from "@/lib/people";
import { taskRequestSchema } from "@/lib/task-request";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import type { Door } from "@/server/repositories/gate";
import { updateRepositorySettings } from "@/server/repositories/settings";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { updateConfig } from "@/server/settings/config";
import { createTask } from "@/server/tasks/verbs/create";
import { ownTask } from "@/server/tasks/read/get";
import { mintGitToken } from "@/server/tasks/attempt/git-token";
import { publishWork } from "@/server/tasks/verbs/publish";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { stopTask } from "@/server/tasks/stop";
import { takeBackRetry } from "@/server/tasks/verbs/undo-retry";
import { anIssue } from "./api-world";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "./pipe";
import { userActor } from "./test-context";

/** The ways of losing it, each with what is changed; `saml`, `away` and `limited` are doubts. */
export const STATES = {
  nothing: () => undefined,
  permission: ({ pipe, login }) => void pipe.github.state.permissions.set(login, "read"),
  not_there: ({ pipe, login }) => void pipe.github.state.permissions.delete(login),
  // GitHub says "write" and not of whom.
  nobody_named: ({ pipe, login }) => void pipe.github.state.userIds.delete(login),
  // The repository is called otherwise by now, where they may only read; in another one that has its name they may write.
  name_taken({ pipe, login }) {
    pipe.github.state.locations.set(10, { owner: "acme", name: "moved" }).set(77, { owner: "acme", name: "widgets" });
    pipe.github.state.permissions.set(`moved/${login}`, "read");
  },
  other_person: ({ pipe, login }) => void pipe.github.state.userIds.set(login, 1),
  renamed: ({ pipe, issue, login }) => rename(pipe, { id: issue, from: login, role: "write" }),
  renamed_and_lost: ({ pipe, issue, login }) => rename(pipe, { id: issue, from: login, role: "read" }),
  issue_closed: ({ pipe, issue }) =>
    void pipe.github.state.issues.set(issue, anIssue({ number: issue, state: "closed", url: urlOf(issue) })),
  issue_gone: ({ pipe, issue }) => void pipe.github.state.issues.set(issue, null),
  archived: ({ pipe }) => void pipe.github.state.archived.add(10),
  not_listed: ({ pipe }) => listed(pipe, "user:1=other"),
  member: ({ pipe, issue }) => {
    pipe.github.state.members.set("octo-org", new Set([issue]));
    listed(pipe, "organization:900=octo-org");
  },
  no_member: ({ pipe }) => {
    pipe.github.state.members.set("octo-org", new Set([1]));
    listed(pipe, "organization:900=octo-org");
  },
  // The organisation's name is another one's by now.
  other_organisation: ({ pipe, issue }) => {
    pipe.github.state.members.set("octo-org", new Set([issue]));
    listed(pipe, "organization:901=octo-org");
  },
  members_unknown: ({ pipe, fault }) => {
    listed(pipe, "organization:900=octo-org");
    fault.of = (call) => (call === "membership" ? new GitHubError({ kind: "unavailable", message: "502" }) : null);
  },
  unselected: ({ as }) => updateConfig(as, { onboarding: { selectedRepos: ["acme/other"] } }),
  repository_lost({ pipe, fault }) {
    pipe.github.state.locations.clear();
    fault.of = (call) => (REPOSITORY_CALLS.includes(call) ? lost("not_found") : null);
  },
  suspended: ({ fault }) => void (fault.of = () => lost("suspended")),
  uninstalled({ pipe, fault }) {
    pipe.github.state.locations.clear();
    fault.of = () => lost("not_found");
  },
  saml: ({ fault }) => void (fault.of = (call) => (call === "permissionOf" ? lost("saml") : null)),
  away: ({ fault }) => void (fault.of = () => new GitHubError({ kind: "unavailable", message: "502" })),
  limited: ({ fault }) =>
    void (fault.of = () => new GitHubError({ kind: "limited", retryAfterMs: 5000, message: "429" })),
} satisfies Record<string, (stage: DoorStage) => unknown>;
export type State = keyof typeof STATES;

/** Their old login is somebody else's by now. */
function rename({ github: { state } }: Pipe, person: { id: number; from: string; role: "read" | "write" }) {
  const today = `${person.from}-today`;
  state.userIds.set(person.from, 1).set(today, person.id);
  state.permissions.set(today, person.role);
}
const REPOSITORY_CALLS = ["permissionOf", "runFiles", "getRepository", "issue", "updateComment", "createComment"];
const lost = (reason: "not_found" | "suspended" | "saml") => new GitHubError({ kind: "lost", reason, message: reason });
const urlOf = (issue: number) => `https://github.test/acme/widgets/issues/${issue}`;

/** Whoever runs this Porter has changed who may use it. */
const listed = ({ context }: Pipe, people: string): void =>
  void Object.assign(context.env, { PORTER_PEOPLE: readPeople(people) });
const octoOrg = {
  id: 90_000,
  account: "octo-org",
  accountId: 900,
  accountType: "Organization",
  repositorySelection: "all",
  permissions: { members: "read" },
  suspendedAt: null,
} as const;

type Fault = { of: (call: string) => GitHubError | null };
export type DoorStage = Awaited<ReturnType<typeof aStage>>;

let numbers = 130_000;
/** Somebody who has everything, and an issue of theirs. */
export async function aStage() {
  const fault: Fault = { of: () => null };
  const pipe = createPipe({
    github: {
      before(call) {
        const error = fault.of(call);
        if (error !== null) throw error;
      },
    },
  });
  pipe.github.state.appInstallations.push(octoOrg);
  const issue = (numbers += 1);
  const person = { id: issue, login: `person-${issue}` };
  await aPerson(pipe, person);
  const as: AppContext = { ...pipe.context, actor: userActor(person.id, person.login) };
  const place = { actorId: person.id, actorLogin: person.login, issueNumber: issue, installationId: issue };
  const say = async (command: object) => {
    const whole = { agent: null, model: null, base: null, priority: null, machine: null, instructions: "", ...command };
    const id = await recordMention(pipe, {
      ...place,
      command: JSON.stringify({ ...whole, isForced: true, taskId: null }),
    });
    return (await pipe.context.db.mentions.get(id)) ?? never();
  };
  const start = async (): Promise<TaskRow> => taskOf(pipe, (await say({ kind: "start" })).taskId ?? "");
  const failed = async () => {
    const task = await start();
    await stopTask(pipe.context, task, { reason: "stopped_by_user", by: person.login });
    // The machine of the first attempt is gone, and what GitHub said of it counts no more.
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    return ownTask(as, task.id);
  };
  return { pipe, fault, as, issue, login: person.login, say, start, failed };
}
const never = (): never => {
  throw new Error("there is none");
};
const taskOf = async (pipe: Pipe, id: string) => (await pipe.context.db.tasks.get(id)) ?? never();

/** Makes the token of a task's first attempt, as its claim does. */
export async function aMint({ pipe }: DoorStage, id: string) {
  const [task, attempt] = [await taskOf(pipe, id), (await pipe.context.db.attempts.get(id, 1)) ?? never()];
  return () => mintGitToken(pipe.context, task, { attempt, keys: {} });
}

/** A task whose machine runs, and the runner in it; by now what GitHub said before counts no more. */
async function aRun(stage: DoorStage) {
  const task = await stage.start();
  const machine = stage.pipe.machines.machines.find(({ taskId }) => taskId === task.id) ?? never();
  return { id: task.id, runner: machineOf(stage.pipe, machine) };
}
export async function aWorkingRun(stage: DoorStage) {
  const { id, runner } = await aRun(stage);
  const token = String((await runner.claim()).body.callbackToken);
  await runner.progress(token, 1, "working");
  return { id, runner, token };
}

/** Brings the stage to the door; what is answered opens it, and says what the one who opened it was told. */
export const AT_DOOR: Record<Door, (stage: DoorStage) => Promise<() => Promise<unknown>>> = {
  comment:
    async ({ say }) =>
    async () => {
      const { status, outcome, reply } = await say({ kind: "start" });
      return status === "task" ? "done" : status === "ignored" || status === "pending" ? "silence" : (reply ?? outcome);
    },
  stop_by_comment: async ({ say, start }) => {
    await start();
    return async () => {
      const { status, outcome, reply } = await say({ kind: "stop" });
      return status === "answered" ? "done" : status === "refused" ? (reply ?? outcome) : "silence";
    };
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
  settings:
    async ({ as, issue }) =>
    () =>
      updateRepositorySettings(as, { owner: "acme", name: "widgets", branchPrefix: `by-${issue}/` }),
  end_of_wait: async ({ as, pipe, start }) => {
    await saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: null } });
    const { id } = await start();
    return async () => {
      pipe.clock.advance(3 * 24 * 3600_000);
      // The wait can end by itself: whoever is not on the list saves no key.
      const env = { ...as.env, PORTER_PEOPLE: "everybody" as const };
      const key = { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary" } };
      await saveProviderCredentials({ ...as, env }, key);
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
    return aMint(stage, id);
  },
  pull_request: async (stage) => {
    const { runner, token } = await aWorkingRun(stage);
    await runner.handOver(token);
    stage.pipe.clock.advance(61_000);
    return () => runner.complete(token, { outcome: "changed", changeSet: 1, title: "Greet in French" });
  },
  publish: async (stage) => {
    const { id, runner, token } = await aWorkingRun(stage);
    await runner.finish(token, { status: "failed", outcome: "partial", failureCode: "agent_failed" });
    const { as, pipe } = stage;
    return async () => {
      await publishWork(as, await taskOf(pipe, id), { paths: [] });
      await reconcile(pipe.context, { kind: "task", id });
    };
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

/** Gives back what a state took away. */
export async function restoreState(
  { pipe: { github }, fault, as, issue, login }: DoorStage,
  state: State,
): Promise<void> {
  fault.of = () => null;
  Object.assign(as.env, { PORTER_PEOPLE: "everybody" });
  github.state.members.clear();
  github.state.permissions.set(login, "write");
  github.state.permissions.delete(`moved/${login}`);
  github.state.locations.delete(77);
  github.state.userIds.delete(`${login}-today`);
  github.state.userIds.set(login, issue);
  github.state.issues.delete(issue);
  github.state.archived.clear();
  github.state.locations.set(10, { owner: "acme", name: "widgets" });
  if (state === "unselected") await updateConfig(as, { onboarding: { selectedRepos: [] } });
}
