import { MOST_BYTES, type PartQuery, UPLOAD_LIMITS } from "@/lib/change-set-upload";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { openSet } from "./open-set";
import { boxOf, partsOf, putPart, sha256Of } from "./set-files";

/** `next`: it is wanted. `gap`: `expected` is the number that is. */
export type PartPosition = { kind: "kept" } | { kind: "gap"; expected: number } | { kind: "next" };

const keyOf = ({ taskId, attempt }: AttemptRow, { set }: PartQuery) => ({ taskId, attempt, number: set });

/** Where a part stands among those that are there. @throws AppError (conflict) for one that a whole set lacks */
export async function positionOfPart(
  context: AppContext,
  attempt: AttemptRow,
  query: PartQuery,
): Promise<PartPosition> {
  const row = await context.db.changeSets.get(keyOf(attempt, query));
  return placeIn(row, query);
}

function placeIn(row: ChangeSetRow | null, { kind, number, sha256 }: PartQuery): PartPosition {
  const parts = row === null ? [] : partsOf(row, kind);
  const there = parts[number - 1];
  if (there?.sha256 === sha256) return { kind: "kept" };
  if (row !== null && row.wholeAt !== null) throw new AppError("conflict", "This set is whole without it.");
  return number === parts.length + 1 ? { kind: "next" } : { kind: "gap", expected: parts.length + 1 };
}

/**
 * Keeps the next part of a set. R2 first, then the row, which is the commit: killed between the two, the same part comes
 * again and is stored under the same key. @throws AppError
 */
export async function storePart(
  context: AppContext,
  attempt: AttemptRow,
  { query, content }: { query: PartQuery; content: Uint8Array<ArrayBuffer> },
): Promise<PartPosition> {
  if (content.length === 0) throw new AppError("bad_request", "The part is empty.");
  if ((await sha256Of(content)) !== query.sha256)
    throw new AppError("bad_request", "The part has another hash than it says.", { field: "sha256" });
  const { kind, number, sha256 } = query;
  const row = await openSet(context, attempt, query.set);
  const box = await boxOf(context, row);
  if (box === null) throw new AppError("gone", "This set is deleted.");
  const bytes = partsOf(row, kind).reduce((sum, { size }) => sum + size, content.length);
  const ofAttempt = await context.db.changeSets.bytesOf(row.taskId, row.attempt);
  if (bytes > MOST_BYTES[kind] || ofAttempt + content.length > UPLOAD_LIMITS.attemptBytes)
    throw new AppError("too_large", "The set is larger than Porter takes.");
  await putPart(context, { row, box }, { kind, part: number, sha256, content });
  const isKept = await context.db.changeSets.addPart(row, kind, { number, size: content.length, sha256 });
  if (isKept) return { kind: "kept" };
  const position = await positionOfPart(context, attempt, query);
  // Still the next one: the attempt's last word came meanwhile.
  if (position.kind === "next") throw new AppError("gone", "This attempt is over.");
  return position;
}
