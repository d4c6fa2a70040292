import { type KeyCheckResult, keySentence, type Verification } from "@/lib/key-check";
import type { ProviderCredentialsInput } from "@/lib/porter-config";
import { PROVIDERS, type ProviderId } from "@/lib/providers";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { requireListed } from "@/server/identity/may-use";
import { describeError } from "@/server/log";
import type { KeyFinding } from "@/server/providers/port";
import { wakeUserTasks } from "@/server/identity/wake";
import { providerKeyChanges } from "./provider-credentials";
import {
  cleanSecret,
  endCheck,
  peekSecret,
  saveFinding,
  type SecretChange,
  type StoredSecret,
  writeSecrets,
} from "./user-secrets";
import { adviceFix, type Fix, linkTo, pageFix } from "@/lib/fix";

/** A key check answers whether somebody's key works: 20 in ten minutes is enough for an owner, useless to a thief. */
const MAX_CHECKS = 20;
const WINDOW_MS = 10 * 60_000;

/** True while the user may ask another provider about another key. */
export async function mayCheck(context: AppContext, userId: number): Promise<boolean> {
  // The platform counts first: a script in a loop costs no row.
  if (await context.limits.isOver("key_check", String(userId))) return false;
  const now = context.clock.now();
  const used = await context.db.useCounts.take({
    key: `key_check:${userId}`,
    now: now.toISOString(),
    windowEndsAt: new Date(now.getTime() + WINDOW_MS).toISOString(),
  });
  return used <= MAX_CHECKS;
}

const tooMany = () =>
  new AppError("rate_limited", "You checked many keys in the last minutes.", {
    fix: adviceFix("Wait ten minutes, then try again."),
  });

/** `POST /api/config/validate/{provider}`: the given key, saved nowhere, or the saved one, whose status it renews. */
export async function validateKey(
  context: AppContext,
  input: { provider: ProviderId; key?: string | undefined },
): Promise<KeyCheckResult> {
  const { userId } = requireUser(context.actor);
  await requireListed(context);
  const key = input.key === undefined || input.key === "" ? null : cleanSecret(input.key, "key", input.provider);
  const stored = key === null ? await storedKey(context, userId, input.provider) : null;
  if (key === null && stored === null) return keyResult(context, input.provider, { verification: "missing" });
  if (!(await mayCheck(context, userId))) throw tooMany();
  const finding = await context.keyChecks.check(input.provider, key ?? stored?.value ?? "");
  if (stored !== null) {
    await saveFinding(context, stored, finding);
    await wakeUserTasks(context, userId);
  }
  return keyResult(context, input.provider, finding);
}

/** The key that a launch would use: the first name that holds one. */
async function storedKey(context: AppContext, userId: number, provider: ProviderId): Promise<StoredSecret | null> {
  for (const name of PROVIDERS[provider].envNames) {
    const stored = await peekSecret(context, userId, { provider, name });
    if (stored !== null) return stored;
  }
  return null;
}

/**
 * `PUT /api/config/provider-credentials`: saves first, then asks each provider side by side. No provider can stop or
 * undo the save, and nothing starts with a key meanwhile; tasks that wait are woken once it is known which were refused.
 */
export async function saveAndCheckKeys(context: AppContext, input: ProviderCredentialsInput): Promise<void> {
  const { userId } = requireUser(context.actor);
  const changes = providerKeyChanges(input);
  if (changes.length === 0) return;
  const saved = changes.filter(({ value }) => value !== null);
  await writeSecrets(context, changes, true);
  await Promise.all(saved.map((key) => checkSaved(context, userId, key)));
  await wakeUserTasks(context, userId);
}

/** Never throws: what breaks here leaves the key as an unverified one. */
async function checkSaved(context: AppContext, userId: number, { provider, name }: SecretChange): Promise<void> {
  try {
    const stored = await peekSecret(context, userId, { provider, name });
    if (stored === null) return;
    // `providerKeyChanges` let known providers through only.
    const ask = async () => context.keyChecks.check(provider as ProviderId, stored.value);
    try {
      if (await mayCheck(context, userId)) await saveFinding(context, stored, await ask());
    } finally {
      await endCheck(context, stored);
    }
  } catch (error) {
    context.log.warn("key_check_failed", { provider, error: describeError(error) });
  }
}

function keyResult(context: AppContext, provider: ProviderId, finding: KeyFinding): KeyCheckResult {
  const { verification, gap } = finding;
  const noFix = verification === "valid" || verification === "missing";
  const fix = noFix ? undefined : fixOf(provider, verification);
  return resultOf(context, { verification, message: keySentence(PROVIDERS[provider], verification, gap), fix });
}

function fixOf(provider: ProviderId, verification: Verification): Fix {
  if (verification === "no_model") return pageFix("choose another model", "/settings/agents");
  const { billingUrl, docsUrl } = PROVIDERS[provider];
  return verification === "no_credit" ? linkTo("add credit there", billingUrl) : linkTo("see your keys there", docsUrl);
}

/** A finding as it is answered, with what to do about it. */
export const resultOf = (
  context: AppContext,
  { fix, ...found }: { verification: Verification; message: string; fix: Fix | undefined },
): KeyCheckResult => ({
  valid: found.verification === "valid",
  ...found,
  ...(fix === undefined ? {} : { fix }),
  checkedAt: context.clock.now().toISOString(),
});
