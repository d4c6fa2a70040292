import { vi } from "vitest";
import type { Costs } from "./counter";
import { emptyStorage } from "../empty-storage";
import { type CountedPorter, createCountedPorter } from "./porter";

const WORDS = "@porter opencode Add a French greeting";
const NONCE = "n".repeat(43);
/** Lines of a batch. */
const RECORDS = 10;
const START = Date.parse("2026-11-22T12:00:00.000Z");

async function answered(what: string, asked: Promise<Response>): Promise<Record<string, unknown>> {
  const answer = await asked;
  if (!answer.ok) throw new Error(`${what} was answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

const aBatch = (seq: number, phase: string) => ({
  seq,
  phase,
  steps: seq,
  lastStep: `step ${seq}`,
  records: Array.from({ length: RECORDS }, (_, at) => ({
    n: (seq - 1) * RECORDS + at + 1,
    t: at,
    k: "o",
    s: "a line",
  })),
});

/** Porter's day stands still but for `pass`, so that what is done at most once in some seconds counts the same each time. */
async function inWorld<T>(work: (porter: CountedPorter) => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  try {
    await emptyStorage();
    const porter = await createCountedPorter();
    await porter.sweepRan();
    const found = await porter.listening(() => work(porter));
    // Nothing is in the way of a branch.
    const missing = porter.unanswered.filter((asked) => !asked.includes("/git/ref/heads/"));
    if (missing.length > 0) throw new Error(`nobody answers ${missing.join(", ")}`);
    return found;
  } finally {
    vi.useRealTimers();
  }
}
const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

let issues = 0;
const aMention = (porter: CountedPorter) => porter.comment(WORDS, { issue: (issues += 1), installation: 1 });

/** What each call of the hot path costs, with all that follows its answer. */
export const countCalls = (): Promise<Record<string, Costs>> =>
  inWorld(async (porter) => {
    const { counter } = porter;
    const rounds = (what: string, request: Request) => counter.inRounds(() => answered(what, porter.ask(request)));
    const quiet = { issue: 900, installation: 1 };
    const forged = await porter.comment(WORDS, quiet, "fake-secret-of-somebody-else");
    const costs: Record<string, Costs> = {
      "refused webhook": await counter.inRounds(() => porter.ask(forged)),
      "webhook without a command, looks around": await rounds("a comment", await porter.comment("hello", quiet)),
      "webhook without a command": await rounds("a comment", await porter.comment("hello", quiet)),
      "mention to machine, cold": await rounds("a mention", await aMention(porter)),
      "mention to machine, warm": await rounds("a mention", await aMention(porter)),
    };
    const machine = porter.machine();
    let answer: Record<string, unknown> = {};
    const call = (kind: "claim" | "progress" | "heartbeat", token: string, said: Record<string, unknown>) =>
      counter.inRounds(async () => (answer = await answered(kind, machine.call(kind, token, said))));
    costs["claim"] = await call("claim", machine.file.claimToken, { protocol: 1, nonce: NONCE });
    const token = String(answer["callbackToken"]);
    costs["batch with a new phase"] = await call("progress", token, aBatch(1, "cloning"));
    costs["batch"] = await call("progress", token, aBatch(2, "cloning"));
    costs["heartbeat"] = await call("heartbeat", token, {});
    return costs;
  });

/** As a runner says them; the agent works until the end but for a few seconds. */
const PHASES: [fromSecond: number, phase: string][] = [
  [0, "cloning"],
  [4, "preparing"],
  [8, "working"],
];
const BEGINNING_S = 30;
/** Seals, cleans up and tells. */
const AFTERWARDS_S = 120;

/** What a whole task costs whose machine works for so many seconds and changes nothing. */
export const countTask = ({ seconds, isWatched }: { seconds: number; isWatched: boolean }): Promise<Costs> =>
  inWorld((porter) =>
    porter.counter.of(async () => {
      await answered("a mention", porter.ask(await aMention(porter)));
      pass(10_000);
      await porter.deliverDue();
      const { file, call } = porter.machine();
      const claim = await answered("claim", call("claim", file.claimToken, { protocol: 1, nonce: NONCE }));
      const token = String(claim["callbackToken"]);
      let seq = 0;
      let next = 0;
      for (let second = 0; second < seconds; second++) {
        await porter.deliverDue();
        if (second % 60 === 59) await porter.sweepRan();
        if (second === next) {
          const phase = PHASES.findLast(([from]) => from <= second)?.[1] ?? "cloning";
          await answered("a batch", call("progress", token, aBatch((seq += 1), phase)));
          next += isWatched || second < BEGINNING_S ? 1 : 5;
        }
        pass(1000);
      }
      const said = { status: "success", outcome: "no_changes", summary: "Nothing to do." };
      await answered("the last word", call("complete", token, said));
      for (let second = 0; second < AFTERWARDS_S; second++) {
        await porter.deliverDue();
        pass(1000);
      }
    }),
  );
