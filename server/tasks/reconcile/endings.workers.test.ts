import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { AGENTS } from "@/lib/agents";
import type { Part } from "@/lib/phases";
import { PROVIDERS } from "@/lib/providers";
import { stateOf, TASK_STATES } from "@/lib/task-state";
import type { Expected } from "@/agent-image/testing/expected-ending";
import { EXPECTED, lastWord } from "@/local/streams/expected";
import type { Recording } from "@/local/streams/recording";
import type { NewMention } from "@/server/db/delivery-store";
import { reconcile } from "@/server/reconcile/reconcile";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { updateConfig } from "@/server/settings/config";
import type { FakeMachine } from "@/server/testing/fake-machines";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { trackingView } from "../report/tracking-view";

declare global {
  interface ImportMeta {
    /** Vite's; workerd has no files to read. */
    glob<T>(pattern: string, options: { eager: true; import: "default" }): Record<string, T>;
  }
}

const recordings = Object.values(
  import.meta.glob<Recording>("../../../local/streams/fixtures/*.json", { eager: true, import: "default" }),
);
const START = {
  kind: "start",
  agent: null,
  model: null,
  base: null,
  priority: null,
  instructions: "",
  isForced: false,
};
let people = 9100;

/** A run that says to Porter what the recorded one said; again, where Porter starts it again. */
async function play(recording: Recording) {
  const pipe = createPipe();
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const as = { ...pipe.context, actor: userActor(person.id, person.login) };
  const { id: provider, envNames } = PROVIDERS[AGENTS[recording.agent].provider];
  await saveProviderCredentials(as, { [provider]: { [envNames[0]]: "fake-key-canary" } });
  await updateConfig(as, { agents: { [AGENTS[recording.agent].settingsKey]: { enabled: true } } });
  const ask = { actorId: person.id, actorLogin: person.login, issueNumber: person.id };
  const command = JSON.stringify({ ...START, agent: recording.agent });
  const first = await pipe.context.db.mentions.get(await recordMention(pipe, { ...ask, command }));
  const taskId = first?.taskId ?? "";
  const played = new Set<string>();
  for (;;) {
    const machine = pipe.machines.machines.find((one) => one.taskId === taskId && !played.has(one.id));
    if (machine === undefined) break;
    played.add(machine.id);
    await say(pipe, { recording, machine, ask });
    // Labels are written when GitHub's limits leave room for them.
    pipe.clock.advance(120_000);
    await reconcile(pipe.context, { kind: "task", id: taskId });
  }
  const task = (await pipe.context.db.tasks.get(taskId)) ?? never("a task");
  const attempts = await pipe.context.db.attempts.ofTask(taskId);
  return { pipe, task, attempts, ask, comment: pipe.github.state.comments[0]?.body ?? "" };
}

type Saying = { recording: Recording; machine: FakeMachine; ask: Partial<NewMention> };

/** Of each phase the last message, which tells of the phases before it, too. */
async function say(pipe: Pipe, { recording, machine, ask }: Saying): Promise<void> {
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  const progress = recording.messages.filter(({ path, status }) => path === "progress" && status === 200);
  const lastOfEach = new Map(progress.map(({ body }) => [String(body["phase"]), body]));
  let seq = 0;
  for (const [phase, { taskId: _task, attempt: _attempt, records: _records, ...said }] of lastOfEach)
    await runner.progress(token, 0, phase, { ...said, seq: (seq += 1) });
  const { taskId: _task, attempt: _attempt, ...said } = lastWord(recording);
  // What a runner says of its branch or its set is of the repository that it ran in.
  const { branch: _branch, changeSet: _set, ...words } = said;
  if (said["outcome"] === "changed" || said["outcome"] === "partial") await runner.handOver(token);
  if (said["failureCode"] === "stopped_by_user")
    await recordMention(pipe, { ...ask, command: JSON.stringify({ kind: "stop", taskId: null, agent: null }) });
  await runner.complete(token, words);
}

function never(what: string): never {
  throw new Error(`there is not ${what}`);
}

/** The code that people's state goes by: what the runner reports, unless the task waits. */
const codeOf = ({ state, code }: Expected) =>
  state === "asks" ? "agent_asks" : state === "no_changes" ? "no_changes" : state === "blocked" ? null : code;
/** Only what ended badly has a culprit. */
const culpritOf = ({ state, phase }: Expected) => (TASK_STATES[state].tone === "bad" ? phase : null);
const NAMES: Partial<Record<Part, string>> = { cloning: "clone", working: "agent" };

/** What people can see of a recording; the runner's part of all of them is judged in `local/streams`. */
const seenOf = ({ agent, name }: Recording): string => `${agent} ${EXPECTED[name]?.sentence}`;
/** The same for every agent: the first ring plays it of one of them, the second of each. */
const saidOf = ({ agent, name }: Recording): string => String(EXPECTED[name]?.sentence.replaceAll(agent, ""));
const oneOfEach = (of: (recording: Recording) => string) => [
  ...new Map(recordings.map((recording) => [of(recording), recording])).values(),
];
const seen = oneOfEach(env.TEST_RING === "all" ? seenOf : saidOf);

it("tells people of at least 25 endings", () => expect(oneOfEach(seenOf).length).toBeGreaterThanOrEqual(25));

describe.each(seen)("$name", (recording) => {
  it("is told people as what it was: outcome, sentence, phase and label", async () => {
    const expected = EXPECTED[recording.name] ?? never("an expectation");
    const { pipe, task, attempts, comment } = await play(recording);
    const { phases } = await trackingView(pipe.context, { task, attempts });
    expect({
      state: stateOf({
        status: task.status,
        failureCode: task.failureCode ?? undefined,
        blockedReason: task.blockedReason ?? undefined,
      }),
      code: task.failureCode,
      phase: phases.find(({ is }) => is === "failed")?.part ?? null,
      label: pipe.github.state.labels.get(`10#${task.issueNumber}`),
    }).toEqual({
      state: expected.state,
      code: codeOf(expected),
      phase: culpritOf(expected),
      label: expected.label,
    });
    expect(comment.replaceAll("\\", "").startsWith(`**${expected.sentence}`), comment).toBe(true);
    const failedAt = /\*\*✗ ([a-z ]+?)(?: \d|\*\*)/.exec(comment)?.[1];
    expect(failedAt).toBe(expected.state === "failed" ? NAMES[expected.phase ?? "working"] : undefined);
  });
});

it("hands a question and what was asked for on to the run that answers it, until one ends otherwise", async () => {
  const asking = recordings.find(({ name }) => name === "claude-asks") ?? never("a recording");
  const { pipe, task, ask, comment } = await play(asking);
  expect(comment).toContain("> Which ones do you mean, the");
  const answer = async (instructions: string, isForced = false): Promise<string> => {
    const row = await pipe.context.db.mentions.get(
      await recordMention(pipe, { ...ask, command: JSON.stringify({ ...START, instructions, isForced }) }),
    );
    const next = (await pipe.context.db.tasks.get(row?.taskId ?? "")) ?? never("a task");
    return next.prompt;
  };
  const prompt = await answer("the blue ones");
  expect(prompt).toContain("## Earlier Requests");
  expect(prompt).toContain("Which ones do you mean");
  expect(prompt).toContain(task.instructions);
  expect(prompt.indexOf("Which ones do you mean")).toBeLessThan(prompt.indexOf("the blue ones"));
  // While that one is open only what is forced starts another.
  expect(await answer("and the red ones", true)).not.toContain("## Earlier Requests");
});
