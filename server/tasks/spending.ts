import type { Spent } from "@/lib/agent-protocol";

/** What the runner's key proxy counted, as an attempt keeps it. */
export const spentFields = ({ costUsd, inputTokens, outputTokens }: Spent) => ({ costUsd, inputTokens, outputTokens });
