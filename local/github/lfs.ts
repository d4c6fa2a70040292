import { createHash } from "node:crypto";
import { z } from "zod";
import { knownRepository, mayWriteContents, routeRepository } from "./access.ts";
import {
  type HttpAnswer,
  emptyAnswer,
  type HttpExchange,
  jsonAnswer,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { parameterOf, type Parameters, defineRoute, type HttpRoute } from "./routes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

/** What a free account may store as one file. */
const largestObjectBytes = 2 * 1024 ** 3;

const objectSchema = z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative() });
type LfsObject = z.infer<typeof objectSchema>;
const batchSchema = z.looseObject({
  operation: z.enum(["upload", "download"]),
  transfers: z.array(z.string()).default(["basic"]),
  objects: z.array(objectSchema),
  hash_algo: z.string().default("sha256"),
});

/** Git LFS's batch API with its basic transfer, as git-lfs publishes it. */
export function lfsRoutes(world: GitHubWorld): HttpRoute[] {
  const base = "/:owner/:repo/info/lfs";
  return [
    defineRoute("POST", `${base}/objects/batch`, (exchange, parameters) => batch(world, exchange, parameters)),
    defineRoute("POST", `${base}/verify`, (exchange, parameters) => verify(world, exchange, parameters)),
    defineRoute("PUT", "/_lfs/:oid", (exchange, parameters) => upload(world, exchange, parameterOf(parameters, "oid"))),
    defineRoute("GET", "/_lfs/:oid", ({ query }, parameters) => {
      const fullName = world.lfs.linked(query.get("key") ?? "");
      const content = fullName === undefined ? undefined : world.lfs.get(fullName, parameterOf(parameters, "oid"));
      if (content === undefined) return emptyAnswer(fullName === undefined ? 403 : 404);
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body: content };
    }),
  ];
}

const lfsJson = (status: number, value: unknown): HttpAnswer =>
  jsonAnswer(status, value, { "content-type": "application/vnd.git-lfs+json; charset=utf-8" });
const lfsProblem = (status: number, message: string): HttpAnswer =>
  lfsJson(status, { message, documentation_url: "https://docs.github.com/repositories/working-with-files" });

/** The repository of the route, spelt with or without `.git`. */
async function repositoryOf(world: GitHubWorld, exchange: HttpExchange, parameters: Parameters): Promise<Repository> {
  const { owner = "", repo = "" } = parameters;
  const bare = { owner, repo: repo.replace(/\.git$/, "") };
  const { actor } = exchange;
  if (actor.kind === "anonymous" && knownRepository(world, bare.owner, bare.repo)?.private !== false) {
    throw new HttpRefusal(problemAnswer(401, "Credentials needed"));
  }
  return routeRepository(world, exchange, bare);
}

async function batch(world: GitHubWorld, exchange: HttpExchange, parameters: Parameters): Promise<HttpAnswer> {
  const repository = await repositoryOf(world, exchange, parameters);
  const { data } = batchSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return lfsProblem(422, "The request has not the form of a batch");
  if (data.hash_algo !== "sha256") return lfsProblem(409, "The hash algorithm is not supported");
  if (data.operation === "upload" && !(await mayWriteContents(world, exchange.actor, repository))) {
    if (exchange.actor.kind === "anonymous") return lfsProblem(401, "Credentials needed");
    return lfsProblem(403, "You must have push access to upload objects");
  }
  const answerOf = data.operation === "upload" ? uploadOf : downloadOf;
  const objects = data.objects.map((object) => ({ ...object, ...answerOf(world, repository, object) }));
  return lfsJson(200, { transfer: "basic", objects });
}

function uploadOf(world: GitHubWorld, { fullName }: Repository, { oid, size }: LfsObject): Record<string, unknown> {
  if (size > largestObjectBytes) {
    return { error: { code: 422, message: "Size must be less than or equal to 2147483648" } };
  }
  // No action: it is there already.
  if (world.lfs.get(fullName, oid) !== undefined) return {};
  const { key, expiresAt } = world.lfs.link(fullName);
  const link = (href: string): unknown => ({ href, header: {}, expires_at: expiresAt });
  const upload = link(`${world.url}/_lfs/${oid}?key=${key}`);
  const verifying = link(`${world.url}/${fullName}.git/info/lfs/verify?key=${key}`);
  return { authenticated: true, actions: { upload, verify: verifying } };
}

function downloadOf(world: GitHubWorld, { fullName }: Repository, { oid }: LfsObject): Record<string, unknown> {
  if (world.lfs.get(fullName, oid) === undefined) return { error: { code: 404, message: "Object does not exist" } };
  const { key, expiresAt } = world.lfs.link(fullName);
  const download = { href: `${world.url}/_lfs/${oid}?key=${key}`, header: {}, expires_at: expiresAt };
  return { authenticated: true, actions: { download } };
}

/** The link is the proof that the sender may; what comes must be what it was named. */
function upload(world: GitHubWorld, { query, body }: HttpExchange, oid: string): HttpAnswer {
  const fullName = world.lfs.linked(query.get("key") ?? "");
  if (fullName === undefined) return emptyAnswer(403);
  if (createHash("sha256").update(body).digest("hex") !== oid) return emptyAnswer(400);
  world.lfs.put(fullName, oid, body);
  return emptyAnswer(200);
}

function verify(world: GitHubWorld, { query, body }: HttpExchange, { owner = "", repo = "" }: Parameters): HttpAnswer {
  const fullName = world.lfs.linked(query.get("key") ?? "");
  if (fullName !== knownRepository(world, owner, repo.replace(/\.git$/, ""))?.fullName) return emptyAnswer(403);
  const { data } = objectSchema.safeParse(parseJson(body));
  const content = data === undefined ? undefined : world.lfs.get(fullName ?? "", data.oid);
  if (content === undefined) return lfsProblem(404, "Object does not exist");
  return content.length === data?.size ? emptyAnswer(200) : lfsProblem(422, "The size is not what was stored");
}
