import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { readCursor } from "@/lib/task-cursor";
import { type QueryValues, readFilter, type TaskFilter } from "@/lib/task-filter";
import { readZone, ZONE_COOKIE } from "@/lib/zone";
import { currentActor } from "@/server/auth/session-cookie";
import { composeFromNext } from "@/server/composition/compose-next";
import { type AppContext, withActor } from "@/server/context";
import { createCaller } from "@/server/trpc/router";

/** The context of the page that is being rendered; asked once a request. */
export const pageContext = cache(async (): Promise<AppContext> => {
  const context = await composeFromNext();
  return withActor(context, await currentActor(context, await headers()));
});

/** For pages behind the session: the API as its user. Others go to the front page, which brings them back. */
export async function signedInPage(path: string) {
  const context = await pageContext();
  if (context.actor.kind !== "user") redirect(`/?callbackUrl=${encodeURIComponent(path)}`);
  const api = createCaller({ app: context, requestId: context.ids.uuid() });
  return { api, userId: context.actor.userId, login: context.actor.login, now: context.clock.now().getTime() };
}

/** The counts of the page that is being rendered: frame and list begin at the same cursor. */
export const pageCounts = cache(async () => {
  const context = await pageContext();
  return createCaller({ app: context, requestId: context.ids.uuid() }).tasks.counts();
});

/** What an address asks a list for: the filter, in the reader's days, and a later page if it names one. */
export async function askedList(query: QueryValues): Promise<{ filter: TaskFilter; cursor: string | undefined }> {
  const zone = readZone((await cookies()).get(ZONE_COOKIE)?.value);
  const { cursor } = query;
  const isOurs = typeof cursor === "string" && readCursor(cursor) !== null;
  return { filter: readFilter(query, zone), cursor: isOurs ? cursor : undefined };
}
