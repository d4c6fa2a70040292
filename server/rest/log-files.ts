import { z } from "zod";
import { TASK_ID_PATTERN } from "@/lib/task";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { logText } from "@/server/tasks/log/log-text";
import { blocksOf, keyOf, ownAttempt } from "@/server/tasks/log/read-log";

const PATH = /^\/api\/tasks\/([^/]+)\/log(?:\.txt|\/blocks\/(\d{1,6}))$/;
const attemptNumber = z.coerce.number().int().min(1).optional();

/** True for what `answerLogFile` answers. */
export const isLogFilePath = (pathname: string): boolean => PATH.test(pathname);

/**
 * `GET /api/tasks/:id/log.txt?attempt=`: the raw log as text, ANSI kept, to be saved.
 * `GET /api/tasks/:id/log/blocks/:index?attempt=`: a sealed block as stored: gzip NDJSON that never changes.
 * Only for the task's owner, like the task itself. null for any other path or method.
 */
export async function answerLogFile(request: Request, context: AppContext): Promise<Response | null> {
  const url = new URL(request.url);
  const match = PATH.exec(url.pathname);
  if (match === null || request.method !== "GET") return null;
  const [, id = "", block] = match;
  const asked = attemptNumber.safeParse(url.searchParams.get("attempt") ?? undefined);
  if (!asked.success)
    throw new AppError("bad_request", "`attempt` is the number of an attempt, from 1.", { field: "attempt" });
  const attempt = asked.data;
  const found = await ownAttempt(context, { id: TASK_ID_PATTERN.test(id) ? id : "", attempt });
  if (block !== undefined) return answerBlock(context, found, Number(block));
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename="${found.taskId}-${found.number}.log.txt"`,
    "cache-control": "private, no-store",
  };
  return new Response(found.row === null ? "" : streamOf(logText(context, found.row)), { headers });
}

async function answerBlock(
  context: AppContext,
  { row }: Awaited<ReturnType<typeof ownAttempt>>,
  index: number,
): Promise<Response> {
  const block = row === null ? undefined : blocksOf(row)[index];
  const stored = row === null || block === undefined ? null : await context.logs.open(keyOf(context, row, block));
  if (stored === null) throw new AppError("not_found", "This part of the log is not there.");
  return new Response(stored, {
    // The body is packed already.
    encodeBody: "manual",
    headers: {
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
      "cache-control": "private, max-age=31536000, immutable",
    },
  });
}

/** Text as it is made, no faster than it is read. */
function streamOf(parts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(utf8.encode(value));
    },
    async cancel() {
      await parts.return();
    },
  });
}
