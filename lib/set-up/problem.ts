import { nearestName } from "../commands/near-words.ts";
import { FIELDS, type FieldName } from "./fields.ts";

/** What is wrong with a part of a file that says how a machine is set up. The rest of the file counts. */
export type FileProblem = {
  file: string;
  /** From 1; null: of the whole file. */
  line: number | null;
  /** As in the file, with dots: `setup.timeout`. */
  key: string | null;
} & ProblemKind;

export type ProblemKind =
  /** Nothing of the file can be read. */
  | { is: "syntax" | "too_large" | "too_many_aliases" | "no_keys" }
  | { is: "unknown_key"; near: string | null }
  /** Neither of the two counts. */
  | { is: "twice" }
  /** A file with another name than the one that is read, or one that is no text. */
  | { is: "other_name" | "no_text" }
  | { is: "wrong"; field: FieldName }
  /** The environment is no place for secrets. */
  | { is: "secret_value" }
  /** Porter or an agent sets this variable itself. */
  | { is: "reserved_name" }
  /** A key of another tool's file that has not the form which that tool's documents say. */
  | { is: "wrong_form" }
  /** More than the settings of whose machine it is allow; `to`: what holds instead. */
  | { is: "limited"; to: string }
  /** A step of another tool's file that only this tool can run. */
  | { is: "left_out" };

/** The known key that was probably meant. */
export const nearKey = (key: string, known: readonly string[]): string | null =>
  known.find((name) => name === key.toLowerCase()) ?? nearestName(key.toLowerCase(), known);

/** One sentence: where, what, and what to write instead. `code` shows a text of the file as code. */
export function problemSentence(problem: FileProblem, code: (text: string) => string): string {
  const at = problem.line === null ? "" : `, line ${problem.line}`;
  return `${code(problem.file)}${at}: ${wordsOf(problem, code)}`;
}

function wordsOf(problem: FileProblem, code: (text: string) => string): string {
  const key = problem.key === null ? "" : code(problem.key);
  switch (problem.is) {
    case "syntax":
      return "it cannot be read from here on; correct this line. Nothing of it counts.";
    case "too_large":
      return "it is longer than 64 kB; make it shorter. Nothing of it counts.";
    case "too_many_aliases":
      return "it has more than 20 aliases (`*name`); write their values out. Nothing of it counts.";
    case "no_keys":
      return `it has no keys; write them as in ${code("setup: npm ci")}. Nothing of it counts.`;
    case "unknown_key":
      return problem.near === null
        ? `there is no key ${key}; remove it.`
        : `there is no key ${key}; write ${code(problem.near)}.`;
    case "twice":
      return `${key} stands here a second time; keep one of the two. Neither counts.`;
    case "other_name":
      return `nobody reads this name; rename it to ${code(".porter.yml")}.`;
    case "no_text":
      return "it is a link, or no text in UTF-8; save it as a plain file of text. Nothing of it counts.";
    case "wrong": {
      const { form, example } = FIELDS[problem.field];
      return `${key} must be ${form}; write it as in ${code(example)}.`;
    }
    case "secret_value":
      return `${key} looks like a secret; save it among the repository's secrets in Porter, and revoke this one.`;
    case "reserved_name":
      return `${key} is set by Porter itself; use another name.`;
    case "wrong_form":
      return `${key} is not there in the form that its tool documents; correct it, or write ${code(".porter.yml")}.`;
    case "limited":
      return `${key} is ${problem.to} in this run, which is what the requester's own settings allow.`;
    case "left_out":
      return "this step is left out, because only its own tool can run it; write it in `.porter.yml` as a plain command.";
  }
}
