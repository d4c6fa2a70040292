import { describe, expect, test } from "vitest";
import { applyCommand, commentOf, readCommand, type TaskChoice } from "./task-choice";

const choice: TaskChoice = {
  agent: "opencode",
  model: "a/b",
  priority: null,
  base: null,
  machine: null,
  budget: null,
  instructions: "",
};

describe("text that begins with the mention", () => {
  test("is the command that a comment would be", () => {
    const read = readCommand("@porter claude --priority=high fix the test", ["porter"]);
    if (read.kind !== "start") throw new Error(read.kind);
    expect(applyCommand(choice, read.command)).toEqual({
      agent: "claude",
      model: null,
      priority: "high",
      base: null,
      machine: null,
      budget: null,
      instructions: "fix the test",
    });
  });

  test("keeps what it does not name", () => {
    const read = readCommand("@porter fix the test", ["porter"]);
    if (read.kind !== "start") throw new Error(read.kind);
    expect(applyCommand(choice, read.command)).toEqual({ ...choice, instructions: "fix the test" });
  });

  test("says what was meant where it is misspelt", () => {
    expect(readCommand("@porter --priorty=high fix it", ["porter"])).toMatchObject({
      kind: "mistake",
      mistake: { code: "unknown_flag", correctForm: "@porter --priority=high fix it" },
    });
  });

  test("starts nothing for a verb or for two commands", () => {
    expect(readCommand("@porter status", ["porter"]).kind).toBe("other");
    expect(readCommand("@porter fix it\n@porter claude and this", ["porter"]).kind).toBe("other");
  });
});

test.each(["fix the test", "", "mail porter@porter.dev", "@porter-bot hello"])("%j is plain words", (text) => {
  expect(readCommand(text, ["porter"]).kind).toBe("words");
});

test("a choice written as a comment reads back as itself", () => {
  const full: TaskChoice = {
    agent: "claude",
    model: "opus",
    priority: "low",
    base: "release/1",
    machine: "large",
    budget: 2,
    instructions: "stop using moment",
  };
  const read = readCommand(commentOf(full, "porter"), ["porter"]);
  if (read.kind !== "start") throw new Error(read.kind);
  expect(applyCommand(choice, read.command)).toEqual(full);
});
