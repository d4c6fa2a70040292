import { z } from "zod";
import { type FoundSteps, foundProblem, NOTHING_FOUND, quotedWord } from "./found.ts";
import type { FileProblem } from "./problem.ts";
import { readLooseJson } from "./read-json.ts";

const FILE = ".devcontainer/devcontainer.json";
const one = z.union([z.string(), z.array(z.string())]);
const command = z.union([one, z.record(z.string(), one)]);
type Command = z.output<typeof command>;
/** In the order in which a container runs them. */
const KEYS = ["updateContentCommand", "postCreateCommand"] as const;

/** The commands that finish a container's set-up. What has another form is told, and the other one counts. */
export function devcontainerCommands(content: string): FoundSteps {
  const read = readLooseJson(FILE, content);
  if (read.is === "broken") return foundProblem(read.problem);
  const lines: string[] = [];
  const problems: FileProblem[] = [];
  for (const key of KEYS) {
    const given = read.value[key];
    if (given === undefined || given === null) continue;
    const parsed = command.safeParse(given);
    if (parsed.success) lines.push(...linesOf(parsed.data));
    else problems.push({ file: FILE, line: null, key, is: "wrong_form" });
  }
  return { ...NOTHING_FOUND, lines, problems };
}

/** Text goes through a shell, a list does not, and what has names runs at the same time. */
function linesOf(given: Command): string[] {
  if (typeof given === "string" || Array.isArray(given)) return scriptOf(given);
  const scripts = Object.values(given).flatMap(scriptOf);
  if (scripts.length < 2) return scripts;
  return [
    ...scripts.map((script, at) => `(\n${script}\n) & pid${at}=$!`),
    ...scripts.map((_, at) => `wait "$pid${at}"`),
  ];
}

function scriptOf(given: string | string[]): string[] {
  if (Array.isArray(given)) return given.length === 0 ? [] : [given.map(wordOf).join(" ")];
  return given.trim() === "" ? [] : [filled(given.trimEnd(), (shell) => shell)];
}

const VARIABLE =
  /\$\{(localWorkspaceFolder|containerWorkspaceFolder|localWorkspaceFolderBasename|containerWorkspaceFolderBasename|(?:localEnv|containerEnv):(\w+)(?::([^}]*))?)\}/g;

/** The file's own variables as the shell knows them: the clone is the workspace, and there is no host. */
const filled = (words: string, shown: (shell: string) => string): string =>
  words.replace(VARIABLE, (...found: (string | undefined)[]) => {
    const [, name = "", variable, standard = ""] = found;
    if (name.startsWith("localEnv")) return standard;
    if (variable !== undefined) return shown(`\${${variable}:-${standard.replace(/[\\"$`]/g, "\\$&")}}`);
    return shown(name.endsWith("Basename") ? "${PWD##*/}" : "$PWD");
  });

/** One argument; its variables are filled in between the quotes. */
function wordOf(argument: string): string {
  const parts = argument.split(VARIABLE);
  if (parts.length === 1) return quotedWord(argument);
  const literal = argument
    .replace(VARIABLE, "\0$&\0")
    .split("\0")
    .filter((part) => part !== "");
  const words = literal.map((part) => {
    const shell = filled(part, (variable) => `"${variable}"`);
    return shell === part ? quotedWord(part) : shell;
  });
  return words.join("") || "''";
}
