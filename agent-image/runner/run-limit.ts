import { costText } from "../../lib/format.ts";

/** Porter's own limit of a run, once it is reached. */
export type RunLimit = { kind: "requests"; most: number } | { kind: "budget"; spentUsd: number; budgetUsd: number };

export const limitWords = (limit: RunLimit): string =>
  limit.kind === "requests"
    ? `Porter's limit of ${limit.most} model requests for one run is reached.`
    : `The budget of this task is spent: ${costText(limit.spentUsd)} of ${costText(limit.budgetUsd)}.`;
