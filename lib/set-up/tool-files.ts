import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { type FoundSteps, foundTools, foundProblem, NOTHING_FOUND } from "./found.ts";
import { isTooLarge } from "./read-yaml.ts";

/** mise reads both files itself. What cannot be fetched is not worth a failed set-up. */
const INSTALL = "mise install || true";
const tools = z.object({ tools: z.record(z.string(), z.unknown()).default({}) });

/** Some editors begin a file with it. */
const withoutMark = (content: string): string => content.replace(/^\uFEFF/, "");

export function miseTools(content: string): FoundSteps {
  const problem = { file: "mise.toml", key: null } as const;
  if (isTooLarge(content)) return foundProblem({ ...problem, line: null, is: "too_large" });
  try {
    const read = tools.safeParse(parse(withoutMark(content)));
    if (!read.success) return foundProblem({ ...problem, line: null, key: "tools", is: "wrong_form" });
    return Object.keys(read.data.tools).length === 0 ? NOTHING_FOUND : foundTools([INSTALL]);
  } catch (error) {
    return foundProblem({ ...problem, line: error instanceof TomlError ? error.line : 1, is: "syntax" });
  }
}

/** A tool and its versions a line; what stands behind `#` is a comment. */
export function toolVersions(content: string): FoundSteps {
  const file = ".tool-versions";
  if (isTooLarge(content)) return foundProblem({ file, line: null, key: null, is: "too_large" });
  const lines = withoutMark(content)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim());
  const wrong = lines.findIndex((line) => line !== "" && !/^\S+\s+\S/.test(line));
  if (wrong !== -1) return foundProblem({ file, line: wrong + 1, key: null, is: "syntax" });
  return lines.some((line) => line !== "") ? foundTools([INSTALL]) : NOTHING_FOUND;
}
