import type { Spent } from "../../../lib/agent-protocol.ts";
import type { KeyProxyStats } from "../key-proxy.ts";

/** What Porter is told of a run's spending. */
export function spentOf({ costUsd, tokens, requests }: KeyProxyStats): Spent {
  const { input, cacheRead, cacheWrite, cacheWriteLong, output } = tokens;
  return { costUsd, inputTokens: input + cacheRead + cacheWrite + cacheWriteLong, outputTokens: output, requests };
}

/** What people should know of how it was counted and what was taken out, a line each. */
export function proxyNotes({ takenOut, refused, unpriced, estimated }: KeyProxyStats): string[] {
  const names = Object.entries(takenOut).map(([name, times]) => `${name} (${times})`);
  return [
    ...(names.length === 0 ? [] : [`Taken out of model calls: ${names.join(", ")}`]),
    ...(refused === 0 ? [] : [`Model calls that were not let through: ${refused}`]),
    ...unpriced.map((model) => `No price is known for ${model}: its provider's dearest is counted`),
    ...(estimated === 0
      ? []
      : [`Answers that did not tell their cost: ${estimated}, each counted as the most it can have cost`]),
  ];
}
