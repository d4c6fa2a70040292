import { z } from "zod";
import { TASK_ID_PATTERN } from "@/lib/task";
import type { AppContext } from "@/server/context";
import { workFile } from "@/server/tasks/read/work";

const PATH = /^\/api\/tasks\/([^/]+)\/changes\.(patch|bundle)$/;
const attemptNumber = z.coerce.number().int().min(1).optional();
const TYPES = { patch: "text/x-patch; charset=utf-8", bundle: "application/octet-stream" } as const;

/** True for what `answerWorkFile` answers. */
export const isWorkFilePath = (pathname: string): boolean => PATH.test(pathname);

/**
 * `GET /api/tasks/:id/changes.patch?attempt=` and `.bundle`: what a run left, as its machine handed it over, to be saved.
 * Only for the task's owner, like the task itself. null for any other path or method.
 */
export async function answerWorkFile(request: Request, context: AppContext): Promise<Response | null> {
  const url = new URL(request.url);
  const [, id = "", kind] = PATH.exec(url.pathname) ?? [];
  if (request.method !== "GET" || (kind !== "patch" && kind !== "bundle")) return null;
  const attempt = attemptNumber.parse(url.searchParams.get("attempt") ?? undefined);
  const { name, stream } = await workFile(context, { id: TASK_ID_PATTERN.test(id) ? id : "", kind, attempt });
  return new Response(stream, {
    headers: {
      "content-type": TYPES[kind],
      // Whoever made the machine chose its bytes: they are never shown as a page of Porter's.
      "content-disposition": `attachment; filename="${name}"`,
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    },
  });
}
