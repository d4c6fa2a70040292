import { machineFileSchema, type MachineFile } from "@/lib/agent-protocol";
import { receiveCallback, type CallbackKind } from "@/server/callbacks/handle";
import { handedSet, type ToHand } from "@/server/testing/handed-set";
import type { PackedSet } from "@/server/testing/hand-over";
import type { FakeMachine } from "@/server/testing/fake-machines";
import { aRequest } from "./deliveries";
import { createRandom } from "./random";
import type { Process } from "./scheduler";
import type { FaultWorld } from "./world";
import { readJson } from "@/lib/json";

type Body = Record<string, unknown>;
export type CallbackAnswer = { status: number; body: Record<string, unknown> };
/** `sends`: instead of the body as JSON. */
export type SentCallback = {
  kind: CallbackKind;
  token: string;
  body: Body;
  sends?: { query: string; bytes: Uint8Array };
};

/** The runner in a machine, as far as Porter can see it. */
export type SimulatedRunner = {
  machine: FakeMachine;
  file: MachineFile;
  nonce: string;
  token: string | null;
  secrets: string[];
  branch: string;
  wipBranch: string;
  /** Progress that was acknowledged. */
  seq: number;
  plan: ("cloning" | "working" | "pushing" | "reporting")[];
  ending: "changed" | "no_changes" | "failed" | "partial" | "bare" | "timed_out" | "auth";
  /** What is handed over before the last word, and how far that is; null: this run leaves nothing. */
  work: { set: PackedSet; parts: number; isWhole: boolean } | null;
  /** The last word, once there is one: it never changes. */
  word: Body | null;
  sent: SentCallback[];
  state: "alive" | "wedged" | "dead";
  pings: number;
};

export function createRunner(world: FaultWorld, machine: FakeMachine): SimulatedRunner {
  const random = createRandom(world.options.seed ^ Number(machine.id.slice(1)) ^ 0x5eed);
  const file = readJson(machineFileSchema, machine.spec.taskFile);
  const working = Array.from({ length: random.int(4) }, () => "working" as const);
  return {
    machine,
    file,
    nonce: `nonce-${String(random.int(2 ** 31)).padStart(40, "0")}`,
    token: null,
    secrets: [],
    branch: "",
    wipBranch: "",
    seq: 0,
    plan: ["cloning", ...working, "pushing"],
    ending: random.pick([
      "changed",
      "changed",
      "changed",
      "no_changes",
      "failed",
      "partial",
      "bare",
      "timed_out",
      "auth",
    ]),
    work: null,
    word: null,
    sent: [],
    state: "alive",
    pings: 0,
  };
}

/** True while the process in the machine can speak. */
export const isUp = (runner: SimulatedRunner): boolean =>
  runner.state === "alive" && (runner.machine.state === "started" || runner.machine.state === "stopping");

/** The machine ends by itself; Fly destroys it and keeps its exit. */
export function exitMachine(runner: SimulatedRunner, code: number, outOfMemory = false): void {
  runner.state = "dead";
  if (runner.machine.state === "destroyed") return;
  runner.machine.state = "destroyed";
  runner.machine.exit = { code, signal: null, outOfMemory, requestedStop: false };
}

/** Sends one callback. `onAnswer` hears the answer, unless Porter dies first or the network loses it. */
export function sendCallback(
  world: FaultWorld,
  message: SentCallback,
  options: { seed: number; onAnswer?: (answer: CallbackAnswer) => void },
): Process {
  const { query = "", bytes = JSON.stringify(message.body) } = message.sends ?? {};
  const request = aRequest(`https://porter.test/api/callbacks/${message.kind}${query}`, {
    headers: { authorization: `Bearer ${message.token}` },
    body: bytes,
  });
  const taskId = String(message.body.taskId ?? message.body.task_id);
  const { handed } = world.outside;
  return world.spawn(message.kind, options.seed, async (plain) => {
    const { app } = plain.github;
    const context = { ...plain, github: { ...plain.github, app: { ...app, createInstallationToken } } };
    function createInstallationToken(input: Parameters<typeof app.createInstallationToken>[0]) {
      const at = world.clock.now().getTime();
      // Porter's own tokens are for every repository, or may write.
      if (input.repositoryIds !== null && input.permissions.contents === "read")
        handed.push({ what: "token", taskId, from: at, to: at });
      return app.createInstallationToken(input);
    }
    const from = world.clock.now().getTime();
    const answer = await receiveCallback(message.kind, request, context);
    if (message.kind === "claim" && answer.status === 200)
      handed.push({ what: "claim", taskId, from, to: world.clock.now().getTime() });
    world.note(`  ${message.kind} of attempt ${String(message.body.attempt)} is answered ${answer.status}`);
    options.onAnswer?.(answer);
    await world.followUp(context, answer.work);
  });
}

const refOf = (runner: SimulatedRunner) => ({ taskId: runner.file.taskId, attempt: runner.file.attempt });

/** The next thing that this runner would say: a claim, then its progress, then its last word until it is heard. */
export function nextMessage(world: FaultWorld, runner: SimulatedRunner): SentCallback {
  const ref = refOf(runner);
  if (runner.token === null)
    return {
      kind: "claim",
      token: runner.file.claimToken,
      body: { ...ref, protocol: 1, nonce: runner.nonce, machineId: runner.machine.id },
    };
  const phase = runner.plan[runner.seq];
  if (runner.word === null && runner.machine.state !== "stopping" && phase !== undefined)
    return { kind: "progress", token: runner.token, body: progressBody(runner, runner.seq + 1, phase) };
  if (runner.word === null) {
    const handing = nextToHand(runner);
    if (handing !== null) return { ...handing, token: runner.token };
  }
  runner.word ??= lastWord(world, runner);
  return { kind: "complete", token: runner.token, body: { ...runner.word, callbackAttempts: runner.sent.length } };
}

/** What agents leave, and nobody pushes without being asked. */
export const HELD_PATH = ".env";

/** What nobody could take for text: its content goes as a file of its own. */
const leftBy = ({ file }: SimulatedRunner): ToHand => ({
  held: { [HELD_PATH]: "COLOUR=blue\n" },
  steps: [
    { [`${file.taskId}.bin`]: new Uint8Array([0, 255, file.attempt]) },
    { "run.sh": { mode: "100755", content: new Uint8Array([0]) } },
  ],
});

const leavesWork = (runner: SimulatedRunner): boolean =>
  runner.machine.state === "stopping" || runner.ending === "changed" || runner.ending === "partial";

/** The next part of the work, or what makes it whole; null: there is nothing (more) to hand over. */
function nextToHand(runner: SimulatedRunner): Omit<SentCallback, "token"> | null {
  if (!leavesWork(runner)) return null;
  const work = (runner.work ??= { set: handedSet(leftBy(runner)), parts: 0, isWhole: false });
  if (work.isWhole) return null;
  const ref = refOf(runner);
  const { manifest, contents } = work.set;
  const content = contents[work.parts];
  const part = manifest.parts[work.parts];
  if (content === undefined || part === undefined) {
    return { kind: "changes", body: { ...ref, set: 1, manifest, tooLarge: null, bundle: [], patch: [] } };
  }
  const { number, sha256 } = part;
  const names = { task: ref.taskId, attempt: ref.attempt, set: 1, kind: "content", number, sha256 };
  const query = new URLSearchParams(Object.entries(names).map(([name, value]) => [name, String(value)]));
  return { kind: "part", body: ref, sends: { query: `?${query}`, bytes: content } };
}

/** Agents do print keys: what is said holds them, and Porter must not keep them. */
export const progressBody = (runner: SimulatedRunner, seq: number, phase: string): Body => ({
  ...refOf(runner),
  seq,
  phase,
  steps: seq,
  lastStep: `echo ${runner.secrets[0] ?? "nothing"}`.slice(0, 200),
  records: [{ n: seq, t: seq * 100, ...saidAt(seq, runner.secrets.join(" ")) }],
});

const saidAt = (seq: number, secrets: string): Body =>
  seq % 2 === 0
    ? {
        k: "c",
        id: "plan",
        tool: "TodoWrite",
        s: "0 of 1 done",
        todos: [{ text: secrets.slice(0, 400), state: "now" }],
      }
    : { k: "o", s: `env: ${secrets}` };

function lastWord(world: FaultWorld, runner: SimulatedRunner): Body {
  const base = { ...refOf(runner), summary: `I used ${runner.secrets.join(" and ")}.`, lastSeq: runner.seq };
  const changeSet = runner.work?.isWhole === true ? 1 : null;
  if (runner.machine.state === "stopping") return { ...base, status: "stopped", outcome: "partial", changeSet };
  switch (runner.ending) {
    case "changed":
      return { ...base, status: "success", outcome: "changed", changeSet, filesChanged: 99 };
    case "bare":
      // Whoever runs a machine by hand pushes by hand.
      world.outside.github.state.branches.set(runner.branch, "a".repeat(40));
      return { task_id: runner.file.taskId, status: "complete" };
    case "partial":
      return { ...base, status: "failed", outcome: "partial", changeSet, failureCode: "agent_failed" };
    case "timed_out":
      return { ...base, status: "timed_out", outcome: "failed" };
    case "auth":
      return { ...base, status: "failed", outcome: "failed", failureCode: "provider_auth" };
    case "no_changes":
    case "failed":
      return { ...base, status: runner.ending === "failed" ? "failed" : "success", outcome: runner.ending };
  }
}

/** What the runner does with an answer. */
export function receiveAnswer(runner: SimulatedRunner, message: SentCallback, answer: CallbackAnswer): void {
  const { status, body } = answer;
  if (runner.state !== "alive") return;
  if (message.kind === "claim") {
    if (status === 200 && runner.token === null) takeAssignment(runner, body);
    else if (status !== 200 && status < 500) exitMachine(runner, 1);
    return;
  }
  if (message.kind === "complete") {
    if (status < 500) exitMachine(runner, 0);
    return;
  }
  if (message.kind === "part" || message.kind === "changes") {
    if (runner.work !== null && status < 500) takeHanded(runner.work, message.kind, status);
    return;
  }
  if (status === 200 && message.kind === "progress") runner.seq = Math.max(runner.seq, Number(message.body.seq));
  if (status === 409 && message.kind === "progress") runner.seq = Math.max(runner.seq, Number(body.expected) - 1);
  // The attempt is over: the agent is stopped, its work is saved, and the last word says so.
  if (status === 410 && runner.machine.state === "started") runner.machine.state = "stopping";
  if (status === 401) exitMachine(runner, 1);
}

/** What Porter does not take is left, and the last word comes. */
function takeHanded(work: NonNullable<SimulatedRunner["work"]>, kind: "part" | "changes", status: number): void {
  if (kind === "part" && status === 200) work.parts += 1;
  else work.isWhole = true;
}

function takeAssignment(runner: SimulatedRunner, body: Record<string, unknown>): void {
  const { callbackToken, repository, git, keys } = body as {
    callbackToken: string;
    repository: { branch: string; wipBranch: string };
    git: { token: string };
    keys: Record<string, string>;
  };
  runner.token = callbackToken;
  runner.branch = repository.branch;
  runner.wipBranch = repository.wipBranch;
  runner.secrets = [...Object.values(keys), git.token];
}
