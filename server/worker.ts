import next from "../.open-next/worker.js";
import { type Bindings, NotConfigured, compose } from "@/server/compose";
import { isPlainPath } from "@/lib/request-safety";
import { handleHotPath, isHotPath } from "@/server/hot-paths";
import { consume } from "@/server/queues";
import { sweep } from "@/server/reconcile";
import { withNonce, withSecurityHeaders } from "@/server/security-headers";
import { notConfiguredResponse, startupCheck } from "@/server/startup-check";

/** Cloudflare's entry: hot paths ahead of Next, then OpenNext; cron and queues. */
export default {
  async fetch(request: Request, env: CloudflareEnv, ctx: ExecutionContext): Promise<Response> {
    const url = new URL(request.url);
    const nonce = crypto.randomUUID().replaceAll("-", "");
    return withSecurityHeaders(await route(request, { env, ctx, url, nonce }), { url, nonce });
  },

  async scheduled(_controller: ScheduledController, env: CloudflareEnv): Promise<void> {
    await sweep(compose(env));
  },

  async queue(batch: MessageBatch, env: CloudflareEnv): Promise<void> {
    await consume(batch, env);
  },
} satisfies ExportedHandler<CloudflareEnv>;

type Call = { env: CloudflareEnv; ctx: ExecutionContext; url: URL; nonce: string };

async function route(request: Request, { env, ctx, url, nonce }: Call): Promise<Response> {
  if (!isPlainPath(request.url))
    return Response.json(
      { error: { code: "bad_request", message: "The path must be in its plain form." } },
      { status: 400 },
    );
  if (url.pathname === "/api/startup/check" && request.method === "GET") return startupCheck(env);
  try {
    compose(env as Bindings);
  } catch (error) {
    if (error instanceof NotConfigured) return notConfiguredResponse(error.problems);
    throw error;
  }
  if (isHotPath(url.pathname)) return handleHotPath(request, env as Bindings, (promise) => ctx.waitUntil(promise));
  return next.fetch(withNonce(request, nonce), env, ctx);
}
