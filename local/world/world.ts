import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildRunner } from "../../agent-image/build.ts";
import { ensureAgentClis } from "../../agent-image/install-clis.ts";
import { startPackageRegistry } from "../../agent-image/testing/package-registry.ts";
import { userNote } from "../fly/agent-user.ts";
import type { RunnerCommand } from "../fly/machine-process.ts";
import { startLocalFly, type LocalFly } from "../fly/server.ts";
import type { Seed } from "../github/seed.ts";
import { startLocalGitHub, type LocalGitHub } from "../github/server.ts";
import { startScriptedModel, type ScriptedModel } from "../model/server.ts";
import { startGuard } from "../processes/guard.ts";
import { writeEnvFile } from "./env-file.ts";
import { freePort } from "./free-port.ts";
import { migrateDatabase } from "./migrate.ts";
import { startBuiltPorter, type PorterServer } from "./porter-server.ts";
import { restartablePorter } from "./restartable.ts";
import { newWorldSecrets, type WorldSecrets } from "./world-secrets.ts";
import { startTicker } from "./ticker.ts";
import { writePeople } from "../../lib/people.ts";
import { PROVIDER_IDS, PROVIDERS } from "../../lib/providers.ts";

export type FlyApp = { name: string; token: string };

export type WorldOptions = {
  /** This run's own folder: databases, repositories, logs, secrets. */
  stateDir: string;
  /** The built Worker (default), or `next dev` with an engine beside it. */
  porter?: "built" | "dev";
  /** Ports to try first for Porter; a busy one is chosen around. */
  preferredPorts?: number[];
  /** What runs in a machine; default: the real runner with the real agent CLIs. */
  runner?: RunnerCommand;
  /** Default: the scripted model. A real one is called at its vendor's address. */
  model?: "scripted" | "real";
  /** Users, repositories and installations besides octocat's. */
  seed?: Seed;
  flyRateLimit?: boolean;
  /** Fly apps besides the demo's, each with a token of its own. */
  flyApps?: FlyApp[];
  /** Where the built Worker's inspector listens; default: nowhere. */
  inspectorPort?: number;
  /** Between two calls of the cron handler; default 3000. */
  tickMs?: number;
  /** Progress for people, a line each. */
  report: (line: string) => void;
};

/** Porter with all of its outside on loopback. */
export type World = {
  porter: PorterServer;
  github: LocalGitHub;
  fly: LocalFly;
  /** null when the real one is used. */
  model: ScriptedModel | null;
  secrets: WorldSecrets;
  /** The app that `secrets.flyToken` may use. */
  flyApp: string;
  stateDir: string;
  /** Porter's data, as wrangler keeps it. */
  persistDir: string;
  /** Answers with a sentence and the end of its log when Porter ended although nobody told it to. */
  broken: Promise<string>;
  /** Kills Porter (SIGKILL): workerd alone first, or all of it at once. Its data stays. */
  killPorter(first: "worker" | "all"): Promise<void>;
  /** Starts the built Porter again on the same data, after `killPorter`. */
  startPorter(): Promise<void>;
  /** Ends everything that was started, in order; safe to call twice. */
  close(): Promise<void>;
};

const FLY_APP = "porter-demo";
type Closers = (() => Promise<void>)[];

/** Starts the whole world and waits until Porter answers. When a part fails, the others are closed and it throws. */
export async function startWorld(options: WorldOptions): Promise<World> {
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const closers: Closers = [];
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= closeAll(closers));
  try {
    // One object for all time: after a crash its `porter` is the new one.
    return Object.assign(await startParts(options, closers), { close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeAll(closers: Closers): Promise<void> {
  // One after the other, last first: Porter stops before what it calls is gone.
  for (const closer of closers.toReversed()) {
    try {
      await closer();
    } catch (error) {
      process.stderr.write(`closing the local world: ${String(error)}\n`);
    }
  }
}

async function startParts(options: WorldOptions, closers: Closers): Promise<Omit<World, "close">> {
  const { stateDir, report } = options;
  const secrets = newWorldSecrets();
  const guard = startGuard();
  closers.push(() => guard.close());
  const port = await freePort(options.preferredPorts);
  // By name, not by number: next-auth's requests turn 127.0.0.1 into localhost, and GitHub compares redirect addresses.
  const publicUrl = `http://localhost:${port}`;
  // In development the Worker's own doors and clock are those of the engine.
  const enginePort = options.porter === "dev" ? await freePort() : port;
  const folders = {
    persistDir: join(stateDir, "wrangler"),
    registryDir: join(stateDir, "registry"),
    logFile: join(stateDir, "porter.log"),
  };
  const flyApps = [{ name: FLY_APP, token: secrets.flyToken }, ...(options.flyApps ?? [])];
  const [runner, github, model] = await Promise.all([
    options.runner ?? realRunner(closers, report),
    closing(
      closers,
      startLocalGitHub({
        port: 0,
        stateDir: join(stateDir, "github"),
        webhookUrl: `http://127.0.0.1:${enginePort}/api/webhooks/github`,
        webhookSecret: secrets.webhookSecret,
        publicUrl,
        ...(options.seed ? { seed: options.seed } : {}),
      }),
    ),
    options.model === "real"
      ? null
      : closing(closers, startScriptedModel({ port: 0, apiKeys: Object.values(secrets.modelKeys) })),
    migrateDatabase({ ...folders, logFile: join(stateDir, "migrate.log"), guard }),
  ]);
  const fly = await closing(
    closers,
    startLocalFly({
      port: 0,
      stateDir: join(stateDir, "fly"),
      runner,
      tokens: [
        ...flyApps.map(({ name, token }) => ({ token, apps: [name], org: "personal" })),
        { token: secrets.flyOrgToken, apps: "*", org: "personal" },
      ],
      apps: flyApps.map(({ name }) => ({ name, org: "personal", network: name })),
      rateLimit: options.flyRateLimit ?? true,
    }),
  );
  const envFile = join(stateDir, "porter.env");
  writeEnvFile(envFile, porterVariables({ publicUrl, github, fly, model, secrets }));
  const porterOptions = { ...folders, publicUrl, port, envFile, guard, inspectorPort: options.inspectorPort };
  const start = async () => {
    if (options.porter !== "dev") return startBuiltPorter(porterOptions);
    // It brings all of wrangler.
    const { startDevPorter } = await import("./porter-dev.ts");
    return startDevPorter({ ...porterOptions, enginePort });
  };
  const server = await restartablePorter(start);
  closers.push(() => server.stop());
  const ticker = await startTicker(`http://127.0.0.1:${enginePort}`, options.tickMs ?? 3000);
  closers.push(() => ticker.stop());
  return Object.assign(server, {
    github,
    fly,
    model,
    secrets,
    flyApp: FLY_APP,
    stateDir,
    persistDir: folders.persistDir,
  });
}

/** Registers the close of a part as soon as it has started. */
async function closing<Part extends { close(): Promise<void> }>(
  closers: Closers,
  starting: Promise<Part>,
): Promise<Part> {
  const part = await starting;
  closers.push(() => part.close());
  return part;
}

async function realRunner(closers: Closers, report: (line: string) => void): Promise<RunnerCommand> {
  const [bin, runner, registry] = await Promise.all([
    ensureAgentClis({ log: report }),
    buildRunner(),
    closing(closers, startPackageRegistry()),
  ]);
  const note = userNote();
  if (note !== null) report(note);
  // Plain HTTP alone: nobody here has a certificate for that name.
  const standIns = `registry.npmjs.org:80=127.0.0.1:${registry.port}`;
  return { command: [process.execPath, runner], env: { PORTER_AGENT_BIN: bin, PORTER_STAND_INS: standIns } };
}

/** Every variable of the Worker (server/env.ts). */
function porterVariables(parts: {
  publicUrl: string;
  github: LocalGitHub;
  fly: LocalFly;
  model: ScriptedModel | null;
  secrets: WorldSecrets;
}): Record<string, string> {
  const { publicUrl, github, fly, model, secrets } = parts;
  const operator = github.users.find((user) => user.login === "octocat");
  return {
    PUBLIC_URL: publicUrl,
    ENCRYPTION_KEYS: secrets.encryptionKeys,
    AUTH_SECRET: secrets.authSecret,
    GITHUB_URL: github.url,
    GITHUB_API_URL: github.url,
    GITHUB_APP_ID: String(github.app.id),
    GITHUB_APP_SLUG: github.app.slug,
    GITHUB_APP_PRIVATE_KEY: github.app.privateKey,
    GITHUB_CLIENT_ID: github.app.clientId,
    GITHUB_CLIENT_SECRET: github.app.clientSecret,
    GITHUB_WEBHOOK_SECRET: secrets.webhookSecret,
    FLY_API_URL: fly.url,
    AGENT_IMAGE: "registry.fly.io/porter-local:this-computer",
    PROVIDER_BASE_URLS: JSON.stringify(model === null ? {} : providerUrls(model.url)),
    OPERATOR_TOKEN: secrets.operatorToken,
    PORTER_OPERATORS: operator === undefined ? "" : String(operator.id),
    PORTER_PEOPLE: writePeople(github.users.map(({ id, login }) => ({ kind: "user", id, login }))),
  };
}

/** Every provider that serves models is the scripted model, so that no key of the world goes out. */
const providerUrls = (url: string) =>
  Object.fromEntries(PROVIDER_IDS.filter((id) => PROVIDERS[id].servesModels).map((id) => [id, url]));
