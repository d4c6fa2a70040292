import { describe, expect, it } from "vitest";
import { completeRequestSchema, progressRequestSchema } from "../../lib/agent-protocol.ts";
import { ENDINGS } from "./endings.ts";
import { EXPECTED, lastWord } from "./expected.ts";
import { readRecordings } from "./recording.ts";
import { replayRecording } from "./replay-recording.ts";

const recordings = readRecordings();
const withoutTime = (message: string | null | undefined): string | undefined =>
  message?.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, "at a time");

describe("the recordings", () => {
  it("are one for each ending, and each has its expectation", () => {
    const names = ENDINGS.map(({ name }) => name).toSorted();
    expect(recordings.map(({ name }) => name)).toEqual(names);
    expect(Object.keys(EXPECTED).toSorted()).toEqual(names);
    expect(names.length).toBeGreaterThanOrEqual(25);
  });

  it("hold nothing of the machine that made them", () => {
    for (const recording of recordings)
      expect(/porter-streams-|porter-clis-|\/root\//.exec(JSON.stringify(recording)), recording.name).toBeNull();
  });
});

describe.each(recordings)("$name", (recording) => {
  const expected = EXPECTED[recording.name];
  const said = completeRequestSchema.parse(lastWord(recording));

  it("was reported by the runner as what it was", () => {
    expect([said.outcome, said.failureCode]).toEqual([expected?.outcome, expected?.code]);
    for (const { path, body } of recording.messages) if (path === "progress") progressRequestSchema.parse(body);
  });

  it("ended in the last phase that began, and what did not begin was never told", () => {
    expect(said.failedPhase).toBe(expected?.phase);
    if (expected?.phase != null) expect(said.phases?.at(-1)?.phase).toBe(expected.phase);
    expect(said.phases?.slice(0, -1).every(({ to }) => to !== null)).toBe(true);
    const told = recording.messages.flatMap(({ path, body }) => (path === "progress" ? [body["phase"]] : []));
    const begun = new Set(said.phases?.map(({ phase }) => phase));
    expect([...new Set(told)].filter((phase) => !begun.has(progressRequestSchema.shape.phase.parse(phase)))).toEqual(
      [],
    );
  });

  it("is judged the same when it is played again, and ended when it was", () => {
    const replayed = replayRecording(recording);
    expect(replayed?.cause ?? null).toBe(expected?.cause);
    if (replayed === null || expected?.state === "stopped") return;
    expect(replayed.failure?.failureCode ?? null).toBe(expected?.code);
    expect(withoutTime(replayed.failure?.message)).toBe(withoutTime(said.message) ?? undefined);
    expect(replayed.final === "" ? null : replayed.final).toBe(said.summary ?? null);
  });
});

it.each(recordings.filter(({ name }) => /-(?:key-refused|credit-too-low|out-of-credit|model-unavailable)$/.test(name)))(
  "$name ends before the agent's first step",
  ({ messages }) => {
    expect(messages.map(({ body }) => body["steps"] ?? 0)).toEqual(messages.map(() => 0));
  },
);
