import { z } from "zod";
import { readJson } from "@/lib/json";
import type { AttemptRow } from "@/server/db/task-store";

const blocksSchema = z.array(z.object({ first: z.number().int(), last: z.number().int(), bytes: z.number().int() }));
/** A sealed part of a log: records `first` to `last` (numbers), `bytes` as stored. */
export type LogBlock = z.infer<typeof blocksSchema>[number];

export const blocksOf = (attempt: Pick<AttemptRow, "logBlocks">): LogBlock[] =>
  readJson(blocksSchema, attempt.logBlocks);
