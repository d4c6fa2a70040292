import JSON5 from "json5";
import { z } from "zod";
import type { FileProblem } from "./problem.ts";
import { isTooLarge } from "./read-yaml.ts";

type Read = { is: "read"; value: Record<string, unknown> } | { is: "broken"; problem: FileProblem };
const keys = z.record(z.string(), z.unknown());
const syntaxError = z.object({ lineNumber: z.number().int() });

/** JSON as editors take it: with comments and commas at the end. */
export function readLooseJson(file: string, text: string): Read {
  const broken = (is: "syntax" | "too_large" | "no_keys", line: number | null): Read => ({
    is: "broken",
    problem: { file, line, key: null, is },
  });
  if (isTooLarge(text)) return broken("too_large", null);
  try {
    const value = keys.safeParse(JSON5.parse(text.replace(/^\uFEFF/, "")));
    return value.success ? { is: "read", value: value.data } : broken("no_keys", 1);
  } catch (error) {
    return broken("syntax", syntaxError.safeParse(error).data?.lineNumber ?? 1);
  }
}
