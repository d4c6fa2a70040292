import type { Calm } from "./calm";
import type { HistoryRow } from "./history";
import type { Stage } from "./stage";

/** A broken promise. `about`: ids whose history matters. */
export type Violation = { invariant: string; text: string; about: string[] };
export type Found = { stage: Stage; calm: Calm; history: HistoryRow[] };

export const broken = (invariant: string, text: string, ...about: string[]): Violation => ({ invariant, text, about });
