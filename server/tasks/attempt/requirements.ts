import type { AgentId } from "@/lib/agents";
import type { FailureCode } from "@/lib/failures";
import { type Families, familyOf, resolveModel } from "@/lib/model-family";
import { providerFor } from "@/lib/model-provider";
import { PROVIDERS, type ProviderId } from "@/lib/providers";
import type { AppContext } from "@/server/context";
import type { OauthTokenRow } from "@/server/db/account-store";
import type { FlyCredentials } from "@/server/machines/port";
import { lacksCredit, openProviderKeys } from "@/server/secrets/provider-credentials";
import { modelsOfKey } from "@/server/secrets/key-models";
import { orUnreadable } from "@/server/secrets/readable";
import { FLY_TOKEN, openUsableSecrets } from "@/server/secrets/user-secrets";
import { loadRunSettings, type RunSettings } from "@/server/settings/run-settings";

export type Requirements =
  | {
      ok: true;
      settings: RunSettings;
      fly: FlyCredentials;
      keys: Record<string, string>;
      provider: ProviderId;
      /** What the agent is started with: the newest of a family that the key can see. */
      model: string | null;
    }
  | { ok: false; blockedReason: FailureCode };

/**
 * What the requester must have before a machine can run for them. The first thing
 * that is missing is named; each names its own fix in `lib/failures`.
 */
export async function checkRequirements(
  context: AppContext,
  input: { userId: number; agent: AgentId; model: string | null },
): Promise<Requirements> {
  const [user, token, settings] = await Promise.all([
    context.db.accounts.findById(input.userId),
    context.db.accounts.getOauthToken(input.userId, "access"),
    loadRunSettings(context, input.userId),
  ]);
  if (user === null || token === null) return { ok: false, blockedReason: "missing_account" };
  if (token.revokedAt !== null || (await isSpent(context, token)))
    return { ok: false, blockedReason: "reconnect_github" };
  if (!settings.agent(input.agent).enabled) return { ok: false, blockedReason: "agent_disabled" };
  const provider = providerFor(input.agent, input.model);
  const names = PROVIDERS[provider].envNames;
  const keys = (await orUnreadable(context, input.userId, openProviderKeys(context, input.userId, names))) ?? {};
  if (Object.keys(keys).length === 0) {
    const isSpent = await lacksCredit(context, input.userId, names);
    return { ok: false, blockedReason: isSpent ? "provider_credit" : "missing_credentials" };
  }
  const known = familyOf(input.agent, input.model) === null ? null : await modelsOfKey(context, input.userId);
  if (known !== null && isUnseen(known, input)) return { ok: false, blockedReason: "model_unavailable" };
  const fly = await orUnreadable(context, input.userId, openFlyCredentials(context, input.userId, settings));
  if (fly === null) return { ok: false, blockedReason: "missing_fly_token" };
  return { ok: true, settings, fly, keys, provider, model: resolveModel(input.agent, input.model, known) };
}

function isUnseen(known: Families, { agent, model }: { agent: AgentId; model: string | null }): boolean {
  const family = familyOf(agent, model);
  return family !== null && known[family] === null;
}

/** An access token past its end that no refresh token can renew any more: half a year without a visit. */
async function isSpent(context: AppContext, access: OauthTokenRow): Promise<boolean> {
  const now = context.clock.now().getTime();
  const isOver = (expiresAt: string | null) => expiresAt !== null && Date.parse(expiresAt) <= now;
  if (!isOver(access.expiresAt)) return false;
  const refresh = await context.db.accounts.getOauthToken(access.githubUserId, "refresh");
  return refresh === null || isOver(refresh.expiresAt);
}

/** The user's Fly token and app, or null when either is missing or was refused. */
export async function openFlyCredentials(
  context: AppContext,
  userId: number,
  { flyApp: app }: Pick<RunSettings, "flyApp">,
): Promise<FlyCredentials | null> {
  if (app === null) return null;
  const token = (await openUsableSecrets(context, userId, [FLY_TOKEN.name]))[FLY_TOKEN.name];
  return token === undefined ? null : { token, app };
}
