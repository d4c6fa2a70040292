import { getCloudflareContext } from "@opennextjs/cloudflare";
import { composeContext } from "@/server/composition/compose";
import { handleHotPath } from "./hot-paths";
import { startupCheck } from "./startup-check";

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
