import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../lib/json.ts";
import { ROOT } from "../local/world/root.ts";
import { signIn } from "../local/world/sign-in.ts";
import { seededChance, FRAMINGS, hostileRequest, sendRaw } from "./hostile-requests.ts";
import { expect, test } from "./porter.ts";
import { isWholeRing } from "./ring.ts";

type Route = { method: string; path: string };

const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const procedures = z.record(z.string(), z.object({ operationId: z.string() }));
const appPaths = z.record(z.string(), z.string());
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];

/** All that this Porter serves: its own document of the API, Next's manifest of pages and routes, and tRPC's procedures. */
async function allRoutes(url: string): Promise<Route[]> {
  const { paths } = openApi.parse(await (await fetch(`${url}/api/openapi.json`)).json());
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path: `/api${path}` })),
  );
  const trpc = Object.values(paths).flatMap((operations) =>
    Object.entries(procedures.parse(operations)).map(([method, { operationId }]) => ({
      method: method === "get" ? "GET" : "POST",
      path: `/api/trpc/${operationId.replace("_", ".")}`,
    })),
  );
  const manifest = readJson(appPaths, readFileSync(join(ROOT, ".next/server/app-paths-manifest.json"), "utf8"));
  const pages = Object.keys(manifest).flatMap((key) => {
    const path = key.replace(/\/(?:page|route)$/, "").replaceAll(/\/\([^)]+\)/g, "");
    return (key.endsWith("/route") ? METHODS : ["GET", "HEAD", "POST"]).map((method) => ({ method, path }));
  });
  const others = ["/_next/static/x", "/_next/image", "/_next/data/x/tasks.json", "/favicon.ico", "/{x}", "/api/{x}"];
  return [...documented, ...trpc, ...pages, ...others.map((path) => ({ method: "GET", path }))];
}

/** Ends the session, or takes away what the next request needs. */
const isLast = ({ path }: Route): boolean => /logout|signout|session/i.test(path);

test("no hostile request makes any route fail", async ({ world }) => {
  // The first ring asks the same each time; what is new is for the second.
  const seed = Number(process.env["PORTER_FUZZ_SEED"] ?? (isWholeRing ? Date.now() % 1_000_000 : 1));
  console.log(`hostile requests: PORTER_FUZZ_SEED=${seed}`);
  const base = new URL(world.porter.url);
  const jar = await signIn(world.porter.url, "octocat");
  const cookie = jar.cookies(world.porter.url);
  const by = seededChance(seed);
  const routes = await allRoutes(world.porter.url);
  expect(routes.length).toBeGreaterThan(100);
  const failed: string[] = [];
  const rounds = isWholeRing ? 20 : 1;
  for (const route of Array.from({ length: rounds }, () => routes).flat()) {
    const request = hostileRequest(route, by);
    if (by.below(2) === 0 && !isLast(route)) request.headers.push(["cookie", cookie]);
    if (by.below(2) === 0) request.headers.push(["origin", base.origin]);
    if (route.path.includes("webhooks") && by.below(3) > 0) {
      const mac = createHmac("sha256", world.secrets.webhookSecret).update(request.body).digest("hex");
      request.headers.push(["x-hub-signature-256", `sha256=${mac}`]);
    }
    const framing = by.one(FRAMINGS);
    const { status, text } = await sendRaw(base, request, framing);
    if (status < 500) continue;
    const said = text.split("\r\n\r\n").slice(1).join(" ").slice(0, 300);
    const { method, path, headers, body } = request;
    const sent = JSON.stringify({ headers, body: body.toString("latin1") })
      .replaceAll(cookie, "own")
      .slice(0, 800);
    failed.push(`${status} ${said}\n  ${method} ${path.slice(0, 200)} ${framing} ${sent}`);
  }
  expect(failed.join("\n\n")).toBe("");
  // It still stands, and knows who asks.
  expect((await jar.fetch(`${world.porter.url}/api/config`)).status).toBe(200);
});
