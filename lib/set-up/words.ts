import { type FileProblem, problemSentence } from "./problem.ts";
import { durationText } from "../format.ts";
import type { SetUp } from "./find.ts";
import type { MachineSetUp, SetUpReport } from "./protocol.ts";

type Shown = Pick<SetUp, "from" | "run" | "start" | "services">;

/** What was chosen and from where, in one line; null: nothing says how this repository is set up. */
export function setUpLine({ from, run, start, services }: Shown, code: (text: string) => string): string | null {
  if (from.length === 0) return null;
  const lines = (run ?? "").split("\n").filter((line) => line.trim() !== "");
  const [first = ""] = lines;
  const more = lines.length === 1 ? "" : ` and ${lines.length - 1} more ${lines.length === 2 ? "line" : "lines"}`;
  const parts = [
    ...(run === null ? [] : [`${code(first)}${more}`]),
    ...(start === null ? [] : [`${code(start.split("\n")[0] ?? "")} beside the agent`]),
    ...services,
  ];
  return `Set-up: ${parts.length === 0 ? "nothing to run" : parts.join(", ")}, from ${from.map(code).join(" and ")}`;
}

/** A sentence for each problem, `most` of them. */
export function problemSentences(
  problems: readonly FileProblem[],
  { code, most = 20 }: { code: (text: string) => string; most?: number },
): string[] {
  const told = problems.slice(0, most).map((problem) => problemSentence(problem, code));
  const left = problems.length - told.length;
  return left > 0 ? [...told, `And ${left} more like these.`] : told;
}

export const isBadReport = ({ outcome }: SetUpReport): boolean => outcome === "failed" || outcome === "timed_out";

/** How a set-up ended that did not end well. */
export function reportSentence({ outcome, ms, exitCode }: SetUpReport): string {
  if (outcome === "timed_out") return `The repository's set-up was not done after ${durationText(ms)}.`;
  return `The repository's set-up failed${exitCode === null ? "" : ` with exit code ${exitCode}`}.`;
}

type Withheld = { name: string; reason: MachineSetUp["withheld"][number]["reason"] | "open_machine" };
const WITHHELD: Record<Withheld["reason"], string> = {
  not_saved: "it is not saved for this repository",
  other_app: "this repository's secrets are for machines of another Fly app",
  unreadable: "its saved value cannot be read",
  open_machine: "this machine cannot keep it from the agent",
};
/** Why a set-up goes without a secret. */
export const withheldSentence = ({ name, reason }: Withheld): string => `No secret ${name}: ${WITHHELD[reason]}.`;
