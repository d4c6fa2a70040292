import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAtGitHub, type SetupWorld, registerApp, startSetupWorld } from "./testing/setup-world.ts";

const isWhole = process.env["PORTER_TEST_RING"] === "all";
let outside: SetupWorld;
const setup = (args: string[] = []) => outside.run(args);
const fromNothing = () => ["--url", outside.cloudflare.url, "--registry", outside.registry];
const folder = () => join(outside.root, ".porter/setup/porter");
const secretNames = ["ENCRYPTION_KEYS", "AUTH_SECRET", "OPERATOR_TOKEN"];
const appSecretNames = ["GITHUB_APP_PRIVATE_KEY", "GITHUB_CLIENT_SECRET", "GITHUB_WEBHOOK_SECRET"];
const bound = (name: string) => outside.cloudflare.account.workers.get("porter")?.bindings.get(name);

/** Of what is at Cloudflare now, how much. */
function inventory() {
  const { databases, buckets, queues, workers } = outside.cloudflare.account;
  return {
    databases: databases.map(({ name }) => name),
    buckets: [...buckets],
    queues: queues.map(({ queue_name, consumers }) => `${queue_name} ${consumers.length}`),
    uploads: [...workers.values()].map(({ name, uploads }) => `${name} ${uploads}`),
  };
}

function snapshot() {
  const files = readdirSync(folder());
  return { ...inventory(), files: files.map((file) => [file, readFileSync(join(folder(), file), "utf8")]) };
}

/** What every process of this machine was started with, as anybody here may read it. */
function commandLines(): string {
  const pids = existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return pids.map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? read(`/proc/${pid}/cmdline`) : "")).join("\n");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("one installation, from nothing on", () => {
  beforeAll(async () => {
    outside = await startSetupWorld();
  });
  afterAll(() => outside.close());

  test("a plan says what would be done and what is missing, and changes nothing", async () => {
    const { code, out } = await setup(["--plan", "--url", outside.cloudflare.url]);
    expect(code).toBe(1);
    expect(out).toContain("+ database    will make D1 porter\n");
    expect(out).toMatch(/✗ image {7}no image .*\n {2}fix: --registry /);
    expect(out).toContain("Nothing was changed.");
    expect(inventory()).toEqual({ databases: [], buckets: [], queues: [], uploads: [] });
    expect(existsSync(join(outside.root, ".porter"))).toBe(false);
  });

  test("without an image nothing is begun", async () => {
    const { code } = await setup(["--url", outside.cloudflare.url]);
    expect(code).toBe(1);
    expect(inventory().databases).toEqual([]);
  });

  let seenCommands = "";
  let output = "";
  test("a run ends with everything there, deployed and green", async () => {
    outside.onCloudflare(() => {
      seenCommands += commandLines();
    });
    const { code, out } = await setup(fromNothing());
    outside.onCloudflare(undefined);
    output = out;
    expect(out).toContain("✓ doctor      every part that Porter needs is green");
    expect(code).toBe(0);
    expect(inventory()).toEqual({
      databases: ["porter"],
      buckets: ["porter-logs"],
      queues: ["porter-reconcile 1", "porter-inbox 1", "porter-dead 1"],
      uploads: ["porter 1"],
    });
    for (const name of [...secretNames, ...appSecretNames]) expect(bound(name)?.type).toBe("secret_text");
    expect(bound("GITHUB_APP_PRIVATE_KEY")?.text).toContain("BEGIN RSA PRIVATE KEY");
    expect(bound("ENCRYPTION_KEYS")?.text).toMatch(/^1:[A-Za-z0-9+/]{43}=$/);
    expect(bound("MENTION")?.text).toBe("porter");
    const owner = outside.github.users.find(({ login }) => login === "octocat");
    expect(bound("PORTER_PEOPLE")?.text).toBe(`user:${owner?.id}=octocat`);
    expect(bound("AGENT_IMAGE")?.text).toMatch(/\/you\/porter-agent@sha256:[0-9a-f]{64}$/);
    expect(outside.cloudflare.account.workers.get("porter")?.crons).toEqual(["* * * * *"]);
  });

  test("the image is built on the base's digest, which the registry said", () => {
    const [, , uv, node, build, ...more] = outside.dockerCalls();
    expect(more).toEqual([]);
    expect(uv).toMatch(/"imagetools","inspect","ghcr\.io\/astral-sh\/uv:\d+\.\d+\.\d+"/);
    expect(node).toContain('"imagetools","inspect","node:24-trixie-slim"');
    for (const name of ["BASE_DIGEST", "UV_DIGEST"]) expect(build).toContain(`"${name}=sha256:${"b".repeat(64)}"`);
    expect(build).toContain('"BASE=full"');
    expect(build).not.toContain('"--target"');
    expect(build).toContain('"--push"');
  });

  test("no secret is printed, logged, left beside, or in the arguments of a process", () => {
    const secrets = [...secretNames, ...appSecretNames].map((name) => bound(name)?.text ?? "");
    // A key of many lines is quoted on its way: one of them is enough to know it.
    const marks = [...secrets, outside.cloudflare.account.token].map((text) => text.split("\n")[2] ?? text);
    const logs = filesUnder(join(outside.root, "logs")).map((path) => readFileSync(path, "utf8"));
    expect(logs.length).toBeGreaterThan(0);
    expect(seenCommands).toContain("--secrets-file");
    for (const mark of marks) {
      expect(mark.length).toBeGreaterThan(16);
      for (const text of [output, seenCommands, ...logs]) expect(text.includes(mark)).toBe(false);
    }
    const files = filesUnder(join(outside.root, ".porter"));
    for (const path of files) expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
    const names = ["app.json", "choices.json", "deployed.json", "image.json", "secrets.json", "wrangler.json"];
    expect(new Set(files.map((path) => path.split("/").at(-1)))).toEqual(new Set(names));
  });

  test("a second run changes nothing, nor does it need the options again", async () => {
    const before = snapshot();
    const { code, out } = await setup();
    expect(code).toBe(0);
    expect(out).not.toMatch(/^✓ (?!doctor)/m);
    expect(snapshot()).toEqual(before);
    expect(outside.dockerCalls()).toHaveLength(5);
  });

  test("further images are built by their names, and the Worker knows them", async () => {
    const { code, out } = await setup(["--images", "slim,slim-claude"]);
    expect([code, out.match(/^✓ \S+/gm)]).toEqual([0, ["✓ image", "✓ worker", "✓ doctor"]]);
    const pushes = outside.dockerCalls().filter((call) => call.includes('"--push"'));
    expect(pushes.map((call) => /porter-agent:([\w-]+)"/.exec(call)?.[1])).toEqual([
      "latest",
      "latest",
      "slim",
      "slim-claude",
    ]);
    for (const push of pushes.slice(2)) expect(push).toContain('"BASE=slim"');
    expect(pushes.map((call) => call.includes('"--target","claude"'))).toEqual([false, false, false, true]);
    const image = bound("AGENT_IMAGE")?.text;
    expect(bound("AGENT_IMAGES")?.text).toBe(JSON.stringify({ slim: image, "slim-claude": image }));
    const calls = outside.dockerCalls().length;
    expect((await setup()).code).toBe(0);
    expect(outside.dockerCalls()).toHaveLength(calls);
  });

  test("a variable that the user adds, and the people who are named, are deployed, and nothing else is made", async () => {
    writeFileSync(join(folder(), "vars.json"), JSON.stringify({ FLY_API_URL: "https://fly.test" }), { mode: 0o600 });
    const key = bound("ENCRYPTION_KEYS")?.text;
    const named = outside.github.users.slice(0, 2);
    const { out } = await setup(["--people", named.map(({ login }) => login).join(", ")]);
    expect(out.match(/^✓ \S+/gm)).toEqual(["✓ people", "✓ worker", "✓ doctor"]);
    expect(bound("PORTER_PEOPLE")?.text).toBe(named.map(({ id, login }) => `user:${id}=${login}`).join(","));
    expect(bound("FLY_API_URL")?.text).toBe("https://fly.test");
    expect(bound("ENCRYPTION_KEYS")?.text).toBe(key);
    expect(inventory().uploads).toEqual(["porter 3"]);
  });

  test("an App that sends its webhooks elsewhere is named with where to correct it", async () => {
    const { code, out } = await setup(["--url", outside.cloudflare.url.replace("127.0.0.1", "localhost")]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /✗ github app {2}the App .* sends its webhooks to http:\/\/127.*\n.*set the webhook URL http:\/\/localhost/,
    );
    expect(outside.kept("choices.json")).not.toContain("localhost");
  });

  test("a Worker's encryption key is never replaced by a folder that lacks it", async () => {
    const key = bound("ENCRYPTION_KEYS")?.text;
    const secrets = outside.kept("secrets.json") ?? "";
    rmSync(join(folder(), "secrets.json"));
    const lost = await setup();
    expect(lost.code).toBe(1);
    expect(lost.out).toMatch(/✗ secrets .*has an encryption key that is not in this folder\n {2}fix: bring back/);
    // Nor by one that was made while no Worker had one.
    writeFileSync(join(folder(), "secrets.json"), secrets.replace("{", '{ "isUnused": true,'), { mode: 0o600 });
    expect((await setup()).code).toBe(1);
    // Nor when the Worker went and left what it had sealed.
    rmSync(join(folder(), "secrets.json"));
    const [worker] = outside.cloudflare.account.workers.values();
    outside.cloudflare.account.workers.clear();
    expect((await setup()).out).toContain("holds tables whose encryption key is not in this folder");
    if (worker !== undefined) outside.cloudflare.account.workers.set("porter", worker);
    expect(bound("ENCRYPTION_KEYS")?.text).toBe(key);
    writeFileSync(join(folder(), "secrets.json"), secrets, { mode: 0o600 });
    expect((await setup()).code).toBe(0);
  });
});

test("an App whose code had come back before set-up died is taken with it, without a browser", async () => {
  outside = await startSetupWorld();
  try {
    let [kill, visits] = [(): void => undefined, 0];
    const visit = async (page: string): Promise<void> => {
      visits += 1;
      const code = new URL(await createAtGitHub(page)).searchParams.get("code");
      const pending = JSON.parse(outside.kept("app-pending.json") ?? "{}") as Record<string, unknown>;
      writeFileSync(join(folder(), "app-pending.json"), JSON.stringify({ ...pending, code }), { mode: 0o600 });
      kill();
    };
    const args = [...fromNothing(), "--name", "porter"];
    expect((await outside.run(args, { onStart: (end) => (kill = end), visit })).code).toBeNull();
    expect((await outside.run(args, { visit })).code).toBe(0);
    expect(visits).toBe(1);
    expect(outside.kept("app.json")).toContain('"id": 4101');
    expect(outside.kept("app-pending.json")).toBeUndefined();
  } finally {
    await outside.close();
  }
});

describe("stopped and started again", () => {
  beforeAll(async () => {
    outside = await startSetupWorld();
  });
  afterAll(() => outside.close());

  /**
   * Each once, in this order: set-up dies with wrangler right after Cloudflare did it, or after it said it. The first
   * ring has what would be worst to make twice.
   */
  const REQUESTS = [
    /POST .*\/d1\/database$/,
    ...(isWhole ? [/POST .*\/r2\/buckets$/, /POST .*\/queues$/] : []),
    /PUT .*\/scripts\/porter\?/,
    ...(isWhole ? [/PUT .*\/schedules$/] : []),
  ];
  const LINES = [
    ...(isWhole ? [/^✓ secrets/] : []),
    /in a browser to register/,
    /^✓ github app/,
    /^✓ image/,
    ...(isWhole ? [/^✓ migrations/, /^✓ worker/] : []),
  ];

  test("nothing is lost and nothing is made twice", async () => {
    const [requests, lines] = [[...REQUESTS], [...LINES]];
    const invited: string[] = [];
    let last = { code: null as number | null, out: "" };
    for (let runs = 0; last.code === null && runs < 20; runs += 1) {
      let kill = (): void => undefined;
      outside.onCloudflare((request) => {
        if (requests[0]?.test(request) !== true) return;
        requests.shift();
        kill();
      });
      last = await outside.run(fromNothing(), {
        onStart: (end) => (kill = end),
        onLine: (line) => {
          if (lines[0]?.test(line) !== true) return;
          lines.shift();
          kill();
        },
        visit: (page) => (invited.push(page), invited.length > 1 ? registerApp(page) : Promise.resolve()),
      });
    }
    expect([requests, lines]).toEqual([[], []]);
    expect(last.code).toBe(0);
    // The page is where it was, for the browser that is still away at GitHub.
    expect(new Set(invited).size).toBe(1);
    expect(outside.kept("app.json")).toContain('"id": 4101');
    expect(inventory()).toMatchObject({
      databases: ["porter"],
      buckets: ["porter-logs"],
      queues: ["porter-reconcile 1", "porter-inbox 1", "porter-dead 1"],
    });
    expect(outside.dockerCalls().filter((call) => call.includes('"--push"'))).toHaveLength(1);
    expect(filesUnder(folder()).filter((path) => /deploy-|\.new$/.test(path))).toEqual([]);
  });
});
