import { backOff } from "@/lib/back-off";
import { sleepFor } from "@/lib/sleep";
import type { FlyNetwork } from "@/lib/fly-network";
import type { CheckGap, Verification } from "@/lib/key-check";
import { createFlyClient, FlyUnreachableError, isAppName, isSendableToken } from "@/server/machines/fly-client";
import type { FlyAnswer, FlyOptions } from "@/server/machines/fly-client";
import { flyAppListSchema, flyAppSchema } from "@/server/machines/fly-schemas";
import type { FlyCredentials } from "@/server/machines/port";

/** `app` is there when the token reaches it. */
export type FlyFinding = {
  verification: Verification;
  gap?: CheckGap;
  app?: { name: string; organization: string | null; network: FlyNetwork };
};

/** Looks at, and makes, the Fly app that a user's machines run in. Never throws for what Fly answers. */
export interface FlyApps {
  /** Whether the token reaches the app and its machines. Starts nothing. */
  check(credentials: FlyCredentials): Promise<FlyFinding>;
  /** Makes the app in a network of its own, so that agents reach none of the owner's other apps; then checks it. */
  create(credentials: FlyCredentials, organization: string): Promise<FlyFinding>;
}

type Settings = FlyOptions & { timeoutMs?: number; settleMs?: number };
/** For a whole check or creation, however many calls it takes. */
const TIMEOUT_MS = 5_000;
/** A new app answers 404 or 401 for a moment (so does Fly's own client, when it waits for an app). */
const SETTLE_MS = 500;

/** Where Fly puts an app that names no network: with all others of its organisation. */
const DEFAULT_NETWORK = "default";

const unsure = (gap: CheckGap): FlyFinding => ({ verification: "unverified", gap });
const isOrganization = (slug: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(slug);

export function createFlyApps(options: Settings): FlyApps {
  const client = createFlyClient(options);
  const { timeoutMs = TIMEOUT_MS, settleMs = SETTLE_MS } = options;

  type Ask = (call: { method: "GET" | "POST"; app: string | null; path: string; body?: unknown }) => Promise<FlyAnswer>;

  /** Every call of `use` shares one time-out. */
  async function within(credentials: FlyCredentials, use: (ask: Ask) => Promise<FlyFinding>): Promise<FlyFinding> {
    if (!isSendableToken(credentials.token)) return { verification: "invalid_key" };
    if (!isAppName(credentials.app)) return { verification: "no_such_app" };
    const endsAt = Date.now() + timeoutMs;
    const ask: Ask = ({ app, ...request }) =>
      client({ token: credentials.token, app }, { ...request, timeoutMs: Math.max(1, endsAt - Date.now()) });
    try {
      return await use(ask);
    } catch (error) {
      if (!(error instanceof FlyUnreachableError)) throw error;
      return unsure(Date.now() >= endsAt ? "too_slow" : "unreachable");
    }
  }

  async function look(ask: Ask, name: string): Promise<FlyFinding> {
    const answer = await ask({ method: "GET", app: name, path: "" });
    if (answer.status !== 200) return refusal(answer);
    const app = flyAppSchema.safeParse(answer.body);
    if (!app.success) return unsure("odd_answer");
    const machines = await ask({ method: "GET", app: name, path: "/machines" });
    if (machines.status === 401 || machines.status === 403) return { verification: "no_machine_rights" };
    if (machines.status !== 200 || !Array.isArray(machines.body)) return gapOf(machines);
    const organization = app.data.organization?.slug ?? app.data.organization?.name ?? null;
    const network = await networkOf(ask, { ...app.data, organization });
    return { verification: "valid", app: { name: app.data.name, organization, network } };
  }

  /** An app's own answer may leave it out, and a network of another name may hold other apps: the list tells. */
  async function networkOf(ask: Ask, app: { name: string; network: string | null; organization: string | null }) {
    const { name, network, organization } = app;
    if (network === name) return "own";
    if (network === DEFAULT_NETWORK) return "shared";
    if (organization === null || !isOrganization(organization)) return "unknown";
    const answer = await ask({ method: "GET", app: null, path: `?org_slug=${organization}` });
    const list = answer.status === 200 ? flyAppListSchema.safeParse(answer.body).data : undefined;
    return list === undefined ? "unknown" : networkIn(list.apps, app);
  }

  return {
    check: (credentials) => within(credentials, (ask) => look(ask, credentials.app)),

    create: (credentials, organization) =>
      within(credentials, async (ask) => {
        if (!isOrganization(organization)) return { verification: "restricted" };
        const body = { app_name: credentials.app, org_slug: organization, network: credentials.app };
        const made = await ask({ method: "POST", app: null, path: "", body });
        if (isTaken(made)) return adopt(await look(ask, credentials.app));
        if (made.status === 403 || made.status === 404) return { verification: "restricted" };
        if (made.status !== 201 && made.status !== 200) return refusal(made);
        for (let attempt = 0; ; attempt += 1) {
          const found = await look(ask, credentials.app);
          if (attempt === 3 || (found.verification !== "no_such_app" && found.verification !== "invalid_key"))
            return found;
          await sleepFor(backOff({ first: settleMs, longest: 8 * settleMs }, attempt));
        }
      }),
  };
}

type Listed = { name: string | null; network: string | null } | null;

function networkIn(apps: readonly Listed[], { name, network }: { name: string; network: string | null }): FlyNetwork {
  const known = network ?? apps.find((app) => app?.name === name)?.network ?? null;
  if (known === null || known === "") return "unknown";
  if (known === DEFAULT_NETWORK) return "shared";
  // An app of which nothing is known may be in it as well.
  if (apps.some((app) => app === null || app.network === null)) return "unknown";
  return apps.some((app) => app?.network === known && app.name !== name) ? "shared" : "own";
}

/** Fly says "name_taken"; its text is older than that. */
const isTaken = (answer: FlyAnswer): boolean =>
  answer.errorStatus === "name_taken" || (answer.status === 422 && /already been taken/i.test(answer.errorText));

/** Names are global: a taken one is either the token's own from an earlier try, or somebody else's. */
const adopt = (found: FlyFinding): FlyFinding =>
  found.verification === "wrong_organisation" || found.verification === "no_such_app"
    ? { verification: "name_taken" }
    : found;

function refusal(answer: FlyAnswer): FlyFinding {
  if (answer.status === 401) return { verification: /expired/i.test(answer.errorText) ? "expired" : "invalid_key" };
  if (answer.status === 403) return { verification: "wrong_organisation" };
  return answer.status === 404 ? { verification: "no_such_app" } : gapOf(answer);
}

function gapOf({ status }: FlyAnswer): FlyFinding {
  if (status === 429) return unsure("limited");
  return unsure(status >= 500 ? "unreachable" : "odd_answer");
}
