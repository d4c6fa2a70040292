import { z } from "zod";
import { authorizationOf, knownRepository } from "./access.ts";
import type { GitHubActor } from "./exchange.ts";
import { GraphqlError } from "./graphql-error.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const variablesSchema = z.object({ owner: z.string(), name: z.string() });
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
export async function answerRepository(world: GitHubWorld, actor: GitHubActor, variables: unknown): Promise<unknown> {
  const { owner, name } = variablesSchema.parse(variables);
  const repository = knownRepository(world, owner, name);
  const isSeen =
    repository !== undefined &&
    (await world.emulator.read(z.unknown(), `/repos/${repository.fullName}`, authorizationOf(actor))) !== undefined;
  if (!isSeen) {
    throw new GraphqlError("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
  }
  return { pullRequestTemplates: await templatesOf(world, repository), pullRequests: await merged(world, repository) };
}

const contents = <T>(world: GitHubWorld, { fullName, owner }: Repository, at: { schema: z.ZodType<T>; path: string }) =>
  world.emulator.read(at.schema, `/repos/${fullName}/contents/${encodeURI(at.path)}`, world.emulator.owner(owner));

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
