import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { agentsInData } from "./agent-names.ts";
import { ROOT, type CheckResult } from "./command.ts";
import { stateWords } from "./own-state-words.ts";
import { sourceFiles } from "./tree.ts";

const PURE =
  /^server\/(replies|prompts|change-sets)\/|^server\/tasks\/(transitions|owed|times|reconcile\/decide|admission\/starts)|^server\/repositories\/policy/;
const TEST = /\.test\.tsx?$/;

/** Vitest runs it again for each file. */
const SET_UP_OF_EACH_FILE = "server/testing/deny-console-error.ts";

type Rule = { pattern: RegExp; says: string; where?: (path: string) => boolean };

// Who may command in a repository is asked in one function, and a token for its contents is made for machines alone.
const GATE = "server/repositories/gate.ts";
/** In how many lines of these files the permission is asked for: one call, its declaration, and what it is made of. */
const ASKS: Record<string, number> = {
  [GATE]: 1,
  "server/github/port.ts": 1,
  "server/github/repository.ts": 2,
  // The list of those whose words a run hears; the rule about `writers` keeps it from giving power.
  "server/github/thread.ts": 1,
};
const ONLY_THE_GATE = `only the gate asks who may command: call askGate of ${GATE}`;
/** By its name, its path in one piece or several, and as Octokit and GraphQL call it. */
const PERMISSION = /\bpermissionOf\b|["'`/]collaborators?\b|CollaboratorPermission|\bviewerPermission\b/i;
const MINTS = [
  "server/identity/may-use.ts",
  "server/github/app.ts",
  "server/github/port.ts",
  "server/repositories/confirm-installation.ts",
  "server/repositories/github-access.ts",
  "server/tasks/attempt/git-token.ts",
];
const besides =
  (files: readonly string[]) =>
  (path: string): boolean =>
    /^(?:server|lib|app|components|agent-image)\//.test(path) &&
    !path.startsWith("server/testing/") &&
    !TEST.test(path) &&
    !files.includes(path);

// What the linter cannot express. Patterns are built so that this file does not match itself.
const RULES: Rule[] = [
  { pattern: /\bas unknown as\b/, says: "a double cast hides a type error: parse the value" },
  { pattern: /\b(TO[D]O|FIX[M]E|X[X]X)\b/, says: "work left for later belongs in an issue" },
  { pattern: /\bvi\.mock\(\s*["'](@\/|\.)/, says: "our own modules are not mocked: use a stateful fake" },
  {
    pattern: /\b(?:ox|es)lint-disabl[e](?!-next-line\W[\w/-]+\W--\W)/,
    says: "a rule is turned off for one line at a time, with its reason behind it",
  },
  {
    pattern: /\b(?:ox|es)lint-disabl[e].*(?:\bmax-|porter\/|no-explicit-any|no-unsafe)/,
    says: "this rule is never turned off: mend what it found",
  },
  {
    pattern:
      /\bimport\((?!["'`]|$)|\bimport\(\s*(?:"[^"]*"|'[^']*')\s*\+|\bimport\(`[^`]*\$\{|\bcreateRequire\b|\bdeclare module ["'](?:\.|@\/)/,
    says: "what is imported is written out, in one text: the rules of who may import whom see nothing else",
    where: (path) => /^(?:app|components|lib|server)\//.test(path) && !TEST.test(path),
  },
  { pattern: /\b(test|it|describe)\.only\(/, says: "the other tests of this file do not run" },
  {
    pattern: /^(?:before|after)(?:All|Each)\(/,
    says: "files that share a process share this module: its hooks are those of the first file alone",
    where: (path) => !TEST.test(path) && path !== SET_UP_OF_EACH_FILE,
  },
  {
    pattern: PERMISSION,
    says: ONLY_THE_GATE,
    where: besides(Object.keys(ASKS)),
  },
  {
    pattern: /\baskRole\b/,
    says: ONLY_THE_GATE,
    where: besides([GATE]),
  },
  {
    pattern: /\bmayCommandInOneOf\b/,
    says: ONLY_THE_GATE,
    where: besides([GATE, "server/repositories/confirm-installation.ts"]),
  },
  {
    pattern: /\.writers\(/,
    says: "the list of writers says whose words a run hears, and gives nobody any power",
    where: besides(["server/repositories/discussion.ts"]),
  },
  {
    pattern: /\bwithGitData\b|\.gitData\(/,
    says: "a second door to writing: reachToWrite of server/tasks/writing, behind the gate",
    where: besides(["server/repositories/github-access.ts", "server/tasks/writing/reach.ts"]),
  },
  {
    pattern: /\bmachines\.launch\b|\blaunch\b.*=\s*[\w.]*\bmachines\b/,
    says: "a second door to machines: one is launched by launchMachine of server/tasks/attempt/launch.ts",
    where: besides(["server/tasks/attempt/launch.ts"]),
  },
  {
    pattern: /\bcreateInstallationToken\b|\baccess_tokens\b|InstallationAccessToken/i,
    says: "a second door to tokens: a machine's is made by mintGitToken, Porter's own by withRepository, that for a list of members by mayUse",
    where: besides(MINTS),
  },
  {
    pattern: /\bnew[ ]Date\(\)/,
    says: "a pure file is given its time",
    where: (path) => PURE.test(path) && !TEST.test(path),
  },
];

const VAGUE = /^(utils?|helpers?|misc|common|manager)\.tsx?$/;

/** Rules of the house that are a matter of words: names of files, casts, mocks, work left for later. */
export function checkHouseWords(): CheckResult {
  const lines = agentsInData();
  for (const path of sourceFiles()) {
    if (VAGUE.test(basename(path))) lines.push(`${path}: name it after what it holds`);
    const text = readFileSync(join(ROOT, path), "utf8").split("\n");
    const asks = ASKS[path];
    if (asks !== undefined && text.filter((line) => PERMISSION.test(line)).length !== asks)
      lines.push(`${path}: ${ONLY_THE_GATE}, in one place`);
    text.forEach((line, index) => {
      for (const { pattern, says, where } of RULES) {
        if (pattern.test(line) && (where?.(path) ?? true)) lines.push(`${path}:${index + 1}: ${says}`);
      }
      for (const says of stateWords(path, line)) lines.push(`${path}:${index + 1}: ${says}`);
    });
  }
  return { ok: lines.length === 0, output: lines.join("\n") };
}
