import { generateKeyPairSync, randomBytes } from "node:crypto";
import { z } from "zod";
import { AUTOMATIC_EVENTS } from "../../lib/github-app.ts";
import { type LocalAppIdentity, verifyAppJwt } from "./app-jwt.ts";
import { type HttpAnswer, type HttpExchange, jsonAnswer, parseJson, problemAnswer } from "./exchange.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import { escapeHtml, htmlPage } from "./web-pages.ts";
import type { GitHubWorld } from "./world.ts";

const manifestSchema = z.object({
  name: z.string().min(1).max(34),
  url: z.url(),
  hook_attributes: z.object({ url: z.url(), active: z.boolean().default(true) }),
  redirect_url: z.url(),
  callback_urls: z.array(z.url()).max(10),
  setup_url: z.url(),
  setup_on_update: z.boolean(),
  public: z.boolean(),
  description: z.string(),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});
type Manifest = z.output<typeof manifestSchema>;
type Registered = LocalAppIdentity & { manifest: Manifest; webhookSecret: string; owner: GitHubWorld["users"][number] };
type Codes = Map<string, { app: Registered; expiresAt: number }>;

const hourMs = 60 * 60_000;
/** What an event needs besides `metadata`, of those that Porter asks for. */
const eventPermissions: Record<string, string> = {
  issue_comment: "issues",
  issues: "issues",
  pull_request: "pull_requests",
  pull_request_review: "pull_requests",
  check_suite: "checks",
  status: "statuses",
};

/** Pages and calls about an App that is just being registered: no API token yet, or the new App's own. */
export const isManifestPath = (path: string): boolean =>
  /^(\/organizations\/[^/]+)?\/settings\/apps\/(new|manifest)$|^\/app-manifests\/|^\/app\/hook\/config$/.test(path);

/**
 * "Register a GitHub App from a manifest": page, way back with a code, and the code's conversion into the App's
 * credentials. Such an App is known here alone; the emulator has the one it started with.
 */
export function manifestRoutes(world: GitHubWorld): HttpRoute[] {
  const codes: Codes = new Map();
  const apps: Registered[] = [];
  const form = (exchange: HttpExchange) => confirmPage(world, exchange, apps);
  return [
    defineRoute("POST", "/settings/apps/new", form),
    defineRoute("POST", "/organizations/:org/settings/apps/new", form),
    defineRoute("POST", "/settings/apps/manifest", (exchange) => register(world, exchange, { codes, apps })),
    defineRoute("POST", "/app-manifests/:code/conversions", (_exchange, parameters) =>
      convert(world, codes, parameterOf(parameters, "code")),
    ),
    defineRoute("GET", "/app/hook/config", ({ headers }) => {
      const jwt = headers.authorization?.replace(/^bearer /i, "") ?? "";
      const app = apps.find((each) => verifyAppJwt(each, jwt).kind === "valid");
      if (app === undefined) return problemAnswer(404, "Integration not found");
      return jsonAnswer(200, {
        url: app.manifest.hook_attributes.url,
        content_type: "json",
        insecure_ssl: "0",
        secret: "***",
      });
    }),
  ];
}

function fieldsOf({ body }: HttpExchange): { manifest: unknown; fields: URLSearchParams } {
  const fields = new URLSearchParams(body.toString("utf8"));
  return { fields, manifest: parseJson(Buffer.from(fields.get("manifest") ?? "")) };
}

/** What is wrong with a manifest, as GitHub says it. */
function problemsOf(manifest: Manifest): string[] {
  const { default_events: events, default_permissions: permissions } = manifest;
  const automatic = events.filter((event) => AUTOMATIC_EVENTS.some((one) => one === event));
  const uncovered = events.filter((event) => permissions[eventPermissions[event] ?? "metadata"] === undefined);
  return [
    ...(automatic.length === 0 ? [] : [`Default events unsupported: ${automatic.join(" and ")}`]),
    ...(uncovered.length === 0 ? [] : [`Default events are not supported by permissions: ${uncovered.join(" and ")}`]),
  ];
}

const slugOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

function refusalPage(problems: string[]): HttpAnswer {
  const items = problems.map((each) => `<li>${escapeHtml(each)}`).join("");
  return htmlPage(
    422,
    "Invalid GitHub App configuration",
    `<h1>Invalid GitHub App configuration</h1><ul>${items}</ul>`,
  );
}

/** Nobody is signed in to this GitHub, so the page asks who registers the App. */
function confirmPage(world: GitHubWorld, exchange: HttpExchange, apps: Registered[]): HttpAnswer {
  const parsed = manifestSchema.safeParse(fieldsOf(exchange).manifest);
  if (!parsed.success) return refusalPage([z.prettifyError(parsed.error)]);
  const problems = problemsOf(parsed.data);
  if (problems.length > 0) return refusalPage(problems);
  const taken = [world.seed.app, ...apps].some(({ slug }) => slug === slugOf(parsed.data.name));
  const people = world.users.map(({ login }) => `<option>${escapeHtml(login)}</option>`).join("");
  const hidden = { manifest: JSON.stringify(parsed.data), state: exchange.query.get("state") ?? "" };
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return htmlPage(
    200,
    "Create GitHub App",
    `<h1>Create GitHub App</h1><form method="post" action="/settings/apps/manifest">${inputs.join("")}
<p><label>GitHub App name <input name="name" maxlength="34" value="${escapeHtml(parsed.data.name)}"></label>${taken ? " Name has already been taken" : ""}</p>
<p><label>As <select name="login">${people}</select></label></p><button type="submit">Create GitHub App</button></form>`,
  );
}

function register(
  world: GitHubWorld,
  exchange: HttpExchange,
  { codes, apps }: { codes: Codes; apps: Registered[] },
): HttpAnswer {
  const { fields, manifest: sent } = fieldsOf(exchange);
  const manifest = manifestSchema.parse({ ...z.record(z.string(), z.unknown()).parse(sent), name: fields.get("name") });
  const slug = slugOf(manifest.name);
  if ([world.seed.app, ...apps].some((each) => each.slug === slug)) return refusalPage(["Name has already been taken"]);
  const owner = world.users.find(({ login }) => login === fields.get("login"));
  if (owner === undefined) return problemAnswer(404, "Not Found");
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const random = (bytes: number): string => randomBytes(bytes).toString("hex");
  const app = {
    id: world.seed.app.id + 1 + apps.length,
    slug,
    privateKey,
    clientId: `Iv23li${random(7)}`,
    clientSecret: random(20),
    webhookSecret: random(20),
    manifest,
    owner,
  };
  apps.push(app);
  const code = random(20);
  codes.set(code, { app, expiresAt: Date.now() + hourMs });
  const back = new URL(manifest.redirect_url);
  back.searchParams.set("code", code);
  const state = fields.get("state") ?? "";
  if (state !== "") back.searchParams.set("state", state);
  return { status: 302, headers: { location: back.href }, body: Buffer.alloc(0) };
}

/** Once, and within the hour. */
function convert(world: GitHubWorld, codes: Codes, code: string): HttpAnswer {
  const found = codes.get(code);
  codes.delete(code);
  if (found === undefined || found.expiresAt <= Date.now()) return problemAnswer(404, "Not Found");
  const { app } = found;
  return jsonAnswer(201, {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    owner: { login: app.owner.login, id: app.owner.id, type: "User" },
    name: app.manifest.name,
    description: app.manifest.description,
    external_url: app.manifest.url,
    html_url: `${world.url}/apps/${app.slug}`,
    permissions: app.manifest.default_permissions,
    events: app.manifest.default_events,
    client_id: app.clientId,
    client_secret: app.clientSecret,
    webhook_secret: app.webhookSecret,
    pem: app.privateKey,
  });
}
