import type { FlyCheck, FlySave, FlySaved } from "@/lib/credentials";
import { flySentence, type Verification } from "@/lib/key-check";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { requireListed } from "@/server/identity/may-use";
import type { FlyFinding } from "@/server/machines/fly-apps";
import { loadRunSettings } from "./run-settings";
import { getConfig, storeConfig } from "./config";
import { wakeUserTasks } from "@/server/identity/wake";
import { mayCheck, resultOf } from "@/server/secrets/check-keys";
import { flyTokenChanges } from "@/server/secrets/fly-credentials";
import { flyNetworkFinding } from "@/server/secrets/fly-network";
import {
  endCheck,
  FLY_TOKEN,
  saveFinding,
  peekSecret,
  secretStatus,
  type StoredSecret,
} from "@/server/secrets/user-secrets";
import { adviceFix, type Fix, linkTo } from "@/lib/fix";

type Wanted = Pick<FlySave, "createApp" | "organization">;

/**
 * `PUT /api/config/fly`: saves the token and the app's name, then asks Fly, or makes the app in a network of its own
 * where `createApp` is set. Fly can neither stop nor undo the save; but an app that is to be made in place of another
 * one is made first, so that the one that works stays where Fly makes none.
 */
export async function saveFly(context: AppContext, { createApp, organization, ...change }: FlySave): Promise<FlySaved> {
  const { userId } = requireUser(context.actor);
  // Deleting the token is everybody's; a new app of Fly's is not.
  if (change.flyToken !== null) await requireListed(context);
  const { flyApp } = await loadRunSettings(context, userId);
  const { flyAppName: name } = change;
  if (createApp === true && flyApp !== null && name && name !== flyApp)
    return replaceApp(context, flyApp, { ...change, name, organization });
  await storeConfig(context, change, { willCheck: true });
  const check = await checkSaved(context, userId, { createApp, organization });
  await wakeUserTasks(context, userId);
  return { ...(await getConfig(context)), check };
}

async function replaceApp(
  context: AppContext,
  before: string,
  { name, organization, ...change }: Omit<FlySave, "createApp"> & { name: string },
): Promise<FlySaved> {
  const { userId } = requireUser(context.actor);
  const { flyAppName: _later, ...token } = change;
  await storeConfig(context, token, { willCheck: true });
  const stored = await peekSecret(context, userId, FLY_TOKEN);
  const finding = await makeApp(context, userId, { stored, name, organization });
  if (stored !== null && finding.verification === "valid") {
    await storeConfig(context, { flyAppName: name }, { willCheck: true });
    await saveFinding(context, stored, finding);
    await wakeUserTasks(context, userId);
  } else if (stored !== null && token.flyToken !== undefined) {
    // The app before it stays, and the new token has to do for that one.
    await saveFinding(context, stored, await context.flyApps.check({ token: stored.value, app: before }));
    await wakeUserTasks(context, userId);
  }
  return { ...(await getConfig(context)), check: withApp(context, finding) };
}

type ToMake = { stored: StoredSecret | null; name: string; organization: string | undefined };

/** In the organisation of the app before it, where none is named. */
async function makeApp(
  context: AppContext,
  userId: number,
  { stored, name, organization }: ToMake,
): Promise<FlyFinding> {
  if (stored === null) return { verification: "missing" };
  if (!(await mayCheck(context, userId))) return { verification: "unverified", gap: "too_many_checks" };
  const before = flyNetworkFinding({ flyNetwork: (await secretStatus(context, userId)).flyNetwork });
  const inOrganization = organization ?? before?.organization ?? "personal";
  return context.flyApps.create({ token: stored.value, app: name }, inOrganization);
}

/** `POST /api/config/validate/fly`: what is given, saved nowhere; what is absent is taken from the saved. */
export async function validateFly(
  context: AppContext,
  input: { flyToken?: string | undefined; flyAppName?: string | undefined },
): Promise<FlyCheck> {
  const { userId } = requireUser(context.actor);
  await requireListed(context);
  const given = flyTokenChanges(input.flyToken ?? "")[0]?.value ?? null;
  const savedApp = (await loadRunSettings(context, userId)).flyApp;
  const app = input.flyAppName || savedApp;
  if (given === null && app === savedApp) {
    const check = await checkSaved(context, userId, {});
    await wakeUserTasks(context, userId);
    return check;
  }
  const token = given ?? (await peekSecret(context, userId, FLY_TOKEN))?.value ?? null;
  if (token === null || app === null) return withApp(context, { verification: "missing" });
  if (!(await mayCheck(context, userId)))
    throw new AppError("rate_limited", "You checked many tokens in the last minutes.", {
      fix: adviceFix("Wait ten minutes, then try again."),
    });
  return withApp(context, await context.flyApps.check({ token, app }));
}

async function checkSaved(context: AppContext, userId: number, wanted: Wanted): Promise<FlyCheck> {
  const { flyApp: app } = await loadRunSettings(context, userId);
  const stored = await peekSecret(context, userId, FLY_TOKEN);
  if (stored === null) return withApp(context, { verification: "missing" });
  if (app === null) {
    await endCheck(context, stored);
    return withApp(context, { verification: "missing" });
  }
  if (!(await mayCheck(context, userId))) {
    await endCheck(context, stored);
    return withApp(context, { verification: "unverified", gap: "too_many_checks" });
  }
  const credentials = { token: stored.value, app };
  const finding = wanted.createApp
    ? await context.flyApps.create(credentials, wanted.organization ?? "personal")
    : await context.flyApps.check(credentials);
  await saveFinding(context, stored, finding);
  return withApp(context, finding);
}

const FLY_TOKENS = linkTo("read about Fly's tokens", "https://fly.io/docs/security/tokens/");
const FIXES: Partial<Record<Verification, Fix>> = {
  invalid_key: FLY_TOKENS,
  expired: FLY_TOKENS,
  no_machine_rights: FLY_TOKENS,
  restricted: FLY_TOKENS,
};

function withApp(context: AppContext, { verification, gap, app }: FlyFinding): FlyCheck {
  const fix = FIXES[verification];
  const message = flySentence(verification, gap);
  return { ...resultOf(context, { verification, message, fix }), app: app ?? null };
}
