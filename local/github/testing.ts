import { setTimeout as sleep } from "node:timers/promises";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import githubAppJwt from "universal-github-app-jwt";
import { z } from "zod";
import { isRecord, parseJson } from "./exchange.ts";
import { runProgram } from "./git-repository.ts";
import type { Seed } from "./seed.ts";
import { type LocalGitHub, startLocalGitHub } from "./server.ts";

/** One webhook as Porter receives it. */
export type Received = { headers: IncomingHttpHeaders; body: string; payload: Record<string, unknown> };

export type ApiAnswer = { status: number; headers: Headers; body: unknown };

/** A started local GitHub with a listener where Porter's webhook would be. */
export type TestGitHub = {
  github: LocalGitHub;
  webhookSecret: string;
  received: Received[];
  /** The listener's answer to the next webhooks. */
  answerWith: (status: number) => void;
  directory: string;
  /** The webhooks, once at least `count` have come. */
  webhooks: (count: number) => Promise<Received[]>;
  api: (
    method: string,
    path: string,
    options?: { token?: string | undefined; body?: unknown; headers?: Record<string, string> },
  ) => Promise<ApiAnswer>;
  userToken: (login: string) => string;
  appJwt: () => Promise<string>;
  installationToken: (account: string, body?: Record<string, unknown>) => Promise<string>;
  git: (args: string[], cwd?: string) => Promise<string>;
  cloneUrl: (repository: string, token: string) => string;
  close: () => Promise<void>;
};

const webhookSecret = "fake-webhook-secret-of-a-test";

export async function startTestGitHub(seed?: Seed): Promise<TestGitHub> {
  const directory = await mkdtemp(path.join(tmpdir(), "porter-github-test-"));
  const received: Received[] = [];
  let status = 202;
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const payload = parseJson(body);
      received.push({
        headers: request.headers,
        body: body.toString("utf8"),
        payload: isRecord(payload) ? payload : {},
      });
      response.writeHead(status).end("{}");
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  const github = await startLocalGitHub({
    port: 0,
    stateDir: directory,
    webhookUrl: `http://127.0.0.1:${address.port}/api/webhooks/github`,
    webhookSecret,
    publicUrl: "http://127.0.0.1:3999",
    ...(seed === undefined ? {} : { seed }),
  });
  return {
    github,
    webhookSecret,
    received,
    answerWith: (next) => {
      status = next;
    },
    directory,
    webhooks: (count) => waitForWebhooks(received, count),
    api: (method, pathname, options) => call(github, { method, pathname, ...options }),
    userToken: (login) => userToken(github, login),
    appJwt: () => appJwt(github),
    installationToken: (account, body) => installationToken(github, account, body ?? {}),
    git: async (args, cwd) =>
      (await runProgram("git", [...identity, ...(cwd === undefined ? [] : ["-C", cwd]), ...args]))
        .toString("utf8")
        .trim(),
    cloneUrl: (repository, token) =>
      github.url.replace("http://", `http://x-access-token:${token}@`) + `/${repository}.git`,
    close: async () => {
      await github.close();
      listener.close();
      listener.closeAllConnections();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const identity = ["-c", "user.name=Agent", "-c", "user.email=agent@example.com"];
const webhookPatienceMs = 30_000;

async function waitForWebhooks(received: Received[], count: number): Promise<Received[]> {
  const deadline = Date.now() + webhookPatienceMs;
  while (received.length < count && Date.now() < deadline) {
    await sleep(10);
  }
  if (received.length < count) throw new Error(`waited for ${count} webhooks, got ${received.length}`);
  return received;
}

async function call(
  github: LocalGitHub,
  request: {
    method: string;
    pathname: string;
    token?: string | undefined;
    body?: unknown;
    headers?: Record<string, string>;
  },
): Promise<ApiAnswer> {
  const response = await fetch(github.url + request.pathname, {
    method: request.method,
    headers: {
      accept: "application/vnd.github+json",
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      ...request.headers,
    },
    body: request.body === undefined ? null : JSON.stringify(request.body),
    redirect: "manual",
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body: parseJson(bytes) ?? bytes.toString("utf8") };
}

function userToken(github: LocalGitHub, login: string): string {
  const user = github.users.find((each) => each.login === login);
  if (user === undefined) throw new Error(`no user ${login}`);
  return user.token;
}

async function appJwt(github: LocalGitHub): Promise<string> {
  const { token } = await githubAppJwt({ id: github.app.id, privateKey: github.app.privateKey });
  return token;
}

async function installationToken(github: LocalGitHub, account: string, body: Record<string, unknown>): Promise<string> {
  const installation = github.installations.find((each) => each.account === account);
  if (installation === undefined) throw new Error(`no installation on ${account}`);
  const pathname = `/app/installations/${installation.id}/access_tokens`;
  const answer = await call(github, { method: "POST", pathname, token: await appJwt(github), body });
  return z.object({ token: z.string() }).parse(answer.body).token;
}
