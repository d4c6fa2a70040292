import type { AppContext } from "@/server/context";
import { openStores } from "@/server/db/open-stores";
import { type EnvProblem, readEnv } from "@/server/env";
import { createGitHub } from "@/server/github/github";
import { randomIds } from "@/server/ids";
import { createLive } from "@/server/live/live";
import type { LiveHub } from "@/server/live/live-hub";
import { createLimits, type LimitBindings } from "./limits";
import { createLogger, describeError } from "@/server/log";
import { createChangeFiles } from "@/server/logs/change-files";
import { createLogStore } from "@/server/logs/log-store";
import { createFlyApps } from "@/server/machines/fly-apps";
import { createFlyProvider } from "@/server/machines/fly-provider";
import { createKeyChecks } from "@/server/providers/key-checks";
import { createSealer } from "@/server/crypto/sealer";

/** What the platform binds besides variables (wrangler.toml). */
export type Bindings = LimitBindings & {
  DB: D1Database;
  LOGS: R2Bucket;
  RECONCILE_QUEUE: Queue;
  INBOX_QUEUE: Queue;
  /** Absent under `next dev`: pages then learn of news within a second, by asking. */
  LIVE_HUB?: DurableObjectNamespace<LiveHub>;
};

/** Keeps the platform from ending a request before this work has. */
export type After = (work: Promise<unknown>) => void;

/** Porter refuses to serve half configured. Never holds a value. */
export class NotConfigured extends Error {
  override readonly name = "NotConfigured";
  readonly problems: EnvProblem[];
  constructor(problems: EnvProblem[]) {
    super(`Porter is not configured: ${problems.map((problem) => `${problem.name}: ${problem.message}`).join("; ")}`);
    this.problems = problems;
  }
}

type Shared = Pick<AppContext, "env" | "sealer" | "github" | "machines" | "flyApps" | "keyChecks"> & {
  source: unknown;
};
let shared: Shared | null = null;

/** Keys and clients are made once an isolate: importing keys and signing App tokens is not free. */
function sharedFor(source: unknown): Shared {
  if (shared !== null && shared.source === source) return shared;
  const read = readEnv(source);
  if (!read.ok) throw new NotConfigured(read.problems);
  const { env } = read;
  const outside: typeof fetch = (input, init) => fetch(input, init);
  shared = {
    source,
    env,
    sealer: createSealer(env.ENCRYPTION_KEYS),
    github: createGitHub({
      apiUrl: env.GITHUB_API_URL,
      appId: env.GITHUB_APP_ID,
      appSlug: env.GITHUB_APP_SLUG,
      privateKey: env.GITHUB_APP_PRIVATE_KEY,
      oauth: {
        webUrl: env.GITHUB_URL,
        clientId: env.GITHUB_CLIENT_ID,
        clientSecret: env.GITHUB_CLIENT_SECRET,
      },
      fetch: outside,
      now: () => new Date(),
    }),
    machines: createFlyProvider({ apiUrl: env.FLY_API_URL, fetch: outside }),
    flyApps: createFlyApps({ apiUrl: env.FLY_API_URL, fetch: outside }),
    keyChecks: createKeyChecks({ baseUrls: env.PROVIDER_BASE_URLS, fetch: outside }),
  };
  return shared;
}

/** The one place that builds adapters: bindings → AppContext. Throws `NotConfigured`. */
export function composeContext(bindings: Bindings, after: After): AppContext {
  const { source: _bindings, ...clients } = sharedFor(bindings);
  const log = createLogger();
  const live = createLive({ hubs: bindings.LIVE_HUB, after, log });
  return {
    ...clients,
    actor: { kind: "anonymous" },
    via: "page",
    db: openStores(bindings.DB, live.changed),
    logs: createLogStore(bindings.LOGS),
    changeFiles: createChangeFiles(bindings.LOGS),
    clock: { now: () => new Date() },
    ids: randomIds,
    log,
    limits: createLimits(bindings, log),
    live,
    waitUntil: after,
    async enqueue(work, delaySeconds = 0) {
      if (work.length === 0) return;
      try {
        await bindings.RECONCILE_QUEUE.sendBatch(work.map((body) => ({ body, delaySeconds })));
      } catch (error) {
        log.warn("queue.send_failed", { error: describeError(error) });
      }
    },
  };
}
