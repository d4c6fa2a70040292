import type { CredentialsAnswer } from "@/lib/credentials";
import { VERIFICATIONS, type Verification } from "@/lib/key-check";
import type { ProviderCredentialsInput, SecretStatus } from "@/lib/porter-config";
import { PROVIDER_IDS, PROVIDERS, type ProviderInfo } from "@/lib/providers";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { saveFly } from "./check-fly";
import { saveAndCheckKeys } from "@/server/secrets/check-keys";
import { flyTokenChanges } from "@/server/secrets/fly-credentials";
import { providerKeyChanges } from "@/server/secrets/provider-credentials";
import { FLY_TOKEN, secretStatus } from "@/server/secrets/user-secrets";
import { adviceFix } from "@/lib/fix";

/** `PUT /api/config/credentials`: one flat object of keys; each goes where the newer paths would put it. */
export async function saveCredentials(
  context: AppContext,
  input: Record<string, string | null>,
): Promise<CredentialsAnswer> {
  const { userId } = requireUser(context.actor);
  const keys: Record<string, Record<string, string | null>> = {};
  let flyToken: string | null | undefined;
  for (const [name, value] of Object.entries(input)) {
    if (name === "flyToken" || name === FLY_TOKEN.name) flyToken = value;
    else {
      const { provider, envName } = targetOf(name);
      keys[provider.id] = { ...keys[provider.id], [envName]: value };
    }
  }
  await saveBoth(context, keys, flyToken);
  const { providers, fly } = await secretStatus(context, userId);
  const byProvider = Object.entries(providers).map(([id, names]) => [id, summary(Object.values(names))] as const);
  return { status: "saved", credentials: { ...Object.fromEntries(byProvider), fly: summary([fly]) } };
}

/** Everything is looked at before anything is written. */
async function saveBoth(context: AppContext, keys: ProviderCredentialsInput, flyToken: string | null | undefined) {
  providerKeyChanges(keys);
  if (flyToken !== undefined) flyTokenChanges(flyToken);
  await Promise.all([
    saveAndCheckKeys(context, keys),
    flyToken === undefined ? undefined : saveFly(context, { flyToken }),
  ]);
}

function targetOf(name: string): { provider: ProviderInfo; envName: string } {
  for (const id of PROVIDER_IDS) {
    const provider = PROVIDERS[id];
    if (name === id) return { provider, envName: provider.envNames[0] };
    if (provider.envNames.includes(name)) return { provider, envName: name };
  }
  const known = PROVIDER_IDS.map((id) => PROVIDERS[id].envNames[0]).join(", ");
  throw new AppError("bad_request", `"${name.slice(0, 80)}" is no credential.`, {
    field: name.slice(0, 80),
    fix: adviceFix(`One of: ${known}, ${FLY_TOKEN.name}.`),
  });
}

/** One word for a provider whose key may have several names: the saved one's. */
function summary(statuses: SecretStatus[]): { configured: boolean; verification: Verification } {
  const saved = statuses.find(({ configured }) => configured);
  if (saved === undefined) return { configured: false, verification: "missing" };
  return { configured: true, verification: VERIFICATIONS.find((word) => word === saved.verification) ?? "unverified" };
}
