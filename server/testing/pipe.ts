import type { AppContext } from "@/server/context";
import type { NewMention } from "@/server/db/delivery-store";
import { receiveCallback, type CallbackKind } from "@/server/callbacks/handle";
import { parseComment } from "@/lib/commands/parse";
import { machineFileSchema } from "@/lib/agent-protocol";
import { oauthTokenAt } from "@/server/identity/sign-in";
import { reconcile } from "@/server/reconcile/reconcile";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { applySecretChanges, FLY_TOKEN } from "@/server/secrets/user-secrets";
import { createClock } from "./clock";
import { createFakeChecks } from "./fake-checks";
import { createFakeGitHub } from "./fake-github";
import { createFakeMachines, type FakeMachine } from "./fake-machines";
import { handingOver } from "./hand-over";
import { A_CHANGE, handedSet, type ToHand } from "./handed-set";
import { aMention } from "./rows";
import { testContext, userActor } from "./test-context";
import { readJson } from "@/lib/json";

type Hooks = {
  checks?: Parameters<typeof createFakeChecks>[0];
  github?: Parameters<typeof createFakeGitHub>[0];
  machines?: Parameters<typeof createFakeMachines>[0];
};

/** The server core over real D1 and R2, with a stateful GitHub and Fly at the ports and a clock that stands. */
export function createPipe(hooks: Hooks = {}) {
  const fakeGitHub = createFakeGitHub(hooks.github);
  const fakeMachines = createFakeMachines(hooks.machines);
  const clock = createClock();
  const { keyChecks } = createFakeChecks(hooks.checks);
  const context = testContext({ keyChecks, github: fakeGitHub.github, machines: fakeMachines.provider, clock });
  return { context, clock, github: fakeGitHub, machines: fakeMachines };
}

export type Pipe = ReturnType<typeof createPipe>;

/** A person with an account, a key, a Fly token and app, and write access. */
export async function aPerson(pipe: Pipe, person: { id: number; login: string }): Promise<void> {
  const { context } = pipe;
  const now = context.clock.now().toISOString();
  const { accessToken } = pipe.github.people.issue(person);
  const sealed = await context.sealer.seal(accessToken, oauthTokenAt(person.id, "access"));
  await context.db.accounts.signIn({
    user: { id: person.id, login: person.login, name: null, avatarUrl: null, updatedAt: now },
    access: {
      githubUserId: person.id,
      kind: "access",
      ...sealed,
      scope: null,
      expiresAt: null,
      createdAt: now,
      updatedAt: now,
    },
    refresh: null,
    session: {
      id: `session-${person.id}`,
      userId: person.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: "2099-01-01T00:00:00.000Z",
    },
  });
  const asPerson: AppContext = { ...context, actor: userActor(person.id, person.login) };
  await saveProviderCredentials(asPerson, { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary" } });
  await applySecretChanges(asPerson, [{ ...FLY_TOKEN, value: "fake-fly-token-canary" }]);
  await context.db.settings.put({
    userId: person.id,
    version: "1.0.0",
    config: JSON.stringify({ flyAppName: `fake-app-${person.id}` }),
    expected: 0,
    updatedAt: now,
  });
  pipe.github.state.permissions.set(person.login, "write");
  pipe.github.state.userIds.set(person.login, person.id);
}

/** Records a mention as the webhook would, and reconciles it. Returns the mention's id. */
export async function recordMention(pipe: Pipe, overrides: Partial<NewMention> = {}): Promise<string> {
  const row = aMention({
    createdAt: pipe.clock.now().toISOString(),
    dueAt: pipe.clock.now().toISOString(),
    ...overrides,
  });
  await pipe.context.db.deliveries.claim(
    { id: row.deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: row.createdAt },
    [row],
  );
  await reconcile(pipe.context, { kind: "mention", id: row.id });
  return row.id;
}

/** A comment as GitHub would deliver it, read and reconciled. Answers its mention. */
export async function writeComment(
  pipe: Pipe,
  { person, issueNumber, body }: { person: { id: number; login: string }; issueNumber: number; body: string },
) {
  const [command] = parseComment(body, { mentions: ["porter"] });
  const id = await recordMention(pipe, {
    actorId: person.id,
    actorLogin: person.login,
    issueNumber,
    installationId: issueNumber,
    command: JSON.stringify(command),
  });
  return pipe.context.db.mentions.get(id);
}

/** The machine's side of the protocol, over the real handlers. */
export function machineOf(pipe: Pipe, machine: FakeMachine) {
  const file = readJson(machineFileSchema, machine.spec.taskFile);
  const call = async (kind: CallbackKind, token: string, body: Record<string, unknown>) => {
    const request = new Request(`https://porter.test/api/callbacks/${kind}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const answer = await receiveCallback(kind, request, pipe.context);
    for (const work of answer.work) await reconcile(pipe.context, work);
    return answer;
  };
  const ref = { taskId: file.taskId, attempt: file.attempt };
  /** Hands a set over, as the runner does before its last word. */
  const handOver = async (token: string, input: ToHand = A_CHANGE, number = 1) => {
    const set = handedSet(input);
    const answer = await handingOver({ context: pipe.context, ...ref, token }).whole(set, number);
    if (answer.status !== 200) throw new Error(`the set was not taken: ${JSON.stringify(answer.body)}`);
    return { ...set, leaveOut: answer.body.leaveOut };
  };
  const complete = (token: string, body: Record<string, unknown>) =>
    call("complete", token, { task_id: file.taskId, attempt: file.attempt, status: "success", ...body });
  return {
    handOver,
    file,
    ref,
    call,
    claim: (nonce = "n".repeat(43)) =>
      call("claim", file.claimToken, { ...ref, protocol: 1, nonce, machineId: machine.id }),
    progress: (token: string, seq: number, phase: string, overrides: Record<string, unknown> = {}) =>
      call("progress", token, { ...ref, seq, phase, steps: seq, lastStep: null, records: [], ...overrides }),
    complete,
    /** Hands its work over and says so. */
    async finish(token: string, body: Record<string, unknown> = {}, input?: ToHand) {
      await handOver(token, input);
      return complete(token, { outcome: "changed", changeSet: 1, ...body });
    },
  };
}
