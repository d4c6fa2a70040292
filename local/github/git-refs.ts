import { z } from "zod";
import { routeRepository } from "./access.ts";
import {
  type HttpAnswer,
  type HttpExchange,
  jsonAnswer,
  pageOf,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { refuseEmpty } from "./git-data.ts";
import { inGitHubsWords } from "./git-words.ts";
import { runProgram } from "./git-repository.ts";
import { pullCommits, pullFromEmulator } from "./git-sync.ts";
import { passOn } from "./proxy.ts";
import { hasGate } from "./push-gate.ts";
import { type RefUpdate, type RefViolation, violationsOf } from "./ref-gate.ts";
import { describeRule, describeRuleset, RULESET_ID, rulesOfBranch, standardSettings } from "./repository-rules.ts";
import { parameterOf, type Parameters, defineRoute, type HttpRoute } from "./routes.ts";
import { apiRefusal } from "./violations.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const referenceSchema = z.looseObject({ ref: z.string(), object: z.looseObject({ sha: z.string() }) });
const createSchema = z.looseObject({ ref: z.string(), sha: z.string() });
const moveSchema = z.looseObject({ sha: z.string(), force: z.boolean().default(false) });

/** References by REST: GitHub's names for what it refuses, and the repository's rules before anything moves. */
export function gitRefRoutes(world: GitHubWorld): HttpRoute[] {
  const one = "/repos/:owner/:repo/git/refs/:name(.+)";
  const on =
    (answer: (exchange: HttpExchange, target: { repository: Repository; ref: string }) => Promise<HttpAnswer>) =>
    async (exchange: HttpExchange, parameters: Parameters): Promise<HttpAnswer> => {
      const repository = await routeRepository(world, exchange, parameters);
      const ref = `refs/${parameters.name ?? ""}`;
      const empty = await refuseEmpty(world, repository);
      if (empty !== undefined) return empty;
      return exchange.method === "POST" || ref.startsWith("refs/heads/")
        ? answer(exchange, { repository, ref })
        : passOn(world, exchange);
    };
  return [
    defineRoute(
      "POST",
      "/repos/:owner/:repo/git/refs",
      on((exchange, { repository }) => create(world, exchange, repository)),
    ),
    defineRoute(
      "PATCH",
      one,
      on((exchange, target) => move(world, exchange, target)),
    ),
    defineRoute(
      "DELETE",
      one,
      on((exchange, target) => remove(world, exchange, target)),
    ),
    defineRoute(
      "GET",
      "/repos/:owner/:repo/git/ref/:name(.+)",
      on((exchange, { repository, ref }) =>
        world.lag.hides("refs", repository.fullName, ref)
          ? Promise.resolve(problemAnswer(404, "Not Found"))
          : passOn(world, exchange),
      ),
    ),
    defineRoute("GET", "/repos/:owner/:repo/rules/branches/:branch(.+)", async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      const { rules } = world.settings.get(repository.fullName) ?? standardSettings;
      const active = rulesOfBranch(rules, repository, parameterOf(parameters, "branch"));
      const { items, headers } = pageOf(exchange, world.url, active);
      return jsonAnswer(
        200,
        items.map((rule) => describeRule(rule, repository)),
        headers,
      );
    }),
    defineRoute("GET", `/repos/:owner/:repo/rulesets/${RULESET_ID}`, async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      return jsonAnswer(200, describeRuleset(world.settings.get(repository.fullName) ?? standardSettings, repository));
    }),
  ];
}

export async function branchesOf(world: GitHubWorld, repository: Repository): Promise<Map<string, string>> {
  const path = `/repos/${repository.fullName}/git/matching-refs/heads/`;
  const found = await world.emulator.read(z.array(referenceSchema), path, world.emulator.owner(repository.owner));
  return new Map((found ?? []).map(({ ref, object }) => [ref, object.sha]));
}

/** Why a reference of this name cannot be made. */
export async function refuseName(ref: string, existing: Iterable<string>): Promise<string | undefined> {
  if (!/^refs\/[^/]+\/./.test(ref)) return "Reference name must contain at least three slash-separated components.";
  const valid = await runProgram("git", ["check-ref-format", ref]).then(
    () => true,
    () => false,
  );
  // Names that look like a commit's id would be taken for one.
  if (!valid || /^refs\/heads\/[0-9a-f]{40}$/.test(ref)) return `${ref} is not a valid ref name.`;
  for (const other of existing) {
    if (other === ref) return "Reference already exists";
    if (other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`)) return "Reference update failed";
  }
  return undefined;
}

/** What the repository's rules have against an update. */
export async function ruleViolations(
  world: GitHubWorld,
  repository: Repository,
  update: RefUpdate,
): Promise<RefViolation[]> {
  const settings = world.settings.get(repository.fullName) ?? standardSettings;
  const git = world.bare.get(repository.id);
  if (!hasGate(settings) || git === undefined) return [];
  return world.locks.run(repository.fullName, async () => {
    const synced = { emulator: world.emulator, fullName: repository.fullName, owner: repository.owner, git };
    await pullFromEmulator(synced);
    if (update.after !== undefined) await pullCommits(synced, [update.after]);
    const rules = rulesOfBranch(settings.rules, repository, update.ref.replace("refs/heads/", ""));
    const signed = [...world.signed.keys()];
    return violationsOf((args, input) => git.text(args, input === undefined ? {} : { input }), update, {
      ...settings,
      rules,
      signed,
    });
  });
}

async function requireRules(world: GitHubWorld, repository: Repository, update: RefUpdate): Promise<void> {
  const violations = await ruleViolations(world, repository, update);
  if (violations.length > 0) throw new HttpRefusal(apiRefusal(422, violations));
}

/** Whether the repository has this commit. */
export async function isCommit(world: GitHubWorld, repository: Repository, sha: string): Promise<boolean> {
  const path = `/repos/${repository.fullName}/git/commits/${encodeURIComponent(sha)}`;
  return (await world.emulator.read(z.unknown(), path, world.emulator.owner(repository.owner))) !== undefined;
}

async function create(world: GitHubWorld, exchange: HttpExchange, repository: Repository): Promise<HttpAnswer> {
  const { data } = createSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problemAnswer(422, 'Invalid request.\n\n"ref", "sha" weren\'t supplied.');
  const refused = await refuseName(data.ref, (await branchesOf(world, repository)).keys());
  if (refused !== undefined) return problemAnswer(422, refused);
  if (!(await isCommit(world, repository, data.sha))) return problemAnswer(422, "Object does not exist");
  await requireRules(world, repository, { ref: data.ref, before: undefined, after: data.sha });
  return moved(world, repository, { ref: data.ref, answer: await passOn(world, exchange) });
}

function moved(
  world: GitHubWorld,
  repository: Repository,
  { ref, answer }: { ref: string; answer: HttpAnswer },
): HttpAnswer {
  if (answer.status < 300) world.lag.moved(repository.fullName, ref);
  return inGitHubsWords(answer);
}

type Target = { repository: Repository; ref: string };

async function move(world: GitHubWorld, exchange: HttpExchange, { repository, ref }: Target): Promise<HttpAnswer> {
  const { data } = moveSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problemAnswer(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  const before = (await branchesOf(world, repository)).get(ref);
  if (before === undefined) return problemAnswer(422, "Reference does not exist");
  if (!(await isCommit(world, repository, data.sha))) return problemAnswer(422, "Object does not exist");
  await requireRules(world, repository, { ref, before, after: data.sha });
  return moved(world, repository, { ref, answer: await passOn(world, exchange) });
}

async function remove(world: GitHubWorld, exchange: HttpExchange, { repository, ref }: Target): Promise<HttpAnswer> {
  const before = (await branchesOf(world, repository)).get(ref);
  if (before === undefined) return problemAnswer(422, "Reference does not exist");
  await requireRules(world, repository, { ref, before, after: undefined });
  return passOn(world, exchange);
}
