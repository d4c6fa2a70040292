import { createFlyClient, FlyUnreachableError, isAppName, isSendableToken } from "@/server/machines/fly-client";
import type { FlyAnswer, FlyOptions } from "@/server/machines/fly-client";
import { flyAppSchema } from "@/server/machines/fly-schemas";
import type { FlyCredentials } from "@/server/machines/port";

const CHECK_TIMEOUT_MS = 8_000;

type Refusal = "bad_token" | "wrong_organisation" | "no_such_app" | "no_machine_rights" | "unreachable";
export type FlyCredentialsCheck =
  | { ok: true; app: { name: string; organization: string | null } }
  | { ok: false; reason: Refusal; message: string };

/** One sentence each, of Porter's own: an upstream body is never shown (security.md). */
const SENTENCES: Record<Refusal, string> = {
  bad_token: "Fly does not accept this token.",
  wrong_organisation: "This app belongs to an organisation that the token cannot reach.",
  no_such_app: "There is no Fly app with this name.",
  no_machine_rights: "The token can see the app but not its machines. A deploy token for the app is enough.",
  unreachable: "Fly could not be reached or did not answer as expected. Try again in a minute.",
};
const refuse = (reason: Refusal): FlyCredentialsCheck => ({ ok: false, reason, message: SENTENCES[reason] });

function appRefusal(status: number): Refusal | null {
  if (status === 200) return null;
  if (status === 401) return "bad_token";
  if (status === 403) return "wrong_organisation";
  return status === 404 ? "no_such_app" : "unreachable";
}

/** Asks Fly whether the token reaches the app and its machines. Starts nothing; never throws for an answer. */
export async function checkFlyCredentials(
  options: FlyOptions,
  credentials: FlyCredentials,
): Promise<FlyCredentialsCheck> {
  if (!isSendableToken(credentials.token)) return refuse("bad_token");
  if (!isAppName(credentials.app)) return refuse("no_such_app");
  const client = createFlyClient(options);
  const get = (path: string): Promise<FlyAnswer> =>
    client(credentials, { method: "GET", path, timeoutMs: CHECK_TIMEOUT_MS });
  try {
    const appAnswer = await get("");
    const refusal = appRefusal(appAnswer.status);
    if (refusal !== null) return refuse(refusal);
    const app = flyAppSchema.safeParse(appAnswer.body);
    if (!app.success) return refuse("unreachable");
    const machines = await get("/machines");
    if (machines.status === 401 || machines.status === 403) return refuse("no_machine_rights");
    if (machines.status !== 200) return refuse("unreachable");
    return {
      ok: true,
      app: { name: app.data.name, organization: app.data.organization?.slug ?? app.data.organization?.name ?? null },
    };
  } catch (error) {
    if (error instanceof FlyUnreachableError) return refuse("unreachable");
    throw error;
  }
}
