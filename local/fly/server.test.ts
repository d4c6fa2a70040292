import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExitEvent } from "./machine-record.ts";
import { isAlive } from "../processes/process-tree.ts";
import { startLocalFly, type LocalFly, type LocalFlyOptions } from "./server.ts";

/** Stands in for the runner: does what the machine's environment asks for. */
const RUNNER = `
import { readFileSync, statSync } from "node:fs";
import { spawn } from "node:child_process";
const mode = process.env.SCRIPT ?? "";
if (mode === "report") {
  const file = process.env.PORTER_TASK_FILE;
  console.log(JSON.stringify({ task: readFileSync(file, "utf8"), mode: statSync(file).mode & 0o777, machine: process.env.FLY_MACHINE_ID, app: process.env.FLY_APP_NAME, local: process.env.LOCAL_SETTING }));
}
if (mode === "detach") console.log(spawn("sleep", ["300"], { detached: true, stdio: "ignore" }).pid);
if (mode === "stubborn") process.on("SIGTERM", () => undefined);
if (mode === "graceful") process.on("SIGTERM", () => process.exit(7));
if (["stubborn", "graceful", "detach", "sleep"].includes(mode)) { console.log("ready"); setInterval(() => undefined, 1000); }
else process.exitCode = Number(process.env.EXIT ?? 0);
`;

const TOKEN = "FlyV1 fm2_fake-deploy-token";
let folder: string;
let fly: LocalFly;

async function start(options: Partial<LocalFlyOptions> = {}): Promise<void> {
  fly = await startLocalFly({
    port: 0,
    stateDir: join(folder, "state"),
    runner: { command: [process.execPath, join(folder, "runner.mjs")], env: { LOCAL_SETTING: "yes" } },
    tokens: [
      { token: TOKEN, apps: ["porter-demo"], org: "personal" },
      { token: "fake-org-token", apps: "*", org: "personal" },
      { token: "fake-other-org", apps: "*", org: "acme" },
      { token: "fake-expired", apps: "*", org: "personal", expired: true },
    ],
    apps: [
      { name: "porter-demo", org: "personal" },
      { name: "second", org: "personal" },
    ],
    rateLimit: false,
    bootMs: 1,
    ...options,
  });
}

/** The answers' fields that these tests look at; each test knows which answer it asked for. */
type Body = {
  id: string;
  state: string;
  error: string;
  nonce: string;
  instance_id: string;
  apps: { name: string }[];
  events: { type: string; status: string; request?: { exit_event: ExitEvent } }[];
};
type Reply<T = Body> = { status: number; body: T; headers: Headers };

type CallOptions = { token?: string; body?: unknown; headers?: Record<string, string> };

async function call<T = Body>(method: string, path: string, options: CallOptions = {}): Promise<Reply<T>> {
  const token = options.token ?? TOKEN;
  const response = await fetch(fly.url + path, {
    method,
    headers: { authorization: token.startsWith("FlyV1") ? token : `Bearer ${token}`, ...options.headers },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return { status: response.status, body: (await response.json()) as T, headers: response.headers };
}

const MACHINES = "/v1/apps/porter-demo/machines";
function createBody(
  script: string,
  extra: Record<string, unknown> = {},
  config: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name: `porter-${script}`,
    region: "iad",
    config: {
      image: "registry.fly.io/porter-worker:1",
      auto_destroy: true,
      restart: { policy: "no" },
      guest: { cpu_kind: "shared", cpus: 2, memory_mb: 2048 },
      env: { SCRIPT: script },
      files: [{ guest_path: "/porter/task.json", raw_value: Buffer.from('{"fake":1}').toString("base64"), mode: 256 }],
      metadata: { porter_task: script, porter_attempt: "1" },
      ...config,
    },
    ...extra,
  };
}

async function createStarted(script: string, config: Record<string, unknown> = {}): Promise<string> {
  const { body } = await call("POST", MACHINES, { body: createBody(script, {}, config) });
  expect((await call("GET", `${MACHINES}/${body.id}/wait?state=started&timeout=60`)).status).toBe(200);
  await expect.poll(() => log(body.id)).toContain("ready");
  return body.id;
}

const destroyed = (id: string): Promise<Reply> => call("GET", `${MACHINES}/${id}/wait?state=destroyed&timeout=60`);
const log = (id: string): string => {
  try {
    return readFileSync(join(folder, "state", "machines", id, "stdout.log"), "utf8");
  } catch {
    return "";
  }
};
const exitOf = (machine: Body): ExitEvent | undefined =>
  machine.events.find((event) => event.type === "exit")?.request?.exit_event;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-fly-test-"));
  writeFileSync(join(folder, "runner.mjs"), RUNNER);
});
afterEach(async () => {
  await fly.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("who may ask", () => {
  beforeEach(() => start());

  it("answers 401 to no token, an unknown one and an expired one", async () => {
    expect((await fetch(`${fly.url}/v1/apps/porter-demo`)).status).toBe(401);
    expect((await call("GET", "/v1/apps/porter-demo", { token: "fake-unknown" })).status).toBe(401);
    expect((await call("GET", "/v1/apps/porter-demo", { token: "fake-expired" })).status).toBe(401);
  });

  it("answers 403 for another organisation's app and for an app that a deploy token does not name, 404 for no app", async () => {
    expect((await call("GET", "/v1/apps/porter-demo", { token: "fake-other-org" })).status).toBe(403);
    expect((await call("GET", "/v1/apps/second/machines")).status).toBe(403);
    expect((await call("GET", "/v1/apps/nowhere")).status).toBe(404);
  });

  it("shows an app and lists the organisation's apps", async () => {
    const app = await call("GET", "/v1/apps/porter-demo");
    expect(app.body).toMatchObject({ name: "porter-demo", organization: { slug: "personal" } });
    expect(app.headers.get("fly-request-id")).toMatch(/-local$/);
    const list = await call("GET", "/v1/apps?org_slug=personal", { token: "fake-org-token" });
    expect(list.body.apps.map((entry) => entry.name)).toEqual(["porter-demo", "second"]);
  });

  it("creates an app once; the name is then taken for everybody", async () => {
    const body = { app_name: "fresh", org_slug: "personal", network: "porter" };
    expect((await call("POST", "/v1/apps", { token: "fake-org-token", body })).status).toBe(201);
    const again = await call("POST", "/v1/apps", { token: "fake-other-org", body: { ...body, org_slug: "acme" } });
    expect(again).toMatchObject({
      status: 422,
      body: { error: "Validation failed: Name has already been taken", status: "name_taken" },
    });
    expect((await call("POST", "/v1/apps", { body })).status).toBe(403);
  });
});

describe("a machine's life", () => {
  beforeEach(() => start());

  it("runs the runner with the machine's files and environment, then destroys itself with the exit code kept", async () => {
    const { status, body } = await call("POST", MACHINES, {
      body: createBody("report", {}, { env: { SCRIPT: "report", EXIT: "3" } }),
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: "created", name: "porter-report", region: "iad" });
    expect((await destroyed(body.id)).status).toBe(200);
    const seen = JSON.parse(log(body.id));
    expect(seen).toEqual({ task: '{"fake":1}', mode: 0o400, machine: body.id, app: "porter-demo", local: "yes" });
    const after = await call("GET", `${MACHINES}/${body.id}`);
    expect(after).toMatchObject({ status: 200, body: { state: "destroyed" } });
    expect(exitOf(after.body)).toMatchObject({
      exit_code: 3,
      guest_signal: -1,
      requested_stop: false,
      oom_killed: false,
    });
    const states = after.body.events.map((event) => event.status).toReversed();
    expect(states).toEqual(["created", "starting", "started", "stopped", "destroyed"]);
  });

  it("keeps a machine without auto_destroy stopped, and starts it again", async () => {
    const { body } = await call("POST", MACHINES, { body: createBody("plain", {}, { auto_destroy: false }) });
    const wait = `${MACHINES}/${body.id}/wait?state=stopped&timeout=60`;
    expect((await call("GET", wait)).status).toBe(400);
    expect((await call("GET", `${wait}&instance_id=${body.instance_id}`)).status).toBe(200);
    expect((await call("POST", `${MACHINES}/${body.id}/start`)).body).toMatchObject({ previous_state: "stopped" });
    await expect.poll(() => fly.machines()[0]?.events.filter((event) => event.type === "exit").length).toBe(2);
    expect((await call("DELETE", `${MACHINES}/${body.id}`)).body).toEqual({ ok: true });
    expect((await call("POST", `${MACHINES}/${body.id}/stop`)).status).toBe(404);
  });

  it("lets a stopped runner say its last word", async () => {
    const id = await createStarted("graceful");
    expect(
      (await call("POST", `${MACHINES}/${id}/stop`, { body: { signal: "SIGTERM", timeout: "30s" } })).body,
    ).toEqual({ ok: true });
    await destroyed(id);
    expect(exitOf((await call("GET", `${MACHINES}/${id}`)).body)).toMatchObject({ exit_code: 7, requested_stop: true });
  });

  it("kills a runner that ignores the stop once the timeout is over", async () => {
    const id = await createStarted("stubborn");
    await call("POST", `${MACHINES}/${id}/stop`, { body: { signal: "SIGTERM", timeout: "200ms" } });
    await destroyed(id);
    expect(exitOf((await call("GET", `${MACHINES}/${id}`)).body)).toMatchObject({ exit_code: 137, guest_signal: 9 });
  });

  it("refuses to destroy a running machine without force, and ends detached children with force", async () => {
    const id = await createStarted("detach");
    const child = Number(log(id).split("\n")[0]);
    expect(() => process.kill(child, 0)).not.toThrow();
    expect((await call("DELETE", `${MACHINES}/${id}`)).status).toBe(412);
    expect((await call("DELETE", `${MACHINES}/${id}?force=true`)).body).toEqual({ ok: true });
    await expect.poll(() => isAlive(child)).toBe(false);
    expect((await call("GET", `${MACHINES}/${id}`)).body.state).toBe("destroyed");
  });

  it("sends a signal", async () => {
    const id = await createStarted("sleep");
    await call("POST", `${MACHINES}/${id}/signal`, { body: { signal: "SIGKILL" } });
    await destroyed(id);
    expect(exitOf((await call("GET", `${MACHINES}/${id}`)).body)).toMatchObject({
      guest_signal: 9,
      requested_stop: false,
    });
  });

  it("answers 408 when a state is not reached in time", async () => {
    const id = await createStarted("sleep");
    expect((await call("GET", `${MACHINES}/${id}/wait?state=destroyed&timeout=1`)).status).toBe(408);
  });

  it("ends every process and writes the last state when it closes", async () => {
    const id = await createStarted("detach");
    const child = Number(log(id).split("\n")[0]);
    await fly.close();
    expect(isAlive(child)).toBe(false);
    const records = JSON.parse(readFileSync(join(folder, "state", "machines.json"), "utf8"));
    expect(records).toMatchObject([{ id, state: "destroyed", config: { env: { SCRIPT: "detach" } } }]);
    await start();
    expect((await call("GET", `${MACHINES}/${id}`)).body.state).toBe("destroyed");
  });
});

describe("names, lists and leases", () => {
  beforeEach(() => start());

  it("refuses a second machine of the same name with the holder's id, until the first is destroyed", async () => {
    const id = await createStarted("sleep");
    const second = await call("POST", MACHINES, { body: createBody("sleep") });
    expect(second).toMatchObject({
      status: 409,
      body: {
        error: `already_exists: unique machine name violation, machine ID ${id} already exists with name "porter-sleep"`,
      },
    });
    await call("DELETE", `${MACHINES}/${id}?force=true`);
    expect((await call("POST", MACHINES, { body: createBody("sleep") })).status).toBe(200);
  });

  it("makes one machine out of twenty creates of one name at once", async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => call("POST", MACHINES, { body: createBody("sleep") })),
    );
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.status === 409)).toHaveLength(19);
  });

  it("lists by metadata and region, and the destroyed ones only on request", async () => {
    const id = await createStarted("sleep");
    const { body: other } = await call("POST", MACHINES, { body: createBody("other", { region: "ord" }) });
    await destroyed(other.id);
    const ids = async (query: string): Promise<string[]> =>
      (await call<Body[]>("GET", `${MACHINES}?${query}`)).body.map((machine) => machine.id);
    expect(await ids("")).toEqual([id]);
    expect(await ids("metadata.porter_task=other")).toEqual([]);
    expect(await ids("metadata.porter_task=other&include_deleted=true")).toEqual([other.id]);
    expect(await ids("region=ord&include_deleted=true")).toEqual([other.id]);
  });

  it("lets nobody but the lease's holder change a leased machine", async () => {
    const { body } = await call("POST", MACHINES, { body: createBody("sleep", { lease_ttl: 60 }) });
    expect(await call("POST", `${MACHINES}/${body.id}/stop`)).toMatchObject({ status: 409, body: { status: "error" } });
    const headers = { "fly-machine-lease-nonce": body.nonce };
    expect((await call("DELETE", `${MACHINES}/${body.id}/lease`, { headers })).body).toEqual({ ok: true });
    expect((await call("DELETE", `${MACHINES}/${body.id}?force=true`)).status).toBe(200);
  });
});

describe("what Fly refuses", () => {
  beforeEach(() => start());

  it.each([
    [422, { guest: { cpu_kind: "shared", cpus: 2, memory_mb: 2000 } }],
    [422, { guest: { cpu_kind: "shared", cpus: 1, memory_mb: 4096 } }],
    [422, { guest: { cpu_kind: "performance", cpus: 2, memory_mb: 2048 } }],
    [422, { guest: { cpu_kind: "shared", cpus: 3, memory_mb: 1024 } }],
    [400, { image: "not an image" }],
    [400, { env: { N: 1 } }],
    [400, { files: [{ guest_path: "relative", raw_value: "" }] }],
  ])("answers %i to %j", async (status, config) => {
    const reply = await call("POST", MACHINES, { body: createBody("bad", {}, config) });
    expect(reply.status).toBe(status);
    expect(reply.body.error).toEqual(expect.any(String));
    expect(fly.machines()).toEqual([]);
  });

  it("answers 404 for a machine that never was, and for an app's machine asked through another app", async () => {
    const id = await createStarted("sleep");
    expect((await call("GET", `${MACHINES}/00000000000000`)).status).toBe(404);
    expect((await call("GET", `/v1/apps/second/machines/${id}`, { token: "fake-org-token" })).status).toBe(404);
  });
});

describe("faults", () => {
  it("keeps to Fly's rate limit: three creates at once, then 429", async () => {
    await start({ rateLimit: true });
    const replies = [];
    for (let i = 0; i < 5; i++) replies.push((await call("POST", MACHINES, { body: {} })).status);
    expect(replies.slice(0, 3)).toEqual([422, 422, 422]);
    expect(replies).toContain(429);
  });

  it("fails as a rule says, as often as it says", async () => {
    await start();
    const rule = { match: { method: "POST", path: "/v1/apps/*/machines" }, status: 500, times: 1 };
    await call("POST", "/_control/faults", { body: rule });
    expect((await call("POST", MACHINES, { body: createBody("a") })).status).toBe(500);
    expect((await call("POST", MACHINES, { body: createBody("a") })).status).toBe(200);
  });

  it("carries out a request whose answer is lost", async () => {
    await start({ faults: [{ match: { method: "POST" }, executeThenDrop: true, times: 1 }] });
    await expect(call("POST", MACHINES, { body: createBody("sleep") })).rejects.toThrow();
    expect(fly.machines()).toMatchObject([{ name: "porter-sleep" }]);
    expect((await call("POST", MACHINES, { body: createBody("sleep") })).status).toBe(409);
  });

  it("takes a fault from a request's own header", async () => {
    await start();
    const headers = { "x-porter-fault": JSON.stringify({ status: 503, body: { error: "later" } }) };
    expect(await call("GET", MACHINES, { headers })).toMatchObject({ status: 503, body: { error: "later" } });
  });

  it("has no capacity in a full region and has it in the next", async () => {
    await start();
    await call("POST", "/_control/capacity", { body: { fullRegions: ["iad"] } });
    expect(await call("POST", MACHINES, { body: createBody("a") })).toMatchObject({
      status: 503,
      body: { status: "insufficient_capacity" },
    });
    expect((await call("POST", MACHINES, { body: createBody("a", { region: "ord" }) })).status).toBe(200);
  });

  it("loses a machine without an exit event, runs one out of memory with one, and leaves one in `created`", async () => {
    await start();
    const lost = await createStarted("sleep");
    await call("POST", `/_control/machines/${lost}`, { body: { break: "vanish" } });
    expect((await call("GET", `${MACHINES}/${lost}`)).body.state).toBe("destroyed");
    expect(exitOf((await call("GET", `${MACHINES}/${lost}`)).body)).toBeUndefined();
    const oom = await createStarted("graceful");
    await call("POST", `/_control/machines/${oom}`, { body: { break: "oom" } });
    expect(exitOf((await call("GET", `${MACHINES}/${oom}`)).body)).toMatchObject({ oom_killed: true, exit_code: 137 });
    fly.setFaults([{ imagePullMs: 200, times: 1 }]);
    const slow = (await call("POST", MACHINES, { body: createBody("graceful") })).body;
    expect(slow.events.map(({ type }: { type: string }) => type)).toEqual(["launch"]);
    expect((await call("GET", `${MACHINES}/${slow.id}`)).body.state).toBe("created");
    expect((await call("GET", `${MACHINES}/${slow.id}/wait?timeout=30`)).status).toBe(200);
    const { events } = (await call("GET", `${MACHINES}/${slow.id}`)).body;
    expect(events.map(({ type }: { type: string }) => type)).toContain("start");
    fly.setFaults([{ stuckInCreated: true }]);
    const { body } = await call("POST", MACHINES, { body: createBody("stubborn") });
    expect((await call("GET", `${MACHINES}/${body.id}/wait?timeout=1`)).status).toBe(408);
  });

  it("draws the same failures from the same seed", async () => {
    const draw = async (): Promise<number[]> => {
      await start({ faults: [{ status: 500, probability: 0.5, seed: 42 }] });
      const statuses = [];
      for (let i = 0; i < 20; i++) statuses.push((await call("GET", MACHINES)).status);
      await fly.close();
      return statuses;
    };
    const first = await draw();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await draw()).toEqual(first);
    await start();
  });
});
