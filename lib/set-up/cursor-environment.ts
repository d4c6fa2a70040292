import { z } from "zod";
import { type FoundSteps, foundProblem, NOTHING_FOUND } from "./found.ts";
import { readLooseJson } from "./read-json.ts";

const FILE = ".cursor/environment.json";
const command = z.string().optional().catch(undefined);
const schema = z.object({ install: command, start: command });

/** `install` once before the agent, `start` beside it. */
export function cursorEnvironment(content: string): FoundSteps {
  const read = readLooseJson(FILE, content);
  if (read.is === "broken") return foundProblem(read.problem);
  const { install = "", start = "" } = schema.parse(read.value);
  return {
    ...NOTHING_FOUND,
    lines: install.trim() === "" ? [] : [install.trimEnd()],
    start: start.trim() === "" ? null : start.trimEnd(),
  };
}
