import type { DiagnosticCheck, Diagnostics, RateLimitView } from "@/lib/account";
import { FAILURES } from "@/lib/failures";
import { gapsOf, lacksInWords } from "@/lib/github-app";
import { NOT_LISTED } from "@/lib/people";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError, type Installation } from "@/server/github/port";
import { requireUser } from "./actor";
import { ignoredComments } from "./ignored";
import { installationsOf } from "./installations";
import { mayUse } from "./may-use";
import { isReconnect, withUserToken } from "./user-token";
import { adviceFix, linkTo, reconnectFix } from "@/lib/fix";

/** A classic OAuth app's token needs no more to know who somebody is. */
const SCOPES = ["read:user"];

type Asked<T> = { ok: true; value: T } | { ok: false; problem: AppError };

async function ask<T>(work: Promise<T>): Promise<Asked<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, problem: error };
    throw error;
  }
}

/** The person's connection to GitHub: token, scopes or permissions, installations, each wrong part with its fix. */
export async function diagnoseConnection(context: AppContext): Promise<Diagnostics> {
  const { userId, login } = requireUser(context.actor);
  const [listed, seen, held, access, refresh, unheard] = await Promise.all([
    mayUse(context, { userId, login }).catch((error: unknown) => {
      if (error instanceof GitHubError) return null;
      throw error;
    }),
    ask(withUserToken(context, userId, (token) => context.github.user(token).inspect())),
    ask(installationsOf(context, { userId, login })),
    context.db.accounts.getOauthToken(userId, "access"),
    context.db.accounts.getOauthToken(userId, "refresh"),
    ignoredComments(context),
  ]);
  const scopes = seen.ok ? seen.value.scopes : null;
  const missing = SCOPES.filter((scope) => !(scopes ?? []).includes(scope) && !(scopes ?? []).includes("user"));
  const installations = held.ok ? await Promise.all(held.value.map((each) => view(context, each))) : [];
  const checks = [
    ...(listed === false ? [NOT_LISTED_CHECK] : []),
    tokenCheck(seen),
    ...(scopes === null || missing.length === 0 ? [] : [scopeCheck(missing)]),
    ...installationChecks(context, held, installations),
  ];
  const state = seen.ok ? "live" : isReconnect(seen.problem) ? "reconnect" : "unknown";
  return {
    login,
    ok: checks.every((check) => check.ok),
    token: {
      state,
      kind: seen.ok ? (scopes === null ? "app" : "classic") : null,
      expiresAt: access?.expiresAt ?? null,
      reconnectBy: refresh?.expiresAt ?? (refresh === null ? (access?.expiresAt ?? null) : null),
      scopes: scopes === null ? null : { granted: scopes, missing },
    },
    installations,
    installUrl: installUrl(context),
    checks,
    unheard,
  };
}

const NOT_LISTED_CHECK: DiagnosticCheck = {
  name: "people",
  ok: false,
  message: `${NOT_LISTED} What is yours you can still see, and delete.`,
  fix: FAILURES.not_listed.fix,
};

const installUrl = (context: AppContext) =>
  `${context.env.GITHUB_URL}/apps/${context.env.GITHUB_APP_SLUG}/installations/new`;

function tokenCheck(seen: Asked<unknown>): DiagnosticCheck {
  const name = "token";
  if (seen.ok) return { name, ok: true, message: "Porter can speak to GitHub as you.", fix: null };
  const { message, fix } = seen.problem;
  return { name, ok: false, message, fix: fix ?? null };
}

const scopeCheck = (missing: string[]): DiagnosticCheck => ({
  name: "scopes",
  ok: false,
  message: `GitHub did not grant ${missing.join(", ")}.`,
  fix: reconnectFix(),
});

type View = Diagnostics["installations"][number];

async function view(context: AppContext, installation: Installation): Promise<View> {
  const { id, account, accountType, repositorySelection, suspendedAt, permissions } = installation;
  const base = context.env.GITHUB_URL;
  const settings = accountType === "Organization" ? `${base}/organizations/${account}/settings` : `${base}/settings`;
  return {
    id,
    account,
    accountType,
    repositorySelection,
    suspended: suspendedAt !== null,
    permissions: { granted: permissions, missing: gapsOf({ permissions }).needed.permissions },
    limitedUntil: await limitedUntil(context, id),
    manageUrl: `${settings}/installations/${id}`,
  };
}

/** Null once the time is over. */
async function limitedUntil(context: AppContext, installationId: number): Promise<string | null> {
  const until = (await context.db.installations.get(installationId))?.limitedUntil ?? null;
  return until !== null && Date.parse(until) > context.clock.now().getTime() ? until : null;
}

function installationChecks(context: AppContext, held: Asked<unknown>, installations: View[]): DiagnosticCheck[] {
  // Without a token nobody knows; its own check says what to do.
  if (!held.ok) return [];
  if (installations.length === 0) {
    const message = "The App is installed on no account that you reach.";
    return [{ name: "installation", ok: false, message, fix: linkTo("install the App", installUrl(context)) }];
  }
  return installations.map(({ account, suspended, permissions, manageUrl }) => {
    const name = `installation ${account}`;
    const manage = linkTo("put it right", manageUrl);
    if (suspended) return { name, ok: false, message: `The App is suspended on ${account}.`, fix: manage };
    const missing = Object.entries(permissions.missing).map(([what, level]) => `${what}: ${level}`);
    if (missing.length > 0)
      return { name, ok: false, message: `${account} has not granted ${missing.join(", ")}.`, fix: manage };
    const { further } = gapsOf({ permissions: permissions.granted });
    const less = lacksInWords(further);
    const without = less === "" ? "" : ` It has not granted ${less}: the checks of pull requests are not shown.`;
    const message = `The App is installed on ${account} with all that it needs.${without}`;
    return { name, ok: true, message, fix: null };
  });
}

/** What GitHub still allows: the person's own token, and the installations that were told to wait. */
export async function rateLimit(context: AppContext): Promise<RateLimitView> {
  const { userId, login } = requireUser(context.actor);
  const [user, held] = await Promise.all([
    ask(withUserToken(context, userId, (token) => context.github.user(token).rateLimit())),
    ask(installationsOf(context, { userId, login })),
  ]);
  const installations = (held.ok ? held.value : []).map(async ({ id, account }) => ({
    id,
    account,
    limitedUntil: await limitedUntil(context, id),
  }));
  return {
    user: user.ok ? user.value : null,
    fix: user.ok ? null : (user.problem.fix ?? adviceFix(user.problem.message)),
    installations: await Promise.all(installations),
  };
}
