import { env } from "cloudflare:workers";
import type { Actor, AppContext, WorkItem } from "@/server/context";
import { openStores } from "@/server/db/open-stores";
import { readEnv, type Env } from "@/server/env";
import { randomIds } from "@/server/ids";
import { noopLive } from "@/server/live/live";
import { createLogger } from "@/server/log";
import { createChangeFiles } from "@/server/logs/change-files";
import { createLogStore } from "@/server/logs/log-store";
import { createSealer } from "@/server/crypto/sealer";

/** Base64 of 32 equal bytes: a key that nobody could take for a real one. */
const fakeKey = (byte: number) => btoa(String.fromCharCode(byte).repeat(32));

/** What a configured Porter has, all of it fake. */
export const VARIABLES = {
  PUBLIC_URL: "https://porter.test",
  ENCRYPTION_KEYS: `1:${fakeKey(7)}`,
  AUTH_SECRET: "fake-auth-secret-of-the-tests-000000",
  GITHUB_URL: "https://github.test",
  GITHUB_API_URL: "https://api.github.test",
  GITHUB_APP_ID: "1",
  GITHUB_APP_SLUG: "porter-test",
  GITHUB_APP_PRIVATE_KEY: "fake PRIVATE KEY",
  GITHUB_CLIENT_ID: "fake-client-id",
  GITHUB_CLIENT_SECRET: "fake-client-secret",
  PORTER_PEOPLE: "everybody",
  AGENT_IMAGE: "registry.test/porter@sha256:0",
};

export function testEnv(overrides: Record<string, string> = {}): Env {
  const read = readEnv({ ...VARIABLES, ...overrides });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.env;
}

/** A port that a test did not bring: any use of it fails the test by name. */
const absent = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get(_target, property) {
      throw new Error(`this test has no ${name} (${String(property)} was asked for)`);
    },
  });

export type TestContext = AppContext & { queued: WorkItem[]; lines: string[] };

/** A context over the test's real D1 and R2. The clock stands at `now` unless the test brings its own. */
export function testContext(overrides: Partial<AppContext> = {}): TestContext {
  const queued: WorkItem[] = [];
  const lines: string[] = [];
  const parsed = overrides.env ?? testEnv();
  return {
    actor: { kind: "anonymous" },
    via: "page",
    env: parsed,
    db: openStores(env.DB),
    logs: createLogStore(env.LOGS),
    changeFiles: createChangeFiles(env.LOGS),
    github: absent("github"),
    machines: absent("machines"),
    flyApps: absent("flyApps"),
    keyChecks: absent("keyChecks"),
    sealer: createSealer(parsed.ENCRYPTION_KEYS),
    clock: { now: () => new Date("2026-11-22T12:00:00.000Z") },
    ids: randomIds,
    log: createLogger((line) => lines.push(line)),
    limits: { isOver: () => Promise.resolve(false) },
    live: noopLive,
    waitUntil: () => undefined,
    enqueue: async (work) => {
      queued.push(...work);
    },
    ...overrides,
    queued,
    lines,
  };
}

export const userActor = (userId: number, login = `user-${userId}`): Actor => ({
  kind: "user",
  userId,
  login,
  sessionId: `session-${userId}`,
});
