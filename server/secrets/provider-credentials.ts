import { PROVIDER_IDS, providerFromId } from "@/lib/providers";
import type { ProviderCredentialsInput } from "@/lib/porter-config";
import type { AppContext } from "@/server/context";
import type { SecretRow } from "@/server/db/secret-store";
import { AppError } from "@/server/errors";
import {
  applySecretChanges,
  cleanSecret,
  FLY_TOKEN,
  saveFinding,
  openUsableSecrets,
  type SecretChange,
} from "./user-secrets";
import { adviceFix } from "@/lib/fix";

/**
 * Checks wanted provider keys (provider → environment name → key) without writing anything: "" is left out, null
 * deletes. Throws `bad_request` for an unknown provider, name or malformed key.
 */
export function providerKeyChanges(input: ProviderCredentialsInput): SecretChange[] {
  const changes: SecretChange[] = [];
  for (const [id, names] of Object.entries(input)) {
    const provider = providerFromId(id);
    const known = adviceFix(`One of: ${PROVIDER_IDS.join(", ")}.`);
    if (provider === null) throw new AppError("bad_request", `"${id}" is no provider.`, { field: id, fix: known });
    for (const [name, value] of Object.entries(names ?? {})) {
      const field = `${id}.${name}`;
      if (!provider.envNames.includes(name)) {
        const fix = adviceFix(`Use ${provider.envNames.join(" or ")}.`);
        throw new AppError("bad_request", `${provider.name} has no key named ${name}.`, { field, fix });
      }
      if (value !== "")
        changes.push({ provider: id, name, value: value === null ? null : cleanSecret(value, field, provider.id) });
    }
  }
  return changes;
}

/** `PUT /api/config/provider-credentials`. */
export const saveProviderCredentials = (context: AppContext, input: ProviderCredentialsInput): Promise<void> =>
  applySecretChanges(context, providerKeyChanges(input));

/** Those of a person's `rows` that are keys of these names, as `openUsableSecrets` opens them. */
export const openProviderKeys = (
  context: AppContext,
  rows: readonly SecretRow[],
  envNames: readonly string[],
): Promise<Record<string, string>> =>
  openUsableSecrets(
    context,
    rows,
    envNames.filter((name) => name !== FLY_TOKEN.name),
  );

const isSpent = ({ verification }: { verification: string | null }): boolean => verification === "no_credit";

/** Whether a key among `envNames` is saved whose account was found empty. */
export const lacksCredit = (
  rows: readonly Pick<SecretRow, "name" | "verification">[],
  envNames: readonly string[],
): boolean => rows.some((row) => envNames.includes(row.name) && isSpent(row));

/** Its owner says that there is credit again, which no list of models could tell: the next run shows it. */
export async function forgetEmptyCredit(
  context: AppContext,
  userId: number,
  envNames: readonly string[],
): Promise<void> {
  const rows = await context.db.secrets.getSealed(userId, envNames);
  for (const row of rows.filter(isSpent)) await saveFinding(context, row, { verification: "unverified" });
}
