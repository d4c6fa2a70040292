import { expect, test } from "vitest";
import { LOSS_CODES } from "./losses.ts";
import { flyWords, waitWords, type WaitReason } from "./wait-reason.ts";
import { readWaitReason, waitReasonSchema, writeWaitReason } from "./wait-reason-schema.ts";

const EVERY: WaitReason[] = [
  ...[null, "iad"].flatMap((region) => [null, "ord"].map((next) => ({ kind: "fly_full", region, next }) as const)),
  { kind: "fly_silent" },
  { kind: "github_silent" },
  ...LOSS_CODES.map((code) => ({ kind: "machine_lost", code }) as const),
  { kind: "model_gone" },
  { kind: "older", sentence: "Fly has no capacity in iad, trying ord" },
  { kind: "older", sentence: null },
];

test("every reason comes out of its row as it went in, and has words without a full stop", () => {
  const kinds = waitReasonSchema.options.map(({ shape }) => shape.kind.value);
  expect([...new Set(EVERY.map(({ kind }) => kind))].toSorted()).toEqual(kinds.toSorted());
  for (const reason of EVERY) {
    expect(readWaitReason(writeWaitReason(reason))).toEqual(reason);
    expect(waitWords(reason)).toMatch(/\w$/);
  }
});

test("a row of an older Porter says what it says, and one of a newer form waits without its reason", () => {
  const sentence = "Fly has no capacity in iad, trying again in a minute";
  expect(readWaitReason(sentence)).toEqual({ kind: "older", sentence });
  expect(readWaitReason(null)).toBeNull();
  for (const text of ['{"kind":"moon_full"}', "null", "1"])
    expect(readWaitReason(text)).toEqual({ kind: "older", sentence: null });
});

test("only where Fly gave nothing does Fly have words", () => {
  for (const reason of EVERY)
    expect(flyWords(reason) !== null).toBe(reason.kind === "fly_full" || reason.kind === "fly_silent");
  expect(waitWords({ kind: "fly_full", region: "iad", next: "ord" })).toBe("Fly has no capacity in iad, trying ord");
});
