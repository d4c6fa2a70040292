import { askedList, contextOf } from "@/app/request-context";
import { csvLine, TASK_COLUMNS, taskCells } from "@/lib/task-csv";
import { TERMINAL_STATUSES } from "@/lib/task";
import { createCaller } from "@/server/trpc/router";

const PAGE = 200;
/** Without it Excel reads UTF-8 as an old code page: every umlaut and emoji would be broken. */
const BOM = "\uFEFF";
const MOST_ROWS = 20_000;

/** The signed-in user's ended tasks of a filter as CSV, page by page, newest first. */
export async function GET(request: Request): Promise<Response> {
  const context = await contextOf(request);
  if (context.actor.kind !== "user") return new Response("Sign in first.\n", { status: 401 });
  const api = createCaller({ app: context, requestId: context.ids.uuid() });
  const { filter } = await askedList(Object.fromEntries(new URL(request.url).searchParams));
  const text = new TextEncoder();
  let cursor: string | undefined;
  let rows = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(text.encode(BOM + csvLine(TASK_COLUMNS))),
    async pull(stream) {
      const page = await api.tasks.search({ ...filter, statuses: [...TERMINAL_STATUSES], cursor, limit: PAGE });
      stream.enqueue(text.encode(page.tasks.map((task) => csvLine(taskCells(task))).join("")));
      rows += page.tasks.length;
      cursor = page.nextCursor ?? undefined;
      if (cursor === undefined || rows >= MOST_ROWS) stream.close();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="porter-tasks.csv"',
    },
  });
}
