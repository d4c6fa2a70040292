import { readBounded } from "@/lib/bounded-body";
import { CHANGE_SET_LIMITS } from "@/lib/change-set";
import { type PartQuery, partQuerySchema } from "@/lib/change-set-upload";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { storePart, type PartPosition, positionOfPart } from "@/server/tasks/change-set/store-part";
import { withMemory } from "./with-memory";

/** The query of a part: each name once, and none that is not known. @throws AppError (bad_request) */
export function partQueryOf(url: string): PartQuery {
  const given = [...new URL(url).searchParams];
  const parsed = partQuerySchema.safeParse(Object.fromEntries(given));
  const isOnce = new Set(given.map(([name]) => name)).size === given.length;
  if (parsed.success && isOnce) return parsed.data;
  const field = parsed.error?.issues[0]?.path.join(".") || "query";
  throw new AppError("bad_request", `The query is not one of a part (${field}).`, { field });
}

/** `POST /api/callbacks/part`: one part of a set. The body is not read before it is known whose it is. */
export async function receivePart(
  context: AppContext,
  attempt: AttemptRow,
  { query, request }: { query: PartQuery; request: Request },
): Promise<PartPosition> {
  const position = await positionOfPart(context, attempt, query);
  if (position.kind !== "next") {
    // Taken, and forgotten: who is still sending would not hear the answer.
    await request.body?.pipeTo(new WritableStream());
    return position;
  }
  const said = Number(request.headers.get("content-length") ?? Infinity);
  const most = CHANGE_SET_LIMITS.partBytes;
  // As it came, and once more as it is sealed.
  const kept = await withMemory(2 * Math.min(said, most), context.clock.now().getTime(), async () => {
    const content = await readBounded(request, most);
    if (content === null) throw new AppError("too_large", "A part has at most 8 MB.");
    return storePart(context, attempt, { query, content });
  });
  if (kept === null) throw new AppError("unavailable", "Porter takes other parts just now; send this again.");
  return kept;
}
