import { describe, expect, it } from "vitest";
import { stateOf } from "@/lib/task-state";
import { EXPECTED, lastWord } from "@/local/streams/expected";
import type { Recording } from "@/local/streams/recording";
import { sweep } from "@/server/reconcile";
import { aPerson, createPipe, machineOf, mention } from "@/server/testing/pipe";

declare global {
  interface ImportMeta {
    /** Vite's; workerd has no files to read. */
    glob<T>(pattern: string, options: { eager: true; import: "default" }): Record<string, T>;
  }
}

const recordings = Object.values(
  import.meta.glob<Recording>("../../local/streams/fixtures/*.json", { eager: true, import: "default" }),
);
let people = 9100;

/** A run that says to Porter what the recorded one said, up to its last word. */
async function play(recording: Recording) {
  const pipe = createPipe();
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const ask = { actorId: person.id, actorLogin: person.login, issueNumber: person.id };
  const first = await pipe.context.db.mentions.get(await mention(pipe, ask));
  const taskId = first?.taskId ?? "";
  const machine = machineOf(pipe, pipe.machines.machines.find((one) => one.taskId === taskId) ?? never("a machine"));
  const token = String((await machine.claim()).body.callbackToken);
  let seq = 0;
  for (const { path, body } of recording.messages) {
    if (path === "progress") await machine.progress(token, (seq += 1), String(body["phase"]));
  }
  const branch = `porter/${taskId}`;
  const { taskId: _task, attempt: _attempt, ...said } = lastWord(recording);
  if (said["outcome"] === "changed") pipe.github.state.branches.set(branch, "a".repeat(40));
  if (said["failureCode"] === "stopped_by_user")
    await mention(pipe, { ...ask, command: JSON.stringify({ kind: "stop", taskId: null, agent: null }) });
  await machine.complete(token, { ...said, branch: said["branch"] === null ? null : branch });
  // Labels are written when GitHub's limits leave room for them.
  pipe.clock.advance(120_000);
  await sweep(pipe.context);
  const task = (await pipe.context.db.tasks.get(taskId)) ?? never("a task");
  return { pipe, task, ask, comment: pipe.github.state.comments[0]?.body ?? "" };
}

function never(what: string): never {
  throw new Error(`there is not ${what}`);
}

/** One recording for each thing that people can see; all of them are judged in `local/streams`. */
const seen = [...new Map(recordings.map((one) => [EXPECTED[one.name]?.sentence, one])).values()];

describe.each(seen)("$name", (recording) => {
  it("is told people as what it was", async () => {
    const expected = EXPECTED[recording.name];
    const { pipe, task, comment } = await play(recording);
    const { status, failureCode } = task;
    expect(stateOf({ status, failureCode: failureCode ?? undefined })).toBe(expected?.state);
    expect(failureCode).toBe(expected?.outcome === "no_changes" ? codeOf(expected.state) : expected?.code);
    const first = comment.split("\n").find((line) => line.startsWith("**")) ?? comment;
    expect(first.replaceAll("\\", "")).toContain(
      expected?.sentence.replace("claude", task.agent).replace("amp", task.agent),
    );
    expect(pipe.github.state.labels.get(`10#${task.issueNumber}`)).toBe(expected?.label);
  });
});

const codeOf = (state: string): string => (state === "asks" ? "agent_asks" : "no_changes");

it("hands a question and what was asked for on to the run that answers it, until one ends otherwise", async () => {
  const asking = recordings.find(({ name }) => name === "claude-asks") ?? never("a recording");
  const { pipe, task, ask, comment } = await play(asking);
  expect(comment).toContain("> Which ones do you mean, the");
  const start = { kind: "start", agent: null, model: null, base: null, priority: null } as const;
  const answer = async (instructions: string, isForced = false): Promise<string> => {
    const row = await pipe.context.db.mentions.get(
      await mention(pipe, { ...ask, command: JSON.stringify({ ...start, instructions, isForced }) }),
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
