import { getCloudflareContext } from "@opennextjs/cloudflare";
import { connection } from "next/server";
import { composeContext } from "./compose";
import type { AppContext } from "@/server/context";

/** For Next's pages and routes, which are therefore rendered at request time. */
export async function composeFromNext(): Promise<AppContext> {
  await connection();
  const { env, ctx } = await getCloudflareContext({ async: true });
  return composeContext(env, (work) => ctx.waitUntil(work));
}
