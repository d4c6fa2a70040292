import { z } from "zod";
import { routeRepository } from "./access.ts";
import { type Answer, type Exchange, json, page, parseJson, problem, Refusal } from "./exchange.ts";
import { refuseEmpty } from "./git-data.ts";
import { inGitHubsWords } from "./git-words.ts";
import { run } from "./git-repository.ts";
import { pullCommits, pullFromEmulator } from "./git-sync.ts";
import { passOn } from "./proxy.ts";
import { hasGate } from "./push-gate.ts";
import { type RefUpdate, type Violation, violationsOf } from "./ref-gate.ts";
import { describeRule, describeRuleset, RULESET_ID, rulesOfBranch, standardSettings } from "./repository-rules.ts";
import { parameter, type Parameters, route, type Route } from "./routes.ts";
import { apiRefusal } from "./violations.ts";
import type { Repository, World } from "./world.ts";

const referenceSchema = z.looseObject({ ref: z.string(), object: z.looseObject({ sha: z.string() }) });
const createSchema = z.looseObject({ ref: z.string(), sha: z.string() });
const moveSchema = z.looseObject({ sha: z.string(), force: z.boolean().default(false) });

/** References by REST: GitHub's names for what it refuses, and the repository's rules before anything moves. */
export function gitRefRoutes(world: World): Route[] {
  const one = "/repos/:owner/:repo/git/refs/:name(.+)";
  const on =
    (answer: (exchange: Exchange, target: { repository: Repository; ref: string }) => Promise<Answer>) =>
    async (exchange: Exchange, parameters: Parameters): Promise<Answer> => {
      const repository = await routeRepository(world, exchange, parameters);
      const ref = `refs/${parameters.name ?? ""}`;
      const empty = await refuseEmpty(world, repository);
      if (empty !== undefined) return empty;
      return exchange.method === "POST" || ref.startsWith("refs/heads/")
        ? answer(exchange, { repository, ref })
        : passOn(world, exchange);
    };
  return [
    route(
      "POST",
      "/repos/:owner/:repo/git/refs",
      on((exchange, { repository }) => create(world, exchange, repository)),
    ),
    route(
      "PATCH",
      one,
      on((exchange, target) => move(world, exchange, target)),
    ),
    route(
      "DELETE",
      one,
      on((exchange, target) => remove(world, exchange, target)),
    ),
    route(
      "GET",
      "/repos/:owner/:repo/git/ref/:name(.+)",
      on((exchange, { repository, ref }) =>
        world.lag.hides("refs", repository.fullName, ref)
          ? Promise.resolve(problem(404, "Not Found"))
          : passOn(world, exchange),
      ),
    ),
    route("GET", "/repos/:owner/:repo/rules/branches/:branch(.+)", async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      const { rules } = world.settings.get(repository.fullName) ?? standardSettings;
      const active = rulesOfBranch(rules, repository, parameter(parameters, "branch"));
      const { items, headers } = page(exchange, world.url, active);
      return json(
        200,
        items.map((rule) => describeRule(rule, repository)),
        headers,
      );
    }),
    route("GET", `/repos/:owner/:repo/rulesets/${RULESET_ID}`, async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      return json(200, describeRuleset(world.settings.get(repository.fullName) ?? standardSettings, repository));
    }),
  ];
}

export async function branchesOf(world: World, repository: Repository): Promise<Map<string, string>> {
  const path = `/repos/${repository.fullName}/git/matching-refs/heads/`;
  const found = await world.emulator.read(z.array(referenceSchema), path, world.emulator.owner(repository.owner));
  return new Map((found ?? []).map(({ ref, object }) => [ref, object.sha]));
}

/** Why a reference of this name cannot be made. */
export async function refuseName(ref: string, existing: Iterable<string>): Promise<string | undefined> {
  if (!/^refs\/[^/]+\/./.test(ref)) return "Reference name must contain at least three slash-separated components.";
  const valid = await run("git", ["check-ref-format", ref]).then(
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
export async function ruleViolations(world: World, repository: Repository, update: RefUpdate): Promise<Violation[]> {
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

async function requireRules(world: World, repository: Repository, update: RefUpdate): Promise<void> {
  const violations = await ruleViolations(world, repository, update);
  if (violations.length > 0) throw new Refusal(apiRefusal(422, violations));
}

/** Whether the repository has this commit. */
export async function isCommit(world: World, repository: Repository, sha: string): Promise<boolean> {
  const path = `/repos/${repository.fullName}/git/commits/${encodeURIComponent(sha)}`;
  return (await world.emulator.read(z.unknown(), path, world.emulator.owner(repository.owner))) !== undefined;
}

async function create(world: World, exchange: Exchange, repository: Repository): Promise<Answer> {
  const { data } = createSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problem(422, 'Invalid request.\n\n"ref", "sha" weren\'t supplied.');
  const refused = await refuseName(data.ref, (await branchesOf(world, repository)).keys());
  if (refused !== undefined) return problem(422, refused);
  if (!(await isCommit(world, repository, data.sha))) return problem(422, "Object does not exist");
  await requireRules(world, repository, { ref: data.ref, before: undefined, after: data.sha });
  return moved(world, repository, { ref: data.ref, answer: await passOn(world, exchange) });
}

function moved(world: World, repository: Repository, { ref, answer }: { ref: string; answer: Answer }): Answer {
  if (answer.status < 300) world.lag.moved(repository.fullName, ref);
  return inGitHubsWords(answer);
}

type Target = { repository: Repository; ref: string };

async function move(world: World, exchange: Exchange, { repository, ref }: Target): Promise<Answer> {
  const { data } = moveSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problem(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  const before = (await branchesOf(world, repository)).get(ref);
  if (before === undefined) return problem(422, "Reference does not exist");
  if (!(await isCommit(world, repository, data.sha))) return problem(422, "Object does not exist");
  await requireRules(world, repository, { ref, before, after: data.sha });
  return moved(world, repository, { ref, answer: await passOn(world, exchange) });
}

async function remove(world: World, exchange: Exchange, { repository, ref }: Target): Promise<Answer> {
  const before = (await branchesOf(world, repository)).get(ref);
  if (before === undefined) return problem(422, "Reference does not exist");
  await requireRules(world, repository, { ref, before, after: undefined });
  return passOn(world, exchange);
}
