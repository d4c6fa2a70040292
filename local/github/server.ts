/**
 * Porter's GitHub for one machine: the emulator behind a front that adds git over HTTP and everything GitHub has, the
 * emulator lacks and Porter uses. One origin for web pages, OAuth, API (at `/` and at `/api/v3`), git and webhooks.
 *
 *   node local/github/server.ts --port 4100
 *
 * prints one JSON line with the address, the App's credentials and the users' tokens, and runs until it is stopped.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { LocalAppIdentity } from "./app-jwt.ts";
import { type ChecksOrder, setChecks } from "./checks.ts";
import { postComment, type CommentOrder, sendDelivery, type DeliverOrder, setSettings } from "./control.ts";
import type { WebhookDelivery } from "./deliveries.ts";
import type { FaultInput } from "./faults.ts";
import { openFront } from "./open-front.ts";
import type { SeededInstallation, Seed } from "./seed.ts";
import { type LocalGitHubState, readState } from "./state.ts";
import type { LagInput } from "./lag.ts";
import type { RepositorySettingsInput } from "./repository-rules.ts";
import type { UploadKind } from "./upload-store.ts";
import { addUpload } from "./uploads.ts";
import type { Repository } from "./world.ts";

export type LocalGitHubOptions = {
  /** 0 for a free one. */
  port: number;
  /** The bare repositories go into a folder of their own in here. */
  stateDir: string;
  webhookUrl: string;
  webhookSecret: string;
  /** Porter's own address, for the OAuth redirect. */
  publicUrl: string;
  /** Users, repositories and installations besides the standard ones. */
  seed?: Seed;
  log?: (line: string) => void;
};

export type LocalGitHub = {
  url: string;
  app: LocalAppIdentity;
  users: { login: string; id: number; token: string }[];
  repositories: Repository[];
  installations: SeededInstallation[];
  /** Every token that was ever issued, for leak checks. */
  tokensSeen: () => string[];
  /** Replaces all waiting faults. */
  setFaults: (faults: FaultInput[]) => void;
  state: () => Promise<LocalGitHubState>;
  /** Comments as a user; the webhook follows. */
  comment: (order: CommentOrder) => Promise<{ id: number; html_url: string }>;
  /** A picture that a person uploads into a text; answers its address there. */
  upload: (upload: { content: Buffer; kind: UploadKind }) => string;
  /** What CI says of a branch or commit. Throws when there is no such thing. */
  setChecks: (order: ChecksOrder) => Promise<void>;
  /** What holds in a repository from now on: rules of branches, push protection, whether GitHub signs. */
  setRepository: (repo: string, settings: RepositorySettingsInput) => void;
  /** How far GitHub lags behind itself from now on. */
  setLag: (lag: LagInput) => void;
  /** Sends a delivery again (default: the newest, once, same id), or a payload of one's own. */
  deliver: (order: DeliverOrder) => WebhookDelivery[];
  /** Waits for the deliveries under way. */
  deliveriesSettled: () => Promise<void>;
  /** Newest first. */
  deliveries: () => WebhookDelivery[];
  /** The next `count` deliveries get lost on their way. */
  loseDeliveries: (count: number) => void;
  close: () => Promise<void>;
};

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Starts the local GitHub on loopback. Throws when the port is taken or git is missing. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  const server = createServer();
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  try {
    const world = await openFront(server, { ...options, url, log: options.log ?? (() => undefined) });
    return {
      url,
      app: world.seed.app,
      users: world.users,
      repositories: world.repositories,
      get installations() {
        return world.seed.installations.filter(({ state }) => state !== "deleted");
      },
      tokensSeen: () => world.tokens.seen(),
      setFaults: (faults) => world.faults.set(faults),
      state: () => readState(world),
      comment: (order) => postComment(world, order),
      upload: (upload) => addUpload(world, upload),
      setChecks: (order) => setChecks(world, order),
      setRepository: (repo, settings) => setSettings(world, repo, settings),
      setLag: (lag) => world.lag.set(lag),
      deliver: (order) => sendDelivery(world, order),
      deliveriesSettled: () => world.deliveries.settled(),
      deliveries: () => world.deliveries.all(),
      loseDeliveries: (count) => world.deliveries.lose(count),
      close: async () => {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await Promise.all([closed, world.deliveries.close(), world.emulator.close()]);
      },
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      "state-dir": { type: "string" },
      "webhook-url": { type: "string", default: "http://127.0.0.1:8787/api/webhooks/github" },
      "webhook-secret": { type: "string", default: "fake-webhook-secret-for-local-use" },
      "public-url": { type: "string", default: "http://127.0.0.1:8787" },
    },
  });
  const github = await startLocalGitHub({
    port: Number(values.port),
    stateDir: values["state-dir"] ?? (await mkdtemp(path.join(tmpdir(), "porter-github-"))),
    webhookUrl: values["webhook-url"],
    webhookSecret: values["webhook-secret"],
    publicUrl: values["public-url"],
    log: (line) => console.error(line),
  });
  const { url, app, users, repositories, installations } = github;
  console.log(JSON.stringify({ url, app, users, repositories, installations }));
  const stop = (): void => {
    github.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

if (import.meta.main) await main();
