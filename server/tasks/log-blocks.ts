import { z } from "zod";
import { LOG_RETENTION_DAYS } from "@/lib/live";
import type { AttemptRow } from "@/server/db/task-store";

const blocksSchema = z.array(z.object({ first: z.number().int(), last: z.number().int(), bytes: z.number().int() }));
/** A sealed part of a log: records `first` to `last` (numbers), `bytes` as stored. */
export type LogBlock = z.infer<typeof blocksSchema>[number];

export const blocksOf = (attempt: Pick<AttemptRow, "logBlocks">): LogBlock[] =>
  blocksSchema.parse(JSON.parse(attempt.logBlocks));

/** When the log is deleted; null while the attempt lives. */
export const logExpiry = (attempt: Pick<AttemptRow, "endedAt">): string | null =>
  attempt.endedAt === null
    ? null
    : new Date(Date.parse(attempt.endedAt) + LOG_RETENTION_DAYS * 24 * 3600_000).toISOString();
