import type { LogRecord } from "@/lib/agent-protocol";
import type { LogPage } from "@/lib/live";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { readableTask } from "../read/get";
import { z } from "zod";
import { readJson } from "@/lib/json";
import type { AttemptRow } from "@/server/db/task-store";

/** Chunks that are fetched side by side; a Worker holds six connections. */
const AT_ONCE = 5;
/** A page ends after so much text, however few records that is. */
const PAGE_CHARACTERS = 1_000_000;

/** An attempt of a task of the signed-in user; 0: the newest. `not_found` like the task's own. */
export async function ownAttempt(
  context: AppContext,
  input: { id: string; attempt: number | undefined },
): Promise<{ taskId: string; number: number; row: AttemptRow | null }> {
  const task = await readableTask(context, input.id);
  const number = input.attempt ?? task.attempt;
  const row = number === 0 ? null : await context.db.attempts.get(task.id, number);
  if (row === null && input.attempt !== undefined) throw new AppError("not_found", "There is no such attempt.");
  return { taskId: task.id, number, row };
}

/** `GET /api/tasks/:id/log`: records after record number `after`, by default of the newest attempt. */
export async function readLogPage(
  context: AppContext,
  input: { id: string; attempt: number | undefined; after: number; limit: number },
): Promise<LogPage> {
  const { row, number } = await ownAttempt(context, input);
  if (row === null)
    return { attempt: number, records: [], nextAfter: null, total: 0, sealedAt: null, blocks: [], expiresAt: null };
  const records = await recordsAfter(context, row, input);
  const last = records.at(-1)?.n;
  return {
    attempt: number,
    records,
    nextAfter: last !== undefined && last < row.records ? last : null,
    total: row.records,
    sealedAt: row.logSealedAt,
    blocks: blocksOf(row),
    expiresAt: row.logExpiresAt,
  };
}

/**
 * Up to `limit` records with a number above `after`, ascending, out of blocks or chunks, whatever holds them. When
 * the attempt was sealed between two of the reads, it is read again.
 */
export async function recordsAfter(
  context: AppContext,
  attempt: AttemptRow,
  range: { after: number; limit: number },
): Promise<LogRecord[]> {
  const found = await collect(context, attempt, range);
  if (!found.isTorn) return found.records;
  const fresh = await context.db.attempts.get(attempt.taskId, attempt.attempt);
  return fresh === null ? [] : (await collect(context, fresh, range)).records;
}

type Collected = { records: LogRecord[]; isTorn: boolean };

async function collect(
  context: AppContext,
  attempt: AttemptRow,
  range: { after: number; limit: number },
): Promise<Collected> {
  const page = createPage(range);
  for (const block of blocksOf(attempt)) {
    if (page.isFull()) return { records: page.records, isTorn: false };
    if (block.last > range.after) page.add((await context.logs.get(keyOf(context, attempt, block))) ?? []);
  }
  if (attempt.logSealedAt !== null) return { records: page.records, isTorn: false };
  while (!page.isFull()) {
    const { taskId, attempt: number } = attempt;
    const chunks = await context.db.logRows.chunksAfter({
      taskId,
      attempt: number,
      record: page.end(),
      limit: AT_ONCE,
    });
    // Fewer than the attempt has: their rows went a moment ago, for blocks hold them now.
    if (chunks.length === 0) return { records: page.records, isTorn: page.end() < attempt.records };
    const texts = await Promise.all(chunks.map((chunk) => context.logs.get(chunk.r2Key)));
    for (const records of texts) {
      // Sealed just now, for a chunk goes after its block is there.
      if (records === null) return { records: page.records, isTorn: true };
      page.add(records);
    }
  }
  return { records: page.records, isTorn: false };
}

/** Gathers records in order up to a limit of number and text; at least one. */
function createPage({ after, limit }: { after: number; limit: number }) {
  const records: LogRecord[] = [];
  let characters = 0;
  const isFull = () => records.length >= limit || characters >= PAGE_CHARACTERS;
  const end = () => records.at(-1)?.n ?? after;
  return {
    records,
    isFull,
    end,
    add(more: LogRecord[]) {
      for (const record of more) {
        if (isFull()) return;
        if (record.n <= end()) continue;
        records.push(record);
        characters += record.s.length + 40;
      }
    },
  };
}

export const keyOf = (
  context: AppContext,
  attempt: Pick<AttemptRow, "taskId" | "attempt">,
  block: Pick<LogBlock, "first" | "last">,
): string => context.logs.blockKey(attempt.taskId, attempt.attempt, block);

const blocksSchema = z.array(z.object({ first: z.number().int(), last: z.number().int(), bytes: z.number().int() }));
/** A sealed part of a log: records `first` to `last` (numbers), `bytes` as stored. */
export type LogBlock = z.infer<typeof blocksSchema>[number];

export const blocksOf = (attempt: Pick<AttemptRow, "logBlocks">): LogBlock[] =>
  readJson(blocksSchema, attempt.logBlocks);
