import { getCloudflareContext } from "@opennextjs/cloudflare";
import { composeContext } from "@/server/composition/compose";
import { handleHotPath } from "./hot-paths";
import { startupCheck } from "./startup-check";
import { composeFromNext } from "@/server/composition/compose-next";
import { type AppContext, withActor } from "@/server/context";
import { answerOrProblem } from "@/server/http-errors";
import { currentActor } from "@/server/auth/session-cookie";

/** `handleHotPath` for a Next route handler. */
export async function answerHotPath(request: Request): Promise<Response> {
  const { env, ctx } = await getCloudflareContext({ async: true });
  return handleHotPath(request, env, (promise) => ctx.waitUntil(promise));
}

/** `startupCheck` for a Next route handler. */
export async function answerStartupCheck(request: Request): Promise<Response> {
  const { env, ctx } = await getCloudflareContext({ async: true });
  return startupCheck(request, env, () => composeContext(env, (work) => ctx.waitUntil(work)));
}

/** The answer of a route handler, which is told who sent the request. Whatever fails is answered as a problem. */
export async function answerAs(request: Request, work: (context: AppContext) => Promise<Response>): Promise<Response> {
  const context = await composeFromNext();
  const where = { method: request.method, path: new URL(request.url).pathname };
  return answerOrProblem({ log: context.log, where }, async () =>
    work(withActor(context, await currentActor(context, request.headers))),
  );
}
