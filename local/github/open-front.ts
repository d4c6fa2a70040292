import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import path from "node:path";
import { z } from "zod";
import { manifestRoutes } from "./app-manifest.ts";
import { checkRoutes } from "./checks.ts";
import { CommentHistory } from "./comment-history.ts";
import { Deliveries } from "./deliveries.ts";
import { deliveryRoutes } from "./delivery-routes.ts";
import { Emulator, ownerTokenSeed } from "./emulator.ts";
import { jsonAnswer } from "./exchange.ts";
import { FaultList } from "./faults.ts";
import { type Front, serveRequest } from "./front.ts";
import { gitDataRoutes } from "./git-data.ts";
import { GitHttp } from "./git-http.ts";
import { gitRefRoutes } from "./git-refs.ts";
import { GitRepository } from "./git-repository.ts";
import { pushToEmulator } from "./git-sync.ts";
import { gistRoutes } from "./gists.ts";
import { graphqlRoutes } from "./graphql.ts";
import { installPageRoutes } from "./install-page.ts";
import { installationRoutes } from "./installations.ts";
import { peopleRoutes } from "./people.ts";
import { issueRoutes } from "./issues.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { Lag } from "./lag.ts";
import { lfsRoutes } from "./lfs.ts";
import { LfsStore } from "./lfs-store.ts";
import { oauthRoutes } from "./oauth.ts";
import { pullMergeRoutes } from "./pull-merge.ts";
import { LocalPullStore } from "./pull-store.ts";
import { pullRoutes } from "./pulls.ts";
import { rateLimitBody, RateLimits } from "./rate-limits.ts";
import { reactionRoutes } from "./reaction-routes.ts";
import { ReactionStore } from "./reactions.ts";
import { ReviewStore } from "./review-store.ts";
import { reviewRoutes } from "./reviews.ts";
import { defineRoute, type HttpRoute } from "./routes.ts";
import { emulatorSeed, planWorld, type Seed, type SeedRepository, type SeedWorld } from "./seed.ts";
import { TokenRegistry } from "./tokens.ts";
import { noUploads } from "./upload-store.ts";
import { repositorySchema, userSchema, type Repository, type GitHubWorld } from "./world.ts";

type FrontOptions = {
  url: string;
  stateDir: string;
  webhookUrl: string;
  webhookSecret: string;
  publicUrl: string;
  seed?: Seed;
  log: (line: string) => void;
};

/** Starts the emulator, fills it, and lets the server answer. */
export async function openFront(server: Server, options: FrontOptions): Promise<GitHubWorld> {
  const seed = planWorld(options.seed ?? {});
  const redirectUri = `${options.publicUrl}/api/auth/callback/github`;
  const setupUrl = `${options.publicUrl}/api/auth/github/installed`;
  const hookPath = `/_hook/${randomBytes(16).toString("hex")}`;
  let front: Front | undefined;
  server.on("request", (request, response) => {
    // Until everything is in place only the emulator calls, with webhooks of the seed that nobody wants.
    if (front === undefined) response.writeHead(request.url === hookPath ? 202 : 503).end();
    else serveRequest(front, request, response).catch((error: unknown) => options.log(`github: ${String(error)}`));
  });
  const emulator = await Emulator.start({
    publicUrl: options.url,
    port: await freePort(),
    app: seed.app,
    seed: emulatorSeed(seed, {
      redirectUris: [redirectUri],
      hookUrl: options.url + hookPath,
      ownerTokens: ownerTokenSeed(seed.users.map(({ login }) => login)),
    }),
  });
  try {
    const world = await createWorld(emulator, { ...options, redirectUri, setupUrl, seed });
    await fillRepositories(world, options.stateDir);
    front = { world, routes: routesOf(world), git: await GitHttp.open(world), hookPath };
    return world;
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

/** The emulator's own default would be a fixed port. */
async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  const closed = once(probe, "close");
  probe.close();
  await closed;
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function createWorld(
  emulator: Emulator,
  options: Omit<FrontOptions, "seed"> & { redirectUri: string; setupUrl: string; seed: SeedWorld },
): Promise<GitHubWorld> {
  const { url, webhookUrl, webhookSecret, redirectUri, setupUrl, seed, log } = options;
  const tokens = new TokenRegistry();
  const scopes = ["repo", "read:user", "user:email"];
  for (const { token, login } of seed.users)
    tokens.add({ kind: "user", token, innerToken: token, login, scopes, issuedTo: "nobody", expiresAtMs: null });
  const users = seed.users.map(async ({ login, token }) => ({ id: await userId(emulator, login), login, token }));
  return {
    url,
    redirectUri,
    setupUrl,
    seed,
    users: await Promise.all(users),
    bot: await createBot(emulator, seed),
    repositories: await Promise.all(seed.repositories.map((repository) => findRepository(emulator, repository))),
    emulator,
    tokens,
    deliveries: new Deliveries({ url: webhookUrl, secret: webhookSecret, appId: seed.app.id }),
    faults: new FaultList(),
    rateLimits: new RateLimits(),
    lag: new Lag(),
    lfs: new LfsStore(),
    reactions: new ReactionStore(),
    comments: new CommentHistory(),
    pulls: new LocalPullStore(),
    reviews: new ReviewStore(),
    statuses: [],
    gists: new Map(),
    uploads: noUploads(),
    seededIssues: new Set(),
    bare: new Map(),
    settings: new Map(),
    signed: new Map(),
    locks: new KeyedLock(),
    log,
  };
}

async function userId(emulator: Emulator, login: string): Promise<number> {
  const path = `/users/${encodeURIComponent(login)}`;
  const user = await emulator.call(userSchema, { method: "GET", path, authorization: undefined });
  return user.id;
}

/** The emulator creates the App's bot user at the App's first write. This is that write. */
async function createBot(emulator: Emulator, seed: SeedWorld): Promise<GitHubWorld["bot"]> {
  const installation = seed.installations[0];
  const repository = seed.repositories.find(({ owner }) => owner === installation?.account);
  if (installation === undefined || repository === undefined) throw new Error("the seed has no installation");
  const issued = await emulator.call(z.looseObject({ token: z.string() }), {
    method: "POST",
    path: `/app/installations/${installation.id}/access_tokens`,
    authorization: await emulator.app(),
    body: {},
  });
  await emulator.call(z.unknown(), {
    method: "POST",
    path: `/repos/${repository.owner}/${repository.name}/git/blobs`,
    authorization: `Bearer ${issued.token}`,
    body: { content: "", encoding: "utf-8" },
  });
  const login = `${seed.app.slug}[bot]`;
  return { id: await userId(emulator, login), login };
}

async function findRepository(emulator: Emulator, { owner, name, empty }: SeedRepository): Promise<Repository> {
  const call = { method: "GET", path: `/repos/${owner}/${name}`, authorization: emulator.owner(owner) };
  const found = await emulator.call(repositorySchema, call);
  return {
    id: found.id,
    fullName: found.full_name,
    owner,
    name,
    private: found.private,
    defaultBranch: found.default_branch,
    beganEmpty: empty ?? false,
  };
}

/** Creates the bare repositories, commits their files, and brings all of it with issues and people to the emulator. */
async function fillRepositories(world: GitHubWorld, stateDir: string): Promise<void> {
  const root = path.join(stateDir, "github-repositories");
  // The emulator keeps nothing between runs, so neither may the folder.
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  const filled = world.repositories.map(async (repository, index) => {
    const git = await GitRepository.create(path.join(root, `${repository.id}.git`), repository.defaultBranch);
    const planned = world.seed.repositories[index];
    if (planned !== undefined) await fillRepository(world, git, { repository, planned });
    world.bare.set(repository.id, git);
  });
  await Promise.all(filled);
}

async function fillRepository(
  world: GitHubWorld,
  git: GitRepository,
  { repository, planned }: { repository: Repository; planned: SeedRepository },
): Promise<void> {
  const { emulator } = world;
  const { fullName, owner } = repository;
  const files = planned.files ?? { "README.md": `# ${planned.name}\n\n${planned.description ?? ""}\n` };
  if (!repository.beganEmpty) {
    await git.commitFiles(repository.defaultBranch, files, { name: owner, email: `${owner}@example.com` });
    await pushToEmulator({ emulator, fullName, owner, git }, new Map());
  }
  const authorization = emulator.owner(owner);
  for (const issue of planned.issues ?? []) {
    const call = { method: "POST", path: `/repos/${fullName}/issues`, authorization, body: issue };
    const created = await emulator.call(z.looseObject({ id: z.number() }), call);
    world.seededIssues.add(created.id);
  }
  for (const { login, permission } of planned.collaborators ?? []) {
    const path = `/repos/${fullName}/collaborators/${login}`;
    await emulator.call(z.unknown(), { method: "PUT", path, authorization, body: { permission } });
  }
}

function routesOf(world: GitHubWorld): HttpRoute[] {
  return [
    ...oauthRoutes(world),
    ...installationRoutes(world),
    ...peopleRoutes(world),
    ...installPageRoutes(world),
    ...manifestRoutes(world),
    ...gistRoutes(world),
    ...deliveryRoutes(world),
    ...reactionRoutes(world),
    ...issueRoutes(world),
    ...pullRoutes(world),
    ...pullMergeRoutes(world),
    ...reviewRoutes(world),
    ...gitRefRoutes(world),
    ...gitDataRoutes(world),
    ...graphqlRoutes(world),
    ...lfsRoutes(world),
    ...checkRoutes(world),
    defineRoute("GET", "/rate_limit", ({ actor }) => jsonAnswer(200, rateLimitBody(world.rateLimits, actor))),
  ];
}
