import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type LocalCloudflare, startLocalCloudflare } from "../../../local/cloudflare/server.ts";
import { startTestGitHub, type TestGitHub } from "../../../local/github/testing.ts";
import { type ProcessGuard, startGuard } from "../../../local/processes/guard.ts";
import { processesOf, signalAll } from "../../../local/processes/process-tree.ts";
import { ROOT } from "../../checks/command.ts";

/** A run of set-up that came to its end; `code` is null when it was killed. */
export type Ended = { code: number | null; out: string };
type Watch = {
  onStart?: (kill: () => void) => void;
  onLine?: (line: string, kill: () => void) => void;
  /** Besides what this process has and the doubles' addresses. */
  env?: Record<string, string | undefined>;
  /** What a person does at the page that set-up shows. Default: registers the App. */
  visit?: (page: string) => Promise<unknown>;
};

/** Cloudflare, GitHub, a registry and docker as set-up meets them, around a small project of their own. */
export type SetupWorld = {
  root: string;
  cloudflare: LocalCloudflare;
  github: TestGitHub["github"];
  registry: string;
  /** What docker was called with, a line a call. */
  dockerCalls: () => string[];
  /** Called after each request that Cloudflare carried out, before it answers. */
  onCloudflare: (listener: ((request: string) => void) | undefined) => void;
  run: (args: string[], watch?: Watch) => Promise<Ended>;
  /** What set-up keeps, as text; undefined when there is no such file. */
  kept: (file: string) => string | undefined;
  close: () => Promise<void>;
};

const digest = (): string => `sha256:${randomBytes(32).toString("hex")}`;

/** wrangler.toml and the migrations are the real ones; the Worker behind them is a line. */
function makeProject(): string {
  const root = mkdtempSync(join(tmpdir(), "porter-setup-test-"));
  cpSync(join(ROOT, "wrangler.toml"), join(root, "wrangler.toml"));
  cpSync(join(ROOT, "drizzle"), join(root, "drizzle"), { recursive: true });
  for (const folder of ["server/entry", ".open-next/assets", "bin"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, "server/entry/worker.ts"),
    'export class LiveHub {}\nexport default { fetch: () => new Response("") };\n',
  );
  writeFileSync(join(root, ".open-next/assets/a.txt"), "a");
  return root;
}

/** Stands for docker at the edge: there is no engine where tests run. It notes its arguments and "pushes" a digest. */
function writeDocker(root: string, pushed: string): void {
  const program = `#!${process.execPath}
const { appendFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(join(root, "docker.log"))}, JSON.stringify(args) + "\\n");
if (args[1] === "imagetools") console.log(JSON.stringify({ digest: "sha256:" + "b".repeat(64) }));
const metadata = args.indexOf("--metadata-file");
if (metadata > 0) writeFileSync(args[metadata + 1], JSON.stringify({ "containerimage.digest": ${JSON.stringify(pushed)} }));
`;
  writeFileSync(join(root, "bin/docker"), program);
  chmodSync(join(root, "bin/docker"), 0o755);
}

/** A registry that lets everybody pull `digests` after the two steps of a public one: challenge, anonymous token. */
async function startRegistry(digests: Set<string>) {
  const server = createServer((request, response) => {
    const host = `http://${request.headers.host}`;
    if (request.url?.startsWith("/token") === true) {
      response.end(JSON.stringify({ token: "fake-anonymous-token" }));
    } else if (request.headers.authorization !== "Bearer fake-anonymous-token") {
      response.writeHead(401, { "www-authenticate": `Bearer realm="${host}/token",service="test"` }).end();
    } else response.writeHead(digests.has(request.url?.split("/").at(-1) ?? "") ? 200 : 404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the registry has no port");
  return { host: `127.0.0.1:${address.port}`, close: () => server.close() };
}

export async function startSetupWorld(): Promise<SetupWorld> {
  const root = makeProject();
  // A test that is ended in the middle leaves no set-up and no wrangler behind.
  const guard = startGuard();
  let listener: ((request: string) => void) | undefined;
  const cloudflare = await startLocalCloudflare({ port: 0, onCarriedOut: (request) => listener?.(request) });
  const github = await startTestGitHub();
  const pushed = digest();
  writeDocker(root, pushed);
  const images = await startRegistry(new Set([pushed]));
  const env = {
    ...process.env,
    ...cloudflare.env,
    CLOUDFLARE_ACCOUNT_ID: undefined,
    GITHUB_URL: github.github.url,
    PATH: `${join(root, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    WRANGLER_LOG_PATH: join(root, "logs"),
    WRANGLER_SEND_METRICS: "false",
  };
  return {
    root,
    cloudflare,
    github: github.github,
    registry: `${images.host}/you/porter-agent`,
    dockerCalls: () =>
      existsSync(join(root, "docker.log")) ? readFileSync(join(root, "docker.log"), "utf8").trim().split("\n") : [],
    onCloudflare: (next) => {
      listener = next;
    },
    run: (args, watch) => runSetup({ root, guard, args }, { ...watch, env: { ...env, ...watch?.env } }),
    kept: (file) => {
      const path = join(root, ".porter/setup/porter", file);
      return existsSync(path) ? readFileSync(path, "utf8") : undefined;
    },
    close: async () => {
      images.close();
      await Promise.all([cloudflare.close(), github.close(), guard.close()]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Runs set-up as a process; when it asks for a browser, one comes by and registers the App. */
function runSetup(
  { root, guard, args }: { root: string; guard: ProcessGuard; args: string[] },
  { env, onStart, onLine, visit = registerApp }: Watch & { env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const script = join(ROOT, "scripts/setup/testing/tiny-setup.ts");
  // A group of its own: a machine that goes off takes wrangler with it.
  const child = spawn(process.execPath, [script, root, ...args], { env, detached: true });
  const { pid } = child;
  if (pid !== undefined) guard.add({ pid, folder: root });
  const kill = (): void => {
    if (pid !== undefined) signalAll([-pid, ...processesOf(pid, root)], "SIGKILL");
  };
  onStart?.(kill);
  let out = "";
  let rest = "";
  const take = (chunk: string): void => {
    out += chunk;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      onLine?.(line, kill);
      const page = /open (http:\S+) in a browser/.exec(line)?.[1];
      // A killed set-up answers no more; its next run invites again.
      if (page !== undefined) visit(page).catch((error: unknown) => (out += `visit: ${String(error)}\n`));
    }
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (pid !== undefined) guard.remove(pid);
      resolve({ code, out });
    });
  });
}

/** What a browser does with a form's page: its inputs, and where they go. */
async function submitForm(html: string, origin: string, changes: Record<string, string> = {}): Promise<Response> {
  const unescape = (text: string): string =>
    text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const action = new URL(unescape(/<form method="post" action="([^"]+)"/.exec(html)?.[1] ?? ""), origin);
  const inputs = [...html.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)];
  const fields = inputs.map(([, name = "", value = ""]): [string, string] => [name, unescape(value)]);
  const body = new URLSearchParams({ ...Object.fromEntries(fields), ...changes });
  return fetch(action, { method: "POST", body, redirect: "manual" });
}

/** A person's way from set-up's page through GitHub's. Answers where GitHub sends the browser back to. */
export async function createAtGitHub(page: string): Promise<string> {
  const confirm = await submitForm(await (await fetch(page)).text(), page);
  const created = await submitForm(await confirm.text(), confirm.url, { login: "octocat" });
  return created.headers.get("location") ?? "";
}

/** The same, and back: the last page. */
export async function registerApp(page: string): Promise<string> {
  return (await fetch(await createAtGitHub(page))).text();
}
