import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskCounts } from "@/lib/task-pages";
import { createRecount } from "./recount";

const countsAt = (seq: number) => ({ seq }) as TaskCounts;
/** Questions that wait for their answer. */
let asked: { answer: (counts: TaskCounts) => void; fail: (why: Error) => void }[];
let taken: number[];
let recount: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  taken = [];
  recount = createRecount({
    ask: () => new Promise((answer, fail) => void asked.push({ answer, fail })),
    take: ({ seq }) => void taken.push(seq),
    since: 5,
  });
});
afterEach(() => void vi.useRealTimers());
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("a hundred changes of one moment are one question", async () => {
  for (let change = 0; change < 100; change++) recount();
  await wait(60_000);
  expect(asked).toHaveLength(1);
});

test("a change that comes after the question was sent is asked for again: its answer may lack it", async () => {
  recount();
  await wait(700);
  recount();
  await wait(700);
  expect(asked).toHaveLength(2);
});

test("an answer that another one has overtaken says nothing new", async () => {
  recount();
  await wait(700);
  recount();
  await wait(700);
  asked[1]?.answer(countsAt(8));
  await wait(0);
  asked[0]?.answer(countsAt(7));
  await wait(0);
  expect(taken).toEqual([8]);
});

test("an answer that is older than what the page began with is no answer", async () => {
  recount();
  await wait(700);
  asked[0]?.answer(countsAt(4));
  await wait(0);
  expect(taken).toEqual([]);
});

test("after a failure it asks twice more and then leaves it to the next change", async () => {
  recount();
  for (let question = 0; question < 3; question++) {
    await wait(10_000);
    asked.at(-1)?.fail(new Error("no line"));
  }
  await wait(600_000);
  expect(asked).toHaveLength(3);
  recount();
  await wait(700);
  asked.at(-1)?.answer(countsAt(6));
  await wait(0);
  expect(taken).toEqual([6]);
});
