import type { NetworkReport } from "./agent-protocol.ts";

type Report = Pick<NetworkReport, "seal" | "reason">;

/** How far a machine's network was closed, in a word. */
export const SEAL_WORDS: Record<Report["seal"], string> = {
  sealed: "sealed",
  user_namespace: "sealed, without root",
  open: "open",
};

/** Why a machine could not be sealed. */
const REASON_WORDS: Record<NonNullable<Report["reason"]>, string> = {
  not_root: "its runner is not root",
  not_linux: "it is not a Linux machine",
  no_tools: "it lacks the tools for it",
  not_permitted: "its kernel does not permit it",
  leaky: "its check found a way out",
};

/** What an open network means, in one sentence. */
export const openSentence = (reason: Report["reason"]): string =>
  `Network open: the machine could not be sealed${reason === null ? "" : ` (${REASON_WORDS[reason]})`}, so the agent could send what it read to any address.`;
