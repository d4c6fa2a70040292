import next from "../../.open-next/worker.js";
import { NotConfigured, composeContext } from "@/server/composition/compose";
import { isPageRead, isPlainPath } from "@/lib/request-safety";
import { refuseWrongOperator } from "@/server/auth/operator-token";
import { currentActor } from "@/server/auth/session-cookie";
import { type AppContext, withActor } from "@/server/context";
import { handleHotPath, isHotPath } from "./hot-paths";
import { answerOrProblem, problemBody } from "@/server/http-errors";
import { createLogger } from "@/server/log";
import { withReadBody } from "./next-body";
import { unexpectedNextHeader } from "./next-headers";
import { consumeBatch } from "./queues";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { handleRest } from "@/server/rest/handle-rest";
import { isLogFilePath } from "@/server/rest/log-files";
import { isWorkFilePath } from "@/server/rest/work-files";
import { type Edge, edgeOf, withNonce, withSecurityHeaders } from "./security-headers";
import { notConfiguredResponse, startupCheck } from "./startup-check";
import { handleTrpc, isStreamPath } from "@/server/trpc/handle-trpc";

export { LiveHub } from "@/server/live/live-hub";
/** Next without what goes ahead of it. No request from outside reaches it: nothing binds this entrypoint but tests of the second door. */
export { default as NextAlone } from "../../.open-next/worker.js";

/** Cloudflare's entry: hot paths and streams ahead of Next, then OpenNext; cron and queues. */
export default {
  async fetch(request: Request, env: CloudflareEnv, ctx: ExecutionContext): Promise<Response> {
    const url = new URL(request.url);
    const edge = edgeOf(env, crypto.randomUUID().replaceAll("-", ""));
    const where = { method: request.method, path: url.pathname };
    const answer = await answerOrProblem({ log: createLogger(), where }, () => route(request, { env, ctx, url, edge }));
    return withSecurityHeaders(answer, { url, edge });
  },

  async scheduled(_controller: ScheduledController, env: CloudflareEnv, ctx: ExecutionContext): Promise<void> {
    await sweepDueRows(composeContext(env, (work) => ctx.waitUntil(work)));
  },

  async queue(batch: MessageBatch, env: CloudflareEnv, ctx: ExecutionContext): Promise<void> {
    await consumeBatch(batch, env, (work) => ctx.waitUntil(work));
  },
} satisfies ExportedHandler<CloudflareEnv>;

type Call = { env: CloudflareEnv; ctx: ExecutionContext; url: URL; edge: Edge };

async function route(request: Request, { env, ctx, url, edge }: Call): Promise<Response> {
  if (!isPlainPath(request.url))
    return Response.json(problemBody("bad_request", "This path cannot be read in one way only."), { status: 400 });
  const strange = unexpectedNextHeader(request.headers);
  if (strange !== null)
    return Response.json(problemBody("bad_request", `The header ${strange} cannot be read.`), { status: 400 });
  const after = (work: Promise<unknown>) => ctx.waitUntil(work);
  if (url.pathname === "/api/startup/check" && request.method === "GET")
    return startupCheck(request, env, () => composeContext(env, after));
  let context: AppContext;
  try {
    context = composeContext(env, after);
  } catch (error) {
    if (error instanceof NotConfigured) return notConfiguredResponse(error.problems);
    throw error;
  }
  if (isHotPath(url.pathname)) return handleHotPath(request, env, after);
  const refused = await refuseWrongOperator(context, request.headers);
  if (refused !== null) return refused;
  // What stays open or is large goes around Next, which would hold each of them in its own render.
  const isFile = isLogFilePath(url.pathname) || isWorkFilePath(url.pathname);
  const long = isStreamPath(url.pathname) ? handleTrpc : isFile ? handleRest : null;
  if (long !== null) return long(request, withActor(context, await currentActor(context, request.headers)));
  if (!isPageRead({ method: request.method, pathname: url.pathname }))
    return Response.json(problemBody("bad_request", "A page is read with GET."), {
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  return next.fetch(withNonce(await withReadBody(request), edge), env, ctx);
}
