import { mkdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../checks/command.ts";
import { appManifest } from "./app-manifest.ts";
import { readOptions } from "./options.ts";
import { type SetupWorld, registerApp, startSetupWorld } from "./testing/setup-world.ts";

let outside: SetupWorld;
beforeAll(async () => {
  outside = await startSetupWorld();
});
afterAll(() => outside.close());

const digest = `sha256:${"0".repeat(64)}`;

test.each([
  [["--nmae", "x"], /^Unknown option '--nmae'\.$/],
  [["porter"], /^Unexpected argument 'porter'\.$/],
  [["--url"], /'--url <value>' argument missing\.$/],
  [["--name", "My Porter"], /^--name takes a Worker's name/],
  [["--url", "porter.example.com"], /^--url takes an address such as https/],
  [["--url", "http://porter.example.com"], /^--url takes an address such as https/],
  [["--url", "https://porter.example.com/porter"], /^--url takes .* without a path\.$/],
  [["--organization", "a/b"], /^--organization takes the name of a GitHub organisation\.$/],
  [["--people", "acme/team"], /^--people takes names of people and organisations on GitHub, /],
  [["--mention", "@porter"], /^--mention takes what commands begin with, such as porter, without @\.$/],
  [["--registry", "ghcr.io/you/porter-agent:latest"], /^--registry takes .* without a tag\.$/],
  [["--registry", "you/porter-agent"], /^--registry takes a repository such as ghcr\.io/],
  [["--image", "ghcr.io/you/porter-agent:latest"], /^--image takes a published image with its digest/],
  [["--image", `ghcr.io/a/b@${digest}`, "--registry", "ghcr.io/a/b"], /^--image takes .* say one of them\.$/],
  [["--images", "tiny"], /^--images takes names of further images, such as slim/],
  [["--images", "slim,full-gemini"], /^--images takes names of further images, /],
  [["--images", "slim", "--image", `ghcr.io/a/b@${digest}`], /^--images builds .* say one of them\.$/],
])("%j is refused with one sentence that names the option", (args, sentence) => {
  expect(() => readOptions(args)).toThrow(
    expect.objectContaining({ name: "Usage", message: expect.stringMatching(sentence) }),
  );
});

test("wrong usage ends with 2 and nothing else is said", async () => {
  expect(await outside.run(["--nmae", "x"])).toEqual({ code: 2, out: "Unknown option '--nmae'.\n" });
});

test("a sign-in that Cloudflare refuses is said first, with its fix", async () => {
  const { account } = outside.cloudflare;
  const token = account.token;
  account.token = "fake-another-token";
  const { code, out } = await outside.run(["--plan"]);
  account.token = token;
  expect(code).toBe(1);
  expect(out).toMatch(/✗ sign-in {5}Cloudflare answered 403 .*Authentication error.*\n {2}fix: npx wrangler login/);
});

test("wrangler's own sign-in is taken, and none at all is said with its fix", async () => {
  const env = { CLOUDFLARE_API_TOKEN: undefined, XDG_CONFIG_HOME: join(outside.root, "config"), HOME: outside.root };
  const without = await outside.run(["--plan"], { env });
  expect(without.out).toMatch(/✗ sign-in {5}not signed in to Cloudflare\n {2}fix: npx wrangler login/);
  const folder = join(outside.root, "config/.wrangler/config");
  mkdirSync(folder, { recursive: true });
  const { token } = outside.cloudflare.account;
  const signIn = { oauth_token: token, refresh_token: "fake-refresh", expiration_time: "2999-01-01T00:00:00.000Z" };
  const lines = Object.entries(signIn).map(([name, value]) => `${name} = "${value}"\n`);
  writeFileSync(join(folder, "default.toml"), `${lines.join("")}scopes = ["account:read"]\n`);
  expect((await outside.run(["--plan"], { env })).out).toContain("· sign-in     Cloudflare account Local account\n");
});

test("among several accounts CLOUDFLARE_ACCOUNT_ID chooses", async () => {
  const { account } = outside.cloudflare;
  account.others = [{ id: "f".repeat(32), name: "Another" }];
  expect((await outside.run(["--plan"])).out).toMatch(
    /✗ sign-in .*several accounts: .*\n {2}fix: set CLOUDFLARE_ACCOUNT_ID/,
  );
  const chosen = await outside.run(["--plan"], { env: { CLOUDFLARE_ACCOUNT_ID: account.id } });
  expect(chosen.out).toContain(`· sign-in     Cloudflare account ${account.id}\n`);
  account.others = [];
});

test("an account without a workers.dev name, and an image that nobody may pull, are named", async () => {
  const { account } = outside.cloudflare;
  const subdomain = account.subdomain;
  account.subdomain = null;
  expect((await outside.run(["--plan"])).out).toMatch(
    /✗ address .*workers\.dev.*\n {2}fix: choose one at https:\/\/dash/,
  );
  account.subdomain = subdomain;
  const { code, out } = await outside.run(["--plan", "--image", `${outside.registry}@${digest}`]);
  expect(code).toBe(1);
  expect(out).toContain("· address     https://porter.local-account.workers.dev\n");
  expect(out).toMatch(/✗ image .*nobody may pull .*\n {2}fix: make the package public/);
});

test("without docker the plan says so before anything is made", async () => {
  // The program that stands for docker, broken.
  writeFileSync(join(outside.root, "bin/docker"), "#!/bin/sh\nexit 1\n");
  const { code, out } = await outside.run(["--registry", outside.registry]);
  expect(code).toBe(1);
  expect(out).toMatch(
    /✗ image .*docker buildx does not run here.*\n {2}fix: install Docker .* or take a published image/,
  );
  expect(outside.cloudflare.account.databases).toEqual([]);
});

test("what comes back from GitHub is taken with this set-up's state and a fresh code alone", async () => {
  const other = await startSetupWorld();
  try {
    const statuses: number[] = [];
    const visit = async (page: string): Promise<void> => {
      const form = await (await fetch(page)).text();
      expect(form).toContain("/organizations/acme-inc/settings/apps/new?state=");
      const state = /state=([0-9a-f]+)/.exec(form)?.[1] ?? "";
      for (const query of ["state=another&code=x", "code=x", `state=${state}`, `state=${state}&code=used`])
        statuses.push((await fetch(`${page}created?${query}`)).status);
      statuses.push((await fetch(`${page}elsewhere`)).status);
      expect(await registerApp(page)).toContain("Done: back to the terminal.");
    };
    const args = [
      "--url",
      other.cloudflare.url,
      "--registry",
      other.registry,
      "--name",
      "acme",
      "--organization",
      "acme-inc",
    ];
    const { code, out } = await other.run(args, { visit });
    expect(statuses).toEqual([400, 400, 400, 400, 404]);
    expect(out).not.toContain("visit:");
    expect(code).toBe(0);
    // All of it under the name that was asked for.
    const { databases, buckets, queues, workers } = other.cloudflare.account;
    expect([databases[0]?.name, ...buckets, ...workers.keys()]).toEqual(["acme", "acme-logs", "acme"]);
    expect(queues.map(({ queue_name }) => queue_name)).toEqual(["acme-reconcile", "acme-inbox", "acme-dead"]);
  } finally {
    await other.close();
  }
});

test("the App's manifest names what the README and the code name", () => {
  const manifest = appManifest({
    name: "porter",
    mention: "porter-staging",
    publicUrl: "https://porter.acme.workers.dev",
    asksForMembers: true,
    redirectUrl: "http://127.0.0.1:1/created",
  });
  expect(manifest).toMatchObject({
    name: "porter-acme",
    hook_attributes: { url: "https://porter.acme.workers.dev/api/webhooks/github", active: true },
    callback_urls: ["https://porter.acme.workers.dev/api/auth/callback/github"],
    setup_url: "https://porter.acme.workers.dev/api/auth/github/installed",
    public: true,
    default_permissions: { members: "read" },
  });
  expect(
    String(
      appManifest({
        name: "porter",
        mention: "porter",
        publicUrl: `https://${"long.".repeat(12)}example.com`,
        asksForMembers: false,
        redirectUrl: "",
      })["name"],
    ),
  ).toHaveLength(34);
});

test("migrations for production are refused where nothing is installed", () => {
  const run = () =>
    execFileSync(process.execPath, ["scripts/migrate.ts", "--remote", "--name", "no-such-porter"], {
      cwd: ROOT,
      stdio: "pipe",
    });
  expect(run).toThrow("There is no installation in .porter/setup to migrate: npm run setup makes one.");
});
