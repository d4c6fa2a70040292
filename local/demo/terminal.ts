import type { NarrationLine } from "./narrate.ts";
import { SCRIPTED } from "../model/plans.ts";
import type { DemoSuccess } from "./result.ts";

/** Writes the run for a person on stderr: one line a step, with the time since the beginning. */
export type Terminal = {
  title(input: { agent: string; isScripted: boolean }): void;
  step(line: NarrationLine): void;
  note(text: string): void;
};

const startedAtMs = Date.now();
const useColor = (stream: NodeJS.WriteStream): boolean => stream.isTTY && !process.env["NO_COLOR"];
const paint = (stream: NodeJS.WriteStream, code: number, text: string): string =>
  useColor(stream) ? `\u001b[${code}m${text}\u001b[0m` : text;
const dim = (text: string): string => paint(process.stderr, 2, text);
const green = (text: string): string => paint(process.stderr, 32, text);

const seconds = (): string => `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`.padStart(8);

export const terminal: Terminal = {
  title({ agent, isScripted }) {
    const model = isScripted ? SCRIPTED : "real model";
    process.stderr.write(`\n  Porter on this machine · ${agent} · ${model}\n\n`);
  },
  step({ text, isDetail }) {
    const mark = isDetail ? dim("  ·") : green("✓");
    process.stderr.write(`${dim(seconds())}  ${mark} ${isDetail ? dim(text) : text}\n`);
  },
  note(text) {
    process.stderr.write(`${dim(seconds())}    ${dim(text)}\n`);
  },
};

/** The end of a good run, on stdout: the pull request and its diff. */
export function printSuccess(result: DemoSuccess, diff: string): void {
  const { pullRequest: pull, task, timings } = result;
  const size = `${pull.filesChanged} ${pull.filesChanged === 1 ? "file" : "files"}, +${pull.additions} −${pull.deletions}`;
  const lines = [
    "",
    `  ${paint(process.stdout, 1, `#${pull.number} ${pull.title}`)}`,
    `  ${pull.url}`,
    `  ${pull.head} → ${pull.base} · ${pull.commits} ${pull.commits === 1 ? "commit" : "commits"} · ${size} · ${(timings.totalMs / 1000).toFixed(1)} s from comment to done`,
    "",
    ...diff
      .trimEnd()
      .split("\n")
      .map((line) => `  ${paintDiff(line)}`),
    "",
    `  Task ${task.id}: ${result.dashboardUrl}`,
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function paintDiff(line: string): string {
  if (/^(diff|index|\+\+\+|---) /.test(line)) return paint(process.stdout, 2, line);
  if (line.startsWith("@@")) return paint(process.stdout, 36, line);
  if (line.startsWith("+")) return paint(process.stdout, 32, line);
  return line.startsWith("-") ? paint(process.stdout, 31, line) : line;
}

/** The end of a run that did not do it, on stderr. */
export function printFailure(reason: string, answer: string | null): void {
  const said =
    answer === null
      ? ""
      : `\n  Porter's answer on the issue:\n${answer
          .split("\n")
          .map((line) => `    ${line}`)
          .join("\n")}\n`;
  process.stderr.write(`\n  ${paint(process.stderr, 31, "✗")} ${reason}\n${said}\n`);
}
