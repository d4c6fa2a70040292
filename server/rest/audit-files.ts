import type { AppContext } from "@/server/context";
import { auditFile, everybodysAudit, ownAudit } from "@/server/identity/audit";
import { requireOperator, requireUser } from "@/server/identity/actor";

/** Without it Excel reads UTF-8 as an old code page. */
const BOM = "\uFEFF";

/** `GET /api/audit.csv` and `GET /api/operator/audit.csv`: the audit log to be saved. null for any other path or method. */
export async function answerAuditFile(request: Request, context: AppContext): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return null;
  if (pathname === "/api/audit.csv") {
    requireUser(context.actor);
    return csv(auditFile((page) => ownAudit(context, page)));
  }
  if (pathname !== "/api/operator/audit.csv") return null;
  requireOperator(context);
  const { actor } = context;
  const person = actor.kind === "user" ? { actorId: actor.userId, actorLogin: actor.login } : { actorId: null };
  await context.db.audit.append({ ...person, action: "operator.audit", through: "operator", object: "porter" });
  return csv(auditFile((page) => everybodysAudit(context, page)));
}

function csv(parts: AsyncGenerator<string, void>): Response {
  const utf8 = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(utf8.encode(BOM)),
    async pull(stream) {
      const { done, value } = await parts.next();
      if (done === true) stream.close();
      else stream.enqueue(utf8.encode(value));
    },
    async cancel() {
      await parts.return();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="porter-audit.csv"',
      "cache-control": "private, no-store",
    },
  });
}
