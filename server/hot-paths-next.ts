import { getCloudflareContext } from "@opennextjs/cloudflare";
import { handleHotPath } from "@/server/hot-paths";

/** `handleHotPath` for a Next route handler. */
export async function answerHotPath(request: Request): Promise<Response> {
  const { env, ctx } = await getCloudflareContext({ async: true });
  return handleHotPath(request, env, (promise) => ctx.waitUntil(promise));
}
