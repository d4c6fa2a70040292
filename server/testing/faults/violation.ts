import type { SettledWorld } from "./settle-world";
import type { HistoryRow } from "./history";
import type { Stage } from "./stage";

/** What holds after every fault run, whatever failed in it. */
export const INVARIANTS = {
  I1: "Nothing is made twice: one mention a command, one task a mention, one retry a question.",
  I2: "An attempt has at most one machine.",
  I3: "No person has more than their five tasks running, at any time.",
  I4: "What has ended stays as it ended.",
  I5: "A machine is gone two minutes after its attempt's end.",
  I6: "Each accepted command ends as a task or as a reason that is kept.",
  I7: "A task has one tracking comment, one pull request and one label, never edited backwards, and they say what is.",
  I8: "No attempt outlives its time.",
  I9: "Phase, progress and log never go back within an attempt.",
  I10: "No secret is in a row, a log, a record or a text on GitHub.",
  I11: "Nobody is answered with a row of somebody else.",
  I12: "A minute after the faults have stopped nothing is overdue, and an hour after nothing is left.",
  I13: "No machine, claim or token without GitHub's word that the requester may write.",
  I14: "What branches show is what was handed over, judged, whole, and once.",
  I15: "No machine has a token that could push.",
  I16: "No act without its line in the audit log, no line without its act, and no more of them than a task lived.",
  I17: "Figures of history that are kept are what a recount says.",
} as const;

/** A broken promise. `about`: ids whose history matters. */
export type Violation = { invariant: keyof typeof INVARIANTS; text: string; about: string[] };
export type CheckedWorld = { stage: Stage; calm: SettledWorld; history: HistoryRow[] };

export const violationOf = (invariant: Violation["invariant"], text: string, ...about: string[]): Violation => ({
  invariant,
  text,
  about,
});
