import { z } from "zod";
import type { TaskStatus } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { taskView } from "./view";

/** The place after a row, opaque to callers: `createdAt` and id, base64url of JSON. */
const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

/** The signed-in user's tasks, newest first, by keyset. Throws `bad_request` for a cursor that is none of ours. */
export async function listTasks(
  context: AppContext,
  input: { cursor?: string | undefined; limit: number; statuses?: TaskStatus[] | undefined },
): Promise<{ tasks: TaskView[]; nextCursor: string | null }> {
  const { userId } = requireUser(context.actor);
  const before = input.cursor === undefined ? undefined : readCursor(input.cursor);
  const rows = await context.db.tasks.listForUser(userId, { limit: input.limit + 1, before, statuses: input.statuses });
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return {
    tasks: page.map((row) => taskView(row, context.env.GITHUB_URL)),
    nextCursor: rows.length > page.length && last !== undefined ? writeCursor(last) : null,
  };
}

const writeCursor = (row: { createdAt: string; id: string }) =>
  btoa(JSON.stringify([row.createdAt, row.id]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

function readCursor(text: string): { createdAt: string; id: string } {
  const problem = new AppError("bad_request", "This cursor is not one of Porter's.", { field: "cursor" });
  let parsed: unknown;
  try {
    parsed = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    throw problem;
  }
  const cursor = cursorSchema.safeParse(parsed);
  if (!cursor.success) throw problem;
  return { createdAt: cursor.data[0], id: cursor.data[1] };
}
