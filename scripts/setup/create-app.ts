import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { z } from "zod";
import { type App, appSchema, githubOrigins } from "./app.ts";
import { mentionOf } from "./config.ts";
import { appManifest, messagePage, registrationPage } from "./app-manifest.ts";
import { SetupError, reasonOf } from "./setup-error.ts";
import { namesOrganization } from "./people.ts";
import { type SetupContext, requireKnown } from "./step.ts";

const FILE = "app-pending.json";
const AGAIN = "run set-up again within the hour: it has the App's code and goes on with it";
/**
 * Kept while a browser is away at GitHub, so that set-up, stopped and started again, still takes what it comes back
 * with: the same port, the same state, and the code until it is turned into the App.
 */
const pendingSchema = z.object({ port: z.number(), state: z.string().min(32), code: z.string().optional() });
type Pending = z.output<typeof pendingSchema>;

/** Waits until somebody registered the App in a browser. `keep` is called with it before anything else happens. */
export async function createApp(installation: SetupContext, keep: (app: App) => void): Promise<App> {
  const { folder } = installation;
  const finish = async (code: string): Promise<App | null> => {
    const app = await convert(installation, code);
    if (app !== null) keep(app);
    if (app !== null) folder.remove(FILE);
    return app;
  };
  const before = folder.read(FILE, pendingSchema);
  if (before?.code !== undefined) {
    const app = await finish(before.code);
    if (app !== null) return app;
  }
  const server = createServer();
  const port = await listen(server, before?.port ?? 0);
  const pending: Pending = { port, state: before?.state ?? randomBytes(24).toString("hex") };
  folder.write(FILE, pending);
  try {
    invite(installation, port);
    return await comingBack(server, installation, { pending, finish });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** The port of before, if it is free. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  const isTaken = await once(server, "listening").then(
    () => false,
    () => true,
  );
  if (isTaken) return listen(server, 0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the page has no port");
  return address.port;
}

function invite({ say }: SetupContext, port: number): void {
  const page = `http://127.0.0.1:${port}/`;
  say(`  open ${page} in a browser to register the GitHub App`);
  say(`  (over SSH first, on the machine of the browser: ssh -L ${port}:127.0.0.1:${port} <this machine>)`);
  if (!process.stdout.isTTY) return;
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  // A nicety: where there is no browser, the address above is enough.
  spawn(opener, [page], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

type Journey = { pending: Pending; finish: (code: string) => Promise<App | null> };

function comingBack(server: Server, installation: SetupContext, { pending, finish }: Journey): Promise<App> {
  const { port, state } = pending;
  const origin = `http://127.0.0.1:${port}`;
  const { url } = githubOrigins(installation.choices);
  const { organization } = installation.choices;
  const owner = organization === undefined ? "" : `/organizations/${organization}`;
  const manifest = appManifest({
    name: installation.name,
    mention: mentionOf(installation),
    publicUrl: requireKnown(installation, "publicUrl"),
    asksForMembers: namesOrganization(installation),
    redirectUrl: `${origin}/created`,
  });
  const page = registrationPage(`${url}${owner}/settings/apps/new?state=${state}`, manifest);
  const answer = async (asked: URL): Promise<{ status: number; page: string; app?: App }> => {
    if (asked.pathname === "/") return { status: 200, page };
    if (asked.pathname !== "/created") return { status: 404, page: messagePage("There is nothing here.") };
    const code = asked.searchParams.get("code");
    if (asked.searchParams.get("state") !== state || code === null)
      return { status: 400, page: messagePage("This does not come from this set-up: begin at its own page.") };
    installation.folder.write(FILE, { ...pending, code });
    const app = await finish(code);
    if (app !== null) return { status: 200, page: messagePage("Done: back to the terminal."), app };
    installation.folder.write(FILE, pending);
    return { status: 400, page: messagePage("GitHub takes this code no more: begin again at the first page.") };
  };
  return new Promise((resolve, reject) => {
    server.on("request", (request, response) => {
      const asked = URL.parse(request.url ?? "/", origin) ?? new URL(origin);
      // Another host name that leads here is a foreign page's (DNS rebinding).
      const isOwn = [`127.0.0.1:${port}`, `localhost:${port}`].includes(request.headers.host ?? "");
      const given = isOwn
        ? answer(asked)
        : Promise.resolve({ status: 421, page: messagePage("Another host."), app: undefined });
      given
        .then(({ status, page: html, app }) => {
          response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
          response.end(html, () => app !== undefined && resolve(app));
        })
        .catch((error: unknown) => {
          response.writeHead(500).end();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
    });
  });
}

/** Turns the code into the App; null when GitHub takes the code no more (one hour, once). */
async function convert(installation: SetupContext, code: string): Promise<App | null> {
  const { apiUrl } = githubOrigins(installation.choices);
  const answer = await fetch(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
    method: "POST",
    headers: { accept: "application/vnd.github+json" },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new SetupError(`GitHub does not answer: ${reasonOf(error)}`, AGAIN);
  });
  if (answer.status === 404 || answer.status === 422) return null;
  if (!answer.ok) throw new SetupError(`GitHub answered ${answer.status} to the new App's code`, AGAIN);
  return appSchema.parse(await answer.json());
}
