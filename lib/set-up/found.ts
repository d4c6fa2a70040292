import type { SetUpService } from "./kinds.ts";
import type { FileProblem } from "./problem.ts";

/** What a file of another tool says of setting a machine up. */
export type FoundSteps = {
  /** Lines for `bash -e`, run first: versions of languages, which are not the packages that the code needs. */
  tools: string[];
  /** Lines for `bash -e`. */
  lines: string[];
  /** Left running while the agent works. */
  start: string | null;
  /** What runs beside the agent. */
  services: SetUpService[];
  problems: FileProblem[];
};

export const NOTHING_FOUND: FoundSteps = { tools: [], lines: [], start: null, services: [], problems: [] };
export const foundTools = (tools: string[]): FoundSteps => ({ ...NOTHING_FOUND, tools });
export const foundLines = (lines: string[]): FoundSteps => ({ ...NOTHING_FOUND, lines });
export const foundProblem = (problem: FileProblem): FoundSteps => ({ ...NOTHING_FOUND, problems: [problem] });

/** One word for the shell, whatever it holds. */
export const quotedWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A tool of this version, where the machine may fetch it: without it the set-up goes on with the machine's own. */
export const toolLine = (tool: string, version: string): string =>
  `mise use --global ${quotedWord(`${tool}@${version}`)} || true`;
