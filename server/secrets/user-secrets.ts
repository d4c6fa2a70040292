import type { AppContext } from "@/server/context";
import type { SecretRow } from "@/server/db/secret-store";
import { AppError } from "@/server/errors";
import { describeError } from "@/server/log";
import { wakeUserTasks } from "@/server/identity/wake";
import type { FlyNetworkFinding } from "@/lib/fly-network";
import { isRefused } from "@/lib/key-check";
import type { SecretStatus } from "@/lib/porter-config";
import { PROVIDER_IDS, PROVIDERS } from "@/lib/providers";
import { readSecret, type SecretOwner } from "@/lib/secret-owner";
import { requireUser } from "@/server/identity/actor";
import { requireListed } from "@/server/identity/may-use";
import type { FlyFinding } from "@/server/machines/fly-apps";
import type { KeyFinding } from "@/server/providers/port";
import type { SealedAt } from "@/server/crypto/sealer";
import { adviceFix } from "@/lib/fix";

/** The Fly token is a secret like a provider's key, under its own name; the app's name is a setting. */
export const FLY_TOKEN = { provider: "fly", name: "FLY_API_TOKEN" } as const;
const TABLE = "user_secrets";

/**
 * A row whose check is on its way. Nothing starts with it: who waits is woken with what the check found. A check ends
 * within seconds; of one that its Worker died under nothing will be heard, and the secret is an unverified one.
 */
const CHECKING = "checking";
const UNVERIFIED = "unverified";
const CHECK_ENDS_MS = 30_000;
const isBeingChecked = ({ verification, verifiedAt, updatedAt }: SecretRow, now: Date): boolean =>
  verification === CHECKING && now.getTime() < Date.parse(verifiedAt ?? updatedAt) + CHECK_ENDS_MS;

type SecretRef = { provider: string; name: string };
/** One wanted change, checked: null deletes. */
export type SecretChange = SecretRef & { value: string | null };

/**
 * The row's id is made of what it is for: two saves at once seal for the same row, and a ciphertext under another
 * person, provider or name does not open (its AAD names all of them).
 */
const rowId = (userId: number, secret: SecretRef) => `${userId}:${secret.provider}:${secret.name}`;
const sealedAt = (userId: number, secret: SecretRef): SealedAt => ({
  table: TABLE,
  row: rowId(userId, secret),
  user: String(userId),
  field: secret.name,
});

/** Saves without a check, and wakes the tasks that wait for it. */
export async function applySecretChanges(context: AppContext, changes: readonly SecretChange[]): Promise<void> {
  if (changes.length === 0) return;
  await writeSecrets(context, changes, false);
  await wakeUserTasks(context, requireUser(context.actor).userId);
}

/**
 * Seals and saves, or deletes, for the signed-in user. Wakes nothing: a task must not start
 * with a secret that is about to be refused. Who may not use this Porter deletes only.
 * `willCheck`: nothing starts with them until `saveFinding` says what the check found.
 */
export async function writeSecrets(
  context: AppContext,
  changes: readonly SecretChange[],
  willCheck: boolean,
): Promise<void> {
  const { userId } = requireUser(context.actor);
  if (changes.some(({ value }) => value !== null)) await requireListed(context);
  const updatedAt = context.clock.now().toISOString();
  for (const { provider, name, value } of changes) {
    const secret = { provider, name };
    if (value === null) await context.db.secrets.delete({ userId, ...secret });
    else {
      const sealed = await context.sealer.seal(value, sealedAt(userId, secret));
      const row = { id: rowId(userId, secret), userId, ...secret, ...sealed };
      const verification = willCheck ? CHECKING : UNVERIFIED;
      await context.db.secrets.put({ ...row, lastFour: lastFour(value), updatedAt, verification });
    }
  }
}

/** Status of every key that a provider of the catalogue can have, and of the Fly token. */
export async function secretStatus(
  context: AppContext,
  userId: number,
): Promise<{ providers: Record<string, Record<string, SecretStatus>>; fly: SecretStatus; flyNetwork: string | null }> {
  const rows = await context.db.secrets.listStatus(userId);
  const statusOf = (secret: SecretRef): SecretStatus => {
    const row = rows.find((candidate) => candidate.provider === secret.provider && candidate.name === secret.name);
    return {
      configured: row !== undefined,
      lastFour: row?.lastFour ?? null,
      savedAt: row?.updatedAt ?? null,
      lastUsedAt: row?.lastUsedAt ?? null,
      ...(row?.verification === CHECKING
        ? { verifiedAt: null, verification: UNVERIFIED }
        : { verifiedAt: row?.verifiedAt ?? null, verification: row?.verification ?? null }),
    };
  };
  const providers: Record<string, Record<string, SecretStatus>> = {};
  for (const id of PROVIDER_IDS) {
    const names = PROVIDERS[id].envNames.map((name): [string, SecretStatus] => [
      name,
      statusOf({ provider: id, name }),
    ]);
    providers[id] = Object.fromEntries(names);
  }
  const flyRow = rows.find(({ provider, name }) => provider === FLY_TOKEN.provider && name === FLY_TOKEN.name);
  return { providers, fly: statusOf(FLY_TOKEN), flyNetwork: flyRow?.flyNetwork ?? null };
}

/**
 * Those of a person's `rows` that have one of `names`, opened, for a launch; what is missing, was refused or is being
 * checked is absent. Who hands them out notes their use. Throws `SealError` when a stored value does not open.
 */
export const openUsableSecrets = (
  context: AppContext,
  rows: readonly SecretRow[],
  names: readonly string[],
): Promise<Record<string, string>> => {
  const now = context.clock.now();
  const isUsable = (row: SecretRow): boolean =>
    row.verification === CHECKING ? !isBeingChecked(row, now) : !isRefused(row.verification);
  return unseal(
    context,
    rows.filter((row) => names.includes(row.name) && isUsable(row)),
  );
};

/** All saved ones of `names`, also those that were refused: a machine may still be reached with an old token. */
export async function openSecrets(
  context: AppContext,
  userId: number,
  names: readonly string[],
): Promise<Record<string, string>> {
  const rows = await context.db.secrets.getSealed(userId, names);
  await noteUse(context, rows);
  return unseal(context, rows);
}

/** Ends a check, if nothing was found out yet: the secret may be used, unverified. */
export const endCheck = (context: AppContext, { id, iv }: StoredSecret): Promise<void> =>
  context.db.secrets.endCheck({ id, iv }, { from: CHECKING, to: UNVERIFIED });

/** One saved secret as it is now, for a check; `iv` tells it from whatever replaces it. */
export type StoredSecret = { id: string; iv: string; value: string; savedAt: string };

/** Null when it is not saved. No use is noted: checking a key spends nothing. */
export async function peekSecret(context: AppContext, userId: number, secret: SecretRef): Promise<StoredSecret | null> {
  const rows = await context.db.secrets.getSealed(userId, [secret.name]);
  const row = rows.find(({ provider }) => provider === secret.provider);
  if (row === undefined) return null;
  return {
    id: row.id,
    iv: row.iv,
    savedAt: row.updatedAt,
    value: await context.sealer.open(row, sealedAt(userId, secret)),
  };
}

/** Keeps what a check of the secret found, unless it was replaced meanwhile. */
export const saveFinding = (
  context: AppContext,
  secret: Pick<StoredSecret, "id" | "iv">,
  { verification, models, app }: Pick<KeyFinding, "verification" | "models"> & Pick<FlyFinding, "app">,
): Promise<void> => {
  const now = context.clock.now().toISOString();
  const known = models === undefined ? {} : { models: JSON.stringify(models), modelsAskedAt: now };
  const found = app && { app: app.name, organization: app.organization, network: app.network };
  const flyNetwork = found === undefined ? {} : { flyNetwork: JSON.stringify(found satisfies FlyNetworkFinding) };
  return context.db.secrets.markVerified(secret, { verification, verifiedAt: now, ...known, ...flyNetwork });
};

/**
 * What was found of a secret together with something that is another one now, such as the Fly app. `willCheck`: as for
 * `writeSecrets`.
 */
export async function forgetFinding(
  context: AppContext,
  userId: number,
  { willCheck, ...secret }: SecretRef & { willCheck: boolean },
): Promise<void> {
  const verifiedAt = context.clock.now().toISOString();
  const rows = await context.db.secrets.getSealed(userId, [secret.name]);
  for (const row of rows.filter(({ provider }) => provider === secret.provider))
    if (willCheck) await context.db.secrets.markVerified(row, { verification: CHECKING, verifiedAt });
    else if (isRefused(row.verification)) await saveFinding(context, row, { verification: UNVERIFIED });
}

/** The secret of a row that was read, opened; throws `SealError`. */
export const openRow = (context: AppContext, row: SecretRow): Promise<string> =>
  context.sealer.open(row, sealedAt(row.userId, row));

async function unseal(context: AppContext, rows: SecretRow[]): Promise<Record<string, string>> {
  const opened: Record<string, string> = {};
  for (const row of rows) opened[row.name] = await openRow(context, row);
  return opened;
}

/** Best effort: a launch must not fail because its time could not be noted. */
export async function noteUse(context: AppContext, rows: readonly Pick<SecretRow, "id">[]): Promise<void> {
  if (rows.length === 0) return;
  try {
    await context.db.secrets.markUsed(
      rows.map((row) => row.id),
      context.clock.now().toISOString(),
    );
  } catch (error) {
    context.log.warn("secret_use_not_noted", { error: describeError(error) });
  }
}

/** Four characters of a short value would be most of it. */
const lastFour = (value: string) => (value.length >= 16 ? value.slice(-4) : "");

/** As it is saved. Throws `bad_request` for what cannot be a key, or is plainly somebody else's. */
export function cleanSecret(value: string, field: string, owner: SecretOwner): string {
  const read = readSecret(value, owner);
  if ("fault" in read) throw new AppError("bad_request", read.fault, { field, fix: adviceFix(read.fix) });
  return read.secret;
}
