import type { Listed } from "@/lib/people";
import { FAILURES } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { type GitHub, GitHubError } from "@/server/github/port";
import { requireUser } from "./actor";
import { problemOfGitHub } from "./user-token";

type Person = { userId: number; login: string };
type Asking = Pick<AppContext, "env" | "github" | "clock">;

/**
 * What the list alone says of somebody: `ask` where GitHub has to say whether they are a member of a listed
 * organisation. Asks nobody.
 */
export function listingOf({ env }: Pick<AppContext, "env">, userId: number): "yes" | "no" | "ask" {
  const people = env.PORTER_PEOPLE;
  if (people === "everybody" || env.PORTER_OPERATORS.includes(userId)) return "yes";
  if (people.some(({ kind, id }) => kind === "user" && id === userId)) return "yes";
  return people.some(({ kind }) => kind === "organization") ? "ask" : "no";
}

/** Whether the account of a person or an organisation is on the list itself. */
export const isOnList = ({ env }: Pick<AppContext, "env">, accountId: number): boolean =>
  env.PORTER_PEOPLE === "everybody" ||
  [...env.PORTER_OPERATORS, ...env.PORTER_PEOPLE.map(({ id }) => id)].includes(accountId);

/**
 * Whether this person may use this Porter: install it, save keys, start work. Together with `listingOf` the one place that
 * says so; reading and ending what is their own is everybody's. Throws `GitHubError` where GitHub does not say.
 */
export async function mayUse(context: Asking, person: Person): Promise<boolean> {
  const said = listingOf(context, person.userId);
  if (said !== "ask") return said === "yes";
  const answers = await Promise.allSettled(organizations(context).map((one) => isMember(context, one, person)));
  if (answers.some((answer) => answer.status === "fulfilled" && answer.value)) return true;
  const doubt = answers.find((answer) => answer.status === "rejected");
  if (doubt !== undefined) throw doubt.reason;
  return false;
}

/** @throws AppError (forbidden) for a signed-in person who may not use this Porter, (unavailable) where nobody says */
export async function requireListed(context: AppContext): Promise<void> {
  const person = requireUser(context.actor);
  try {
    if (await mayUse(context, person)) return;
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
  const reason = { door: "account", reason: "not_listed" };
  const line = { actorId: person.userId, actorLogin: person.login, action: "door.refuse", object: "account" };
  await context.db.audit.refuse({ ...line, through: context.via, detail: reason });
  throw new AppError("forbidden", FAILURES.not_listed.sentence, { fix: FAILURES.not_listed.fix });
}

/**
 * Somebody of whom Porter holds nothing signs in only if they may use it; whoever has an account reaches it. `unknown`:
 * GitHub does not say.
 */
export async function maySignIn(context: AppContext, person: Person): Promise<"yes" | "no" | "unknown"> {
  if ((await context.db.accounts.findById(person.userId)) !== null) return "yes";
  try {
    if (await mayUse(context, person)) return "yes";
  } catch (error) {
    if (error instanceof GitHubError) return "unknown";
    throw error;
  }
  // Who it was is nobody's to keep: they have agreed to nothing.
  await context.db.audit.refuse({ actorId: null, action: "session.refuse", through: "page", object: "account" });
  return "no";
}

/** Listed organisations of whose members Porter cannot ask: the App is not installed there, or may not read members. */
export async function unaskableOrganizations(context: Asking): Promise<Listed[]> {
  const asked = await Promise.all(
    organizations(context).map(async (one) => ((await membersToken(context, one)) === null ? [one] : [])),
  );
  return asked.flat();
}

const organizations = ({ env }: Pick<AppContext, "env">): Listed[] =>
  env.PORTER_PEOPLE === "everybody" ? [] : env.PORTER_PEOPLE.filter(({ kind }) => kind === "organization");

/** Names pass from one to another: it is a yes only where both numbers are the ones that were meant. */
async function isMember(context: Asking, organization: Listed, { userId, login }: Person): Promise<boolean> {
  const ask = async (token: string) => {
    const found = await context.github.app.membership({ organization: organization.login, login }, token);
    return found !== null && found.userId === userId && found.organizationId === organization.id;
  };
  const token = await membersToken(context, organization);
  if (token === null) return false;
  try {
    return await ask(token);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.failure.kind === "lost") return false;
    if (error.failure.kind !== "unauthenticated") throw error;
    tokensOf(context.github).delete(organization.id);
    const again = await membersToken(context, organization);
    return again !== null && ask(again);
  }
}

/** Shorter than GitHub's hour by more than any call takes. */
const KEPT_MS = 45 * 60_000;
type Kept = { token: string; until: number };
const kept = new WeakMap<GitHub, Map<number, Kept>>();
function tokensOf(github: GitHub): Map<number, Kept> {
  const tokens = kept.get(github) ?? new Map<number, Kept>();
  kept.set(github, tokens);
  return tokens;
}

/** A token of the organisation's own installation that may read members and nothing else; null where there is none. */
async function membersToken({ github, clock }: Asking, { id, login }: Listed): Promise<string | null> {
  const tokens = tokensOf(github);
  const now = clock.now().getTime();
  const known = tokens.get(id);
  if (known !== undefined && known.until > now) return known.token;
  try {
    const installation = await github.app.installationForAccount(login);
    if (installation === null || installation.accountId !== id) return null;
    const permissions = { members: "read" } as const;
    const wanted = { installationId: installation.id, repositoryIds: null, permissions };
    const { token } = await github.app.createInstallationToken(wanted);
    tokens.set(id, { token, until: now + KEPT_MS });
    return token;
  } catch (error) {
    // GitHub refuses the whole token for a permission that was not given.
    if (error instanceof GitHubError && ["lost", "invalid"].includes(error.failure.kind)) return null;
    throw error;
  }
}
