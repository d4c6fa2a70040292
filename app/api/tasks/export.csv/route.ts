import { askedList } from "@/app/request-context";
import { csvLine, TASK_COLUMNS } from "@/lib/task-csv";
import { answerAs } from "@/server/entry/next-routes";
import type { AppContext } from "@/server/context";
import { createCaller } from "@/server/trpc/router";

/** Without it Excel reads UTF-8 as an old code page: every umlaut and emoji would be broken. */
const BOM = "\uFEFF";

/**
 * The signed-in user's ended tasks of a filter as CSV, newest first and all of them: each page is read when the one
 * before it has gone out. One that cannot be read breaks the download off, so that no part passes for the whole.
 */
export const GET = (request: Request): Promise<Response> =>
  answerAs(request, (context) => answerTable(request, context));

async function answerTable(request: Request, context: AppContext): Promise<Response> {
  if (context.actor.kind !== "user") return new Response("Sign in first.\n", { status: 401 });
  const api = createCaller({ app: context, requestId: context.ids.uuid() });
  const { filter } = await askedList(Object.fromEntries(new URL(request.url).searchParams));
  const text = new TextEncoder();
  let cursor: string | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(text.encode(BOM + csvLine(TASK_COLUMNS))),
    async pull(stream) {
      // A pull that brings nothing would be the last one.
      for (let isEmpty = true; isEmpty;) {
        const { lines, nextCursor } = await api.tasks.csv({ ...filter, cursor });
        isEmpty = lines === "" && nextCursor !== null;
        if (lines !== "") stream.enqueue(text.encode(lines));
        if (nextCursor === null) stream.close();
        else cursor = nextCursor;
      }
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="porter-tasks.csv"',
    },
  });
}
