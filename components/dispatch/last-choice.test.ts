import { expect, test } from "vitest";
import { keepChoice, lastChoiceFor, recentRepositories } from "./last-choice";

function memory(initial: Record<string, string> = {}) {
  const held = new Map(Object.entries(initial));
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
  };
}
const choice = { agent: "claude", model: "opus", priority: "high", base: "main" } as const;

test("keeps the last choice of each repository, the newest first", () => {
  const storage = memory();
  keepChoice(storage, "a/one", choice);
  keepChoice(storage, "a/two", { ...choice, agent: "amp" });
  keepChoice(storage, "a/one", { ...choice, model: null });
  expect(lastChoiceFor(storage, "a/one")).toEqual({ ...choice, model: null });
  expect(recentRepositories(storage)).toEqual(["a/one", "a/two"]);
});

test.each(["not json", "{}", '[["a/one",{"agent":"gemini"}]]'])("reads nothing out of %s", (stored) => {
  expect(lastChoiceFor(memory({ "porter.dispatch": stored }), "a/one")).toBeNull();
});

test("closed storage loses nothing but the memory", () => {
  const refuse = () => {
    throw new Error("denied");
  };
  const closed = { getItem: refuse, setItem: refuse };
  keepChoice(closed, "a/one", choice);
  expect(lastChoiceFor(closed, "a/one")).toBeNull();
});

test("instructions are never kept", () => {
  const storage = memory();
  keepChoice(storage, "a/one", { ...choice, instructions: "private words" } as typeof choice);
  expect(storage.getItem("porter.dispatch")).not.toContain("private");
});
