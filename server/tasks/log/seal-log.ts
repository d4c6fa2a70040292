import type { Obligation } from "@/lib/obligations";
import type { AppContext } from "@/server/context";
import type { LogChunkRow } from "@/server/db/log-rows";
import type { AttemptRow } from "@/server/db/task-store";
import { describeError } from "@/server/log";
import { loadRunSettings } from "@/server/settings/run-settings";
import { blocksOf, type LogBlock, keyOf } from "./read-log";
import { postponeObligation } from "../postpone-obligation";

/** Of one block; by text as well, because its reader unpacks it whole. */
const BLOCK = { records: 10_000, characters: 4_000_000 } as const;
/** Of one call; the rest is the next call's. */
const BUDGET_MS = 10_000;
/** Chunks of a block at most; R2 deletes a thousand with one call. */
const CHUNKS = 1000;
/** Chunks that are fetched side by side; a Worker holds six connections. */
const AT_ONCE = 5;

/**
 * What an ended attempt owes its log: chunks become blocks, block by block, then go. Idempotent, and safe to be cut
 * between any two steps: a block is written under a name that says its range, committed by its row, and only then are
 * its chunks deleted, objects before rows. Joined gzip members would be rejected by readers, so blocks are packed again.
 */
export async function sealLog(context: AppContext, attempt: AttemptRow, row?: Obligation): Promise<void> {
  const endsAt = context.clock.now().getTime() + BUDGET_MS;
  try {
    for (let blocks: LogBlock[] | null = blocksOf(attempt); blocks !== null;) {
      await removeSealed(context, attempt, blocks);
      blocks = await sealNext(context, attempt, blocks);
      if (context.clock.now().getTime() >= endsAt) return;
    }
  } catch (error) {
    const message = describeError(error);
    context.log.warn("log.seal_failed", { taskId: attempt.taskId, tries: row?.tries ?? 0, error: message });
    await postponeObligation(context, { attempt, row }, { kind: "seal_log", failed: { message } });
  }
}

/** Deletes the blocks of logs that are older than their owners keep them, some at a time. Returns how many logs. */
export async function expireLogs(context: AppContext, limit: number): Promise<number> {
  const expired = await context.db.logRows.expired(context.clock.now().toISOString(), limit);
  for (const attempt of expired) {
    await context.logs.remove(blocksOf(attempt).map((block) => keyOf(context, attempt, block)));
    await context.db.logRows.forgetBlocks(attempt.taskId, attempt.attempt);
  }
  return expired.length;
}

/** Deletes the chunks that blocks hold by now. */
async function removeSealed(context: AppContext, attempt: AttemptRow, blocks: LogBlock[]): Promise<void> {
  const record = blocks.at(-1)?.last;
  if (record === undefined) return;
  const of = { taskId: attempt.taskId, attempt: attempt.attempt };
  for (;;) {
    const chunks = await context.db.logRows.chunksThrough({ ...of, record, limit: CHUNKS });
    const last = chunks.at(-1);
    if (last === undefined) return;
    await context.logs.remove(chunks.map((chunk) => chunk.r2Key));
    await context.db.logRows.removeChunksThrough({ ...of, record: last.lastRecord });
  }
}

/** Makes and commits the next block. Returns all blocks, or null when the log is sealed or another sealer came first. */
async function sealNext(context: AppContext, attempt: AttemptRow, blocks: LogBlock[]): Promise<LogBlock[] | null> {
  const { taskId, attempt: number } = attempt;
  const chunks = await context.db.logRows.chunksAfter({
    taskId,
    attempt: number,
    record: blocks.at(-1)?.last ?? 0,
    limit: CHUNKS,
  });
  const packed = await gather(context, chunks);
  if (packed === null) {
    const now = context.clock.now();
    const { config } = await loadRunSettings(context, attempt.userId);
    const keptMs = config.settings.logRetentionDays * 24 * 3600_000;
    const expiresAt = new Date(Date.parse(attempt.endedAt ?? now.toISOString()) + keptMs).toISOString();
    await context.db.logRows.sealed({ taskId, attempt: number, now: now.toISOString(), expiresAt });
    return null;
  }
  const bytes = await context.logs.putText(keyOf(context, attempt, packed), packed.text);
  const next = [...blocks, { first: packed.first, last: packed.last, bytes }];
  const isCommitted = await context.db.logRows.addBlock({
    taskId,
    attempt: number,
    from: JSON.stringify(blocks),
    to: JSON.stringify(next),
  });
  return isCommitted ? next : null;
}

type Packed = { first: number; last: number; text: string };

/** The text of as many whole chunks as a block takes, at least one; null when there is none. */
async function gather(context: AppContext, chunks: LogChunkRow[]): Promise<Packed | null> {
  const first = chunks[0]?.firstRecord;
  if (first === undefined) return null;
  const packed: Packed = { first, last: first, text: "" };
  const isFull = (chunk: LogChunkRow) =>
    packed.text !== "" && (chunk.lastRecord - first >= BLOCK.records || packed.text.length >= BLOCK.characters);
  for (let from = 0; from < chunks.length; from += AT_ONCE) {
    const some = chunks.slice(from, from + AT_ONCE);
    const texts = await Promise.all(some.map((chunk) => context.logs.text(chunk.r2Key)));
    for (const [index, chunk] of some.entries()) {
      if (isFull(chunk)) return packed;
      packed.text += texts[index] ?? gapLine(chunk);
      packed.last = chunk.lastRecord;
    }
  }
  return packed;
}

/** A chunk that the bucket has lost leaves a mark that readers show. */
const gapLine = ({ firstRecord: n, lastRecord }: LogChunkRow): string =>
  `${JSON.stringify({ n, t: 0, k: "x", dropped: lastRecord - n + 1, s: `${lastRecord - n + 1} records were lost` })}\n`;
