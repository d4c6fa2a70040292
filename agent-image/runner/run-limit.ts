/** Porter's own limit of a run, once it is reached. */
export type RunLimit = { kind: "requests"; most: number } | { kind: "cost"; mostUsd: number };

export function limitWords(limit: RunLimit): string {
  const what = limit.kind === "requests" ? `${limit.most} model requests` : `$${limit.mostUsd}`;
  return `Porter's limit of ${what} for one run is reached.`;
}
