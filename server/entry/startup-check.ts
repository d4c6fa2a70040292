import journal from "@/drizzle/meta/_journal.json";
import { type FailureCode, OPERATOR_FAILURES, operatorFailureKey } from "@/lib/failures";
import { mentionNames } from "@/lib/mention-names";
import { peopleWords } from "@/lib/people";
import type { StartupCheck } from "@/lib/operator";
import { currentActor } from "@/server/auth/session-cookie";
import { type AppContext, withActor } from "@/server/context";
import { type EnvProblem, readEnv } from "@/server/env";
import { AppError } from "@/server/errors";
import { logProblem, problemOf, problemResponse } from "@/server/http-errors";
import { isOperator } from "@/server/identity/actor";
import { type HealthFinding, healthyFinding, checkApp, faultyFinding } from "@/server/identity/app-health";
import { sealKey } from "@/server/tasks/attempt/network";
import { ignoredToday } from "@/server/identity/ignored";
import { unaskableOrganizations } from "@/server/identity/may-use";
import { createLogger, describeError } from "@/server/log";
import { adviceFix } from "@/lib/fix";

/** Every path but static files and the startup check answers so while Porter is half configured. */
export function notConfiguredResponse(problems: EnvProblem[]): Response {
  const fix = adviceFix("Set the named variables, then look at /api/startup/check.");
  const error = new AppError("unavailable", `Porter is not configured: ${sentenceOf(problems)}`, { fix });
  const problem = logProblem(problemOf(error, crypto.randomUUID()), { log: createLogger(), error, where: {} });
  return problemResponse(problem, { "retry-after": "60" });
}

const sentenceOf = (problems: EnvProblem[]) =>
  problems.map((problem) => `${problem.name}: ${problem.message}`).join("; ");

/** `required`: red makes Porter unfit to serve; the others are for operators to look at. */
type Check = { name: string; required: boolean } & HealthFinding;

/**
 * `GET /api/startup/check`: each part green, or red with its fix. Messages and fixes are for
 * operators; others learn the names and their colours. What the environment lacks is said to all: every other path
 * says it too. 503 while a required part is red.
 */
export async function startupCheck(request: Request, bindings: unknown, compose: () => AppContext): Promise<Response> {
  const env = readEnv(bindings);
  if (!env.ok) {
    const checks = [
      { name: "environment", required: true, ...faultyFinding(sentenceOf(env.problems), "Set these variables.") },
    ];
    return answer(checks, true);
  }
  const context = compose();
  const required = { database, schema, keys, github_app: githubApp, webhook, mention };
  const advisory = { people, clock, dead_letters: deadLetters, given_up: givenUp, intake, runs, network };
  const checks = await Promise.all([
    ...Object.entries(required).map(([name, look]) => check(context, { name, look, required: true })),
    ...Object.entries(advisory).map(([name, look]) => check(context, { name, look, required: false })),
  ]);
  const environment: Check = { name: "environment", required: true, ...healthyFinding("All variables are set.") };
  return answer([environment, ...checks], await asksOperator(context, request));
}

/** False also when nobody can be asked who it is: then the reason for that is among the red ones. */
async function asksOperator(context: AppContext, request: Request): Promise<boolean> {
  try {
    return isOperator(withActor(context, await currentActor(context, request.headers)));
  } catch {
    return false;
  }
}

function answer(checks: Check[], detailed: boolean): Response {
  const ok = checks.every((each) => each.ok || !each.required);
  const shown = checks.map((each) =>
    detailed ? { ...each, fix: each.ok ? null : each.fix } : { name: each.name, required: each.required, ok: each.ok },
  );
  const body: StartupCheck = { ok, checks: shown };
  return Response.json(body, { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}

type Look = (context: AppContext) => Promise<HealthFinding>;

async function check(context: AppContext, input: { name: string; look: Look; required: boolean }): Promise<Check> {
  const { name, look, required } = input;
  try {
    return { name, required, ...(await look(context)) };
  } catch (error) {
    context.log.warn("startup_check.failed", { name, error: describeError(error) });
    return {
      name,
      required,
      ...faultyFinding("It could not be looked at.", "The log has the reason: startup_check.failed."),
    };
  }
}

const database: Look = async ({ db }) => {
  try {
    await db.operations.ping();
    return healthyFinding("D1 answers.");
  } catch {
    return faultyFinding("D1 does not answer.", "Bind a D1 database as DB; see Cloudflare's status page.");
  }
};

const schema: Look = async ({ db }) => {
  const applied = new Set(await db.operations.appliedMigrations());
  const missing = journal.entries.map(({ tag }) => `${tag}.sql`).filter((name) => !applied.has(name));
  if (missing.length === 0) return healthyFinding(`All ${journal.entries.length} migrations are applied.`);
  return faultyFinding(
    `Not applied: ${missing.join(", ")}.`,
    "Run npm run migrate:remote (npm run migrate on this machine).",
  );
};

const keys: Look = async ({ db, sealer }) => {
  const unknown = [...(await db.sealed.versionsInUse())].filter(([version]) => !sealer.versions.includes(version));
  if (unknown.length === 0)
    return healthyFinding(`Every row's key is configured; version ${sealer.currentVersion} seals.`);
  const rows = unknown.map(([version, count]) => `version ${version} (${count} rows)`).join(", ");
  return faultyFinding(`ENCRYPTION_KEYS lacks ${rows}.`, "Put the key back, then run npm run keys:rotate.");
};

const SAME_FOR_MS = 30_000;

/** Anybody may ask for the check: what costs something is looked at twice a minute an isolate. */
function kept(look: Look): Look {
  const seen = new WeakMap<AppContext["github"], { at: number; finding: HealthFinding }>();
  return async (context) => {
    const now = context.clock.now().getTime();
    const last = seen.get(context.github);
    if (last !== undefined && now - last.at < SAME_FOR_MS) return last.finding;
    const finding = await look(context);
    seen.set(context.github, { at: now, finding });
    return finding;
  };
}

const githubApp: Look = kept(checkApp);

const mention: Look = async ({ env }) => {
  const names = mentionNames(env).map((name) => `@${name}`);
  return healthyFinding(`Commands begin with ${names.join(" or ")}.`);
};

const people: Look = kept(async (context) => {
  const { PORTER_PEOPLE: list, PORTER_OPERATORS: operators } = context.env;
  if (list.length === 0 && operators.length === 0)
    return faultyFinding("Nobody may use this Porter.", "Set PORTER_PEOPLE, or run npm run setup -- --people you.");
  const words = `It is for ${peopleWords(list)}.`;
  const silent = await unaskableOrganizations(context);
  if (silent.length === 0) return healthyFinding(words);
  return faultyFinding(
    `${words} GitHub does not tell it who belongs to ${silent.map(({ login }) => login).join(", ")}.`,
    "Install the App there, and let it read members (organisation permission Members).",
  );
});

const webhook: Look = async ({ env }) =>
  env.GITHUB_WEBHOOK_SECRET === undefined
    ? faultyFinding("Without a secret no delivery is taken.", "Set GITHUB_WEBHOOK_SECRET to the App's webhook secret.")
    : healthyFinding("Deliveries are checked.");

const STOPPED_AFTER_MS = 5 * 60_000;
const clock: Look = async (context) => {
  const last = await context.db.operations.lastTick("sweep");
  if (last !== null && context.clock.now().getTime() - Date.parse(last) < STOPPED_AFTER_MS)
    return healthyFinding("The sweep runs every minute.");
  return faultyFinding(
    last === null ? "The sweep has not run yet." : `The sweep last ran at ${last}.`,
    "See the cron trigger.",
  );
};

const deadLetters: Look = async ({ db }) => {
  const [newest] = await db.operations.deadLetters(1);
  if (newest === undefined) return healthyFinding("Nothing was given up or quarantined.");
  // The release before wrote "set-aside".
  const isRow = newest.queue === "quarantine" || newest.queue === "set-aside";
  const what = isRow ? "A row that could not be read was quarantined" : "The queue gave up";
  return faultyFinding(`${what} at ${newest.at}.`, "Look at the table dead_letters, then empty it.");
};

/** Never red: what GitHub refuses permanently, needs no repair. */
const givenUp: Look = kept(async ({ db }) => {
  const counts = await db.obligations.countGivenUp();
  if (counts.length === 0) return healthyFinding("Nothing that Porter owes was given up.");
  const words = counts.map(({ kind, count }) => `${kind} ${count}`).join(", ");
  return healthyFinding(`Of what Porter owes, this was given up (GET /api/operator/ignored names each): ${words}.`);
});

const intake: Look = kept(async (context) => {
  const found = await ignoredToday(context);
  if (found === null) return healthyFinding("Nothing that came in today was ignored.");
  const words = `Of what came in today, this led to nothing: ${found.words}.`;
  if (found.unreadable === 0) return healthyFinding(words);
  return faultyFinding(words, "GET /api/operator/ignored names the deliveries that could not be read, and why.");
});

const network: Look = async ({ db, clock, env }) => {
  const counts = await db.useCounts.read([sealKey("open"), sealKey("user_namespace")], clock.now().toISOString());
  const [open, weak] = [counts.get(sealKey("open")) ?? 0, counts.get(sealKey("user_namespace")) ?? 0];
  const isRequired = env.NETWORK === "required";
  if (open + weak === 0)
    return healthyFinding(
      isRequired ? "Machines that cannot be sealed run no task." : "Every machine of this week was sealed.",
    );
  const found = [
    ...(open === 0
      ? []
      : [`${open} could not be sealed${isRequired ? ", and ran nothing" : ": their network was open"}`]),
    ...(weak === 0 ? [] : [`${weak} were sealed without root, so that supervisor and agent are one user`]),
  ];
  return faultyFinding(
    `Of this week's machines, ${found.join("; ")}.`,
    "Run the image as root where its kernel permits namespaces: node runner.mjs --probe-seal says what is missing.",
  );
};

/** What an operator does about it; whatever is not named is in the log. */
const MENDS: Partial<Record<FailureCode, string>> = {
  image_unavailable: "Make the image of AGENT_IMAGE public, or push it again; see npm run setup.",
  porter_challenged: "Let POST /api/callbacks/* past Cloudflare's bot checks (WAF, Bot Fight Mode) of this domain.",
  runner_misconfigured: "Build and push the image of this release, and set AGENT_IMAGE to it.",
};

const runs: Look = async ({ db, clock }) => {
  const keys = OPERATOR_FAILURES.map(operatorFailureKey);
  const counts = await db.useCounts.read(keys, clock.now().toISOString());
  const found = OPERATOR_FAILURES.filter((code) => counts.has(operatorFailureKey(code)));
  if (found.length === 0) return healthyFinding("No run failed for how Porter is set up.");
  const words = found.map((code) => `${code} ${counts.get(operatorFailureKey(code))}`).join(", ");
  const fixes = new Set(found.map((code) => MENDS[code] ?? "The log has the reason."));
  return faultyFinding(`In a week, runs failed for how Porter is set up: ${words}.`, [...fixes].join(" "));
};
