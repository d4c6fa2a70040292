import { z } from "zod";
import { authorizationOf, knownRepository } from "./access.ts";
import type { GitHubActor } from "./exchange.ts";
import { GraphqlError } from "./graphql-error.ts";
import { issueOf } from "./graphql-issues.ts";
import { pullOf } from "./graphql-reviews.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const variablesSchema = z.object({ owner: z.string(), name: z.string() }).catchall(z.string());
const listSchema = z.array(z.looseObject({ name: z.string(), path: z.string(), type: z.string() }));
const fileSchema = z.looseObject({ content: z.string() });
const pullSchema = z.looseObject({
  title: z.string(),
  merged_at: z.string().nullish(),
  created_at: z.string(),
  user: z.object({ type: z.string() }),
});

const TEMPLATE = /^pull_request_template(?:\.(?:md|txt))?$/i;
const FOLDERS = ["", "docs", ".github"];

/** Everything that Porter may ask of a repository, whatever was selected. */
export async function answerRepository(
  world: GitHubWorld,
  actor: GitHubActor,
  { variables, selection }: { variables: unknown; selection: string },
): Promise<unknown> {
  const { owner, name, ...rest } = variablesSchema.parse(variables);
  const repository = knownRepository(world, owner, name);
  const isSeen =
    repository !== undefined &&
    (await world.emulator.read(z.unknown(), `/repos/${repository.fullName}`, authorizationOf(actor))) !== undefined;
  if (!isSeen) {
    throw new GraphqlError("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return {
    ...(selection.includes("isPrivate") ? { isPrivate: repository.private, nameWithOwner: repository.fullName } : {}),
    ...(await issueOf(world, repository, selection)),
    ...(await pullOf(world, repository, selection)),
    ...(/\bpullRequests\b/.test(selection)
      ? { pullRequestTemplates: await templatesOf(world, repository), pullRequests: await merged(world, repository) }
      : {}),
    ...(await objectsOf(world, repository, { selection, expressions: rest })),
  };
}

/** `alias: object(expression: $variable)`, with `revision:path` in the variable. */
const objectPattern = /(\w+)\s*:\s*object\s*\(\s*expression\s*:\s*\$(\w+)\s*\)/g;
type Objects = { selection: string; expressions: Record<string, string> };

async function objectsOf(world: GitHubWorld, repository: Repository, { selection, expressions }: Objects) {
  const asked = [...selection.matchAll(objectPattern)];
  const answers = asked.map(async ([, alias = "", variable = ""]): Promise<[string, unknown]> => [
    alias,
    await objectAt(world, repository, expressions[variable] ?? ""),
  ]);
  return Object.fromEntries<unknown>(await Promise.all(answers));
}

const MODES: Record<string, number> = { dir: 0o040000, symlink: 0o120000, submodule: 0o160000 };
const objectSchema = z.union([listSchema, fileSchema]);

async function objectAt(world: GitHubWorld, repository: Repository, expression: string): Promise<unknown> {
  const at = expression.indexOf(":");
  const revision = expression.slice(0, at).replace(/^refs\/heads\//, "");
  const ref = revision === "HEAD" ? "" : `?ref=${encodeURIComponent(revision)}`;
  const found = await contents(world, repository, { schema: objectSchema, path: expression.slice(at + 1), ref });
  if (found === undefined) return null;
  if (Array.isArray(found))
    return { entries: found.map(({ name, type }) => ({ name, mode: MODES[type] ?? 0o100644 })) };
  return { text: Buffer.from(found.content, "base64").toString("utf8") };
}

const contents = <T>(
  world: GitHubWorld,
  { fullName, owner }: Repository,
  at: { schema: z.ZodType<T>; path: string; ref?: string },
) =>
  world.emulator.read(
    at.schema,
    `/repos/${fullName}/contents/${encodeURI(at.path)}${at.ref ?? ""}`,
    world.emulator.owner(owner),
  );

/** Of the default branch: in three folders, in any case, and all that lie in a folder of that name. */
async function templatesOf(world: GitHubWorld, repository: Repository) {
  const list = async (path: string) => (await contents(world, repository, { schema: listSchema, path })) ?? [];
  const entries = (await Promise.all(FOLDERS.map(list))).flat().filter(({ name }) => TEMPLATE.test(name));
  const inside = await Promise.all(entries.filter(({ type }) => type === "dir").map(({ path }) => list(path)));
  const files = [...entries, ...inside.flat()].filter(({ type }) => type === "file");
  return Promise.all(
    files.map(async ({ name: filename, path }) => {
      const file = await contents(world, repository, { schema: fileSchema, path });
      return { filename, body: Buffer.from(file?.content ?? "", "base64").toString("utf8") };
    }),
  );
}

async function merged(world: GitHubWorld, { fullName, owner }: Repository) {
  const path = `/repos/${fullName}/pulls?state=closed`;
  const closed = await world.emulator.list(pullSchema, path, world.emulator.owner(owner));
  const pulls = closed
    .filter(({ merged_at }) => merged_at != null)
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  return { nodes: pulls.slice(0, 40).map(({ title, user }) => ({ title, author: { __typename: user.type } })) };
}
