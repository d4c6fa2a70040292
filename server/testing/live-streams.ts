import { env } from "cloudflare:workers";
import type { Actor, AppContext } from "@/server/context";
import { openStores } from "@/server/db/open-stores";
import { createLive } from "@/server/live/live";
import { createLogger } from "@/server/log";
import { handleTrpc } from "@/server/trpc/handle-trpc";
import { testContext } from "./test-context";

/** A context whose writes reach the real hubs of the test, as in the Worker. */
export function liveContext(overrides: Partial<AppContext> = {}) {
  const after: Promise<unknown>[] = [];
  const live = createLive({ hubs: env.LIVE_HUB, after: (work) => after.push(work), log: createLogger(() => {}) });
  return { ...testContext({ live, db: openStores(env.DB, live.changed), ...overrides }), after };
}

/** The row of a session of a user, which streams look at. */
export async function aSession(context: AppContext, userId: number): Promise<Actor> {
  const sessionId = context.ids.uuid();
  const login = `user-${userId}`;
  const now = context.clock.now().toISOString();
  const at = { table: "user_oauth_tokens", row: `${userId}:access`, user: String(userId), field: "access" };
  const sealed = await context.sealer.seal("fake-oauth-token", at);
  const access = { githubUserId: userId, kind: "access" as const, ...sealed, scope: null, expiresAt: null };
  await context.db.accounts.signIn({
    user: { id: userId, login, name: null, avatarUrl: null, updatedAt: now },
    access: { ...access, createdAt: now, updatedAt: now },
    refresh: null,
    session: { id: sessionId, userId, createdAt: now, lastSeenAt: now, expiresAt: "2099-01-01T00:00:00.000Z" },
  });
  return { kind: "user", userId, login, sessionId };
}

export type StreamEvent = { id: string; event: string; data: string };

/** A subscription over server-sent events, read event by event. Pings, greetings and restored ids are left out. */
export function openStream(context: AppContext, path: string, input: Record<string, unknown>) {
  const leaving = new AbortController();
  const url = `https://porter.test/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`;
  const answering = handleTrpc(new Request(url, { signal: leaving.signal }), context);
  let buffer = "";
  let reader: ReadableStreamDefaultReader<string> | undefined;
  async function next(): Promise<StreamEvent | null> {
    reader ??= (await answering).body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const end = buffer.indexOf("\n\n");
      if (end >= 0) {
        const found = readEvent(buffer.slice(0, end));
        buffer = buffer.slice(end).replace(/^\n+/, "");
        if (found.data !== "" && !["connected", "ping", "restore-id"].includes(found.event)) return found;
        continue;
      }
      const chunk = await reader?.read();
      if (chunk?.value === undefined) return null;
      buffer += chunk.value;
    }
  }
  return {
    next,
    /** The client goes: its tab is closed, or the network. */
    async cut(): Promise<void> {
      leaving.abort();
      await reader?.cancel().catch(() => undefined);
    },
  };
}

function readEvent(block: string): StreamEvent {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? "";
  return { id: field("id"), event: field("event"), data: field("data") };
}
