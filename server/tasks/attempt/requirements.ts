import type { AgentId } from "@/lib/agents";
import type { FailureCode } from "@/lib/failures";
import { type Families, familyOf, resolveModel } from "@/lib/model-family";
import { providerFor } from "@/lib/model-provider";
import { PROVIDERS, type ProviderId } from "@/lib/providers";
import type { AppContext } from "@/server/context";
import type { OauthTokenRow } from "@/server/db/account-store";
import type { RequesterRows } from "@/server/db/requester-store";
import type { SecretRow } from "@/server/db/secret-store";
import type { FlyCredentials } from "@/server/machines/port";
import { lacksCredit, openProviderKeys } from "@/server/secrets/provider-credentials";
import { modelsOfKey } from "@/server/secrets/key-models";
import { orUnreadable } from "@/server/secrets/readable";
import { FLY_TOKEN, noteUse, openUsableSecrets } from "@/server/secrets/user-secrets";
import { type RunSettings, runSettingsOf } from "@/server/settings/run-settings";

export type Requirements =
  | {
      ok: true;
      settings: RunSettings;
      fly: FlyCredentials;
      keys: Record<string, string>;
      provider: ProviderId;
      /** What the agent is started with: the newest of a family that the key can see. */
      model: string | null;
      /** All that the requester has saved, sealed. */
      secrets: SecretRow[];
    }
  | { ok: false; blockedReason: FailureCode };

type RunInput = { userId: number; agent: AgentId; model: string | null };

/**
 * What the requester must have before a machine can run for them. The first thing
 * that is missing is named; each names its own fix in `lib/failures`.
 */
export async function checkRequirements(context: AppContext, input: RunInput): Promise<Requirements> {
  return judgeRequirements(context, input, await context.db.requesters.of(input.userId));
}

/** The same, of a requester who was read just now. */
export async function judgeRequirements(
  context: AppContext,
  input: RunInput,
  { user, tokens, settings: row, secrets }: RequesterRows,
): Promise<Requirements> {
  const settings = runSettingsOf(context, input.userId, row);
  const token = tokens.find(({ kind }) => kind === "access");
  if (user === null || token === undefined) return { ok: false, blockedReason: "missing_account" };
  if (token.revokedAt !== null || isSpent(context, tokens)) return { ok: false, blockedReason: "reconnect_github" };
  if (!settings.agent(input.agent).enabled) return { ok: false, blockedReason: "agent_disabled" };
  const provider = providerFor(input.agent, input.model);
  const names = PROVIDERS[provider].envNames;
  const keys = (await orUnreadable(context, input.userId, openProviderKeys(context, secrets, names))) ?? {};
  if (Object.keys(keys).length === 0) {
    return { ok: false, blockedReason: lacksCredit(secrets, names) ? "provider_credit" : "missing_credentials" };
  }
  const known = familyOf(input.agent, input.model) === null ? null : modelsOfKey(secrets);
  if (known !== null && isUnseen(known, input)) return { ok: false, blockedReason: "model_unavailable" };
  const fly = await orUnreadable(context, input.userId, openFlyCredentials(context, secrets, settings));
  if (fly === null) return { ok: false, blockedReason: "missing_fly_token" };
  const model = resolveModel(input.agent, input.model, known);
  return { ok: true, settings, fly, keys, provider, model, secrets };
}

function isUnseen(known: Families, { agent, model }: { agent: AgentId; model: string | null }): boolean {
  const family = familyOf(agent, model);
  return family !== null && known[family] === null;
}

/** An access token past its end that no refresh token can renew any more: half a year without a visit. */
function isSpent(context: AppContext, tokens: readonly OauthTokenRow[]): boolean {
  const now = context.clock.now().getTime();
  return tokens.every(({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= now);
}

/** The Fly token and the keys of the run were used; noted once it is so. */
export const noteRunSecrets = (
  context: AppContext,
  { secrets, keys }: Pick<Extract<Requirements, { ok: true }>, "secrets" | "keys">,
): Promise<void> =>
  noteUse(
    context,
    secrets.filter(({ name }) => name === FLY_TOKEN.name || name in keys),
  );

/** The user's Fly token and app, or null when either is missing or was refused. */
export async function openFlyCredentials(
  context: AppContext,
  secrets: readonly SecretRow[],
  { flyApp: app }: Pick<RunSettings, "flyApp">,
): Promise<FlyCredentials | null> {
  if (app === null) return null;
  const token = (await openUsableSecrets(context, secrets, [FLY_TOKEN.name]))[FLY_TOKEN.name];
  return token === undefined ? null : { token, app };
}
