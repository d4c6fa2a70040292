import { describe, expect, test } from "vitest";
import { credentials, failureOf, foreign, own, spec, startFly } from "@/server/testing/scripted-fly";
import type { Reply } from "@/server/testing/scripted-server";

describe("reading", () => {
  test("answers null for a machine that never existed, and asks nothing for what cannot be an id", async () => {
    const { server, fly } = await startFly({});
    await using _ = server;
    expect(await fly.get(credentials, "m404")).toBeNull();
    expect(await fly.get(credentials, "../../porter-runs")).toBeNull();
    await fly.destroy(credentials, "..");
    expect(server.seen).toHaveLength(1);
  });

  const exit = {
    exit_code: 137,
    guest_exit_code: 0,
    guest_signal: -1,
    signal: 9,
    oom_killed: true,
    requested_stop: false,
  };
  const old = { type: "exit", timestamp: 1, request: { exit_event: { exit_code: 3 } } };
  test.each([
    ["exit_event", { exit_event: exit }],
    ["MonitorEvent.exit_event", { MonitorEvent: { exit_event: exit } }],
  ])("reads the newest exit from %s", async (_, request) => {
    const events = [old, { type: "exit", timestamp: 2, request }, { type: "start", timestamp: 3 }, { type: 7 }, null];
    const { server, fly } = await startFly({ get: { status: 200, body: { ...own, state: "destroyed", events } } });
    await using __ = server;
    expect((await fly.get(credentials, "m1"))?.exit).toEqual({
      code: 137,
      signal: 9,
      outOfMemory: true,
      requestedStop: false,
    });
  });
  test("falls back to the guest's exit code, and to null when neither is one", async () => {
    const bodies: [object, number | null][] = [
      [{ exit_code: -1, guest_exit_code: 2 }, 2],
      [{ exit_code: 0, guest_exit_code: 2 }, 0],
      [{ exit_code: -1 }, null],
    ];
    for (const [exit_event, code] of bodies) {
      const body = { ...own, events: [{ type: "exit", request: { exit_event } }] };
      const { server, fly } = await startFly({ get: { status: 200, body } });
      await using _ = server;
      expect((await fly.get(credentials, "m1"))?.exit).toEqual({
        code,
        signal: null,
        outOfMemory: false,
        requestedStop: false,
      });
    }
  });

  test("reads every state, unknown ones as other", async () => {
    const states = {
      creating: "created",
      launch_failed: "failed",
      migrated: "destroyed",
      suspended: "other",
      brandnew: "other",
    };
    for (const [state, expected] of Object.entries(states)) {
      const { server, fly } = await startFly({ get: { status: 200, body: { id: "m1", state } } });
      await using _ = server;
      expect(await fly.get(credentials, "m1")).toMatchObject({
        id: "m1",
        name: "",
        state: expected,
        taskId: null,
        attempt: null,
      });
    }
  });

  test("has its image from the first event of a start on, and says nothing of it before or where Fly does not", async () => {
    const launch = { type: "launch", timestamp: 1_699_408_350_300 };
    const start = (timestamp: unknown) => ({ type: "start", timestamp });
    const cases: [unknown, string | null][] = [
      [null, null],
      [[launch], null],
      [[start(1_699_408_400_000), launch], "2023-11-08T01:53:20.000Z"],
      [
        [start(1_699_408_500_000), { type: "stop", timestamp: 5 }, start(1_699_408_400_000)],
        "2023-11-08T01:53:20.000Z",
      ],
      [[start(0), start("soon"), start(9e18), null, 7], null],
    ];
    for (const [events, expected] of cases) {
      const { server, fly } = await startFly({ get: { status: 200, body: { ...own, events } } });
      await using _ = server;
      expect((await fly.get(credentials, "m1"))?.imagePulledAt).toBe(expected);
    }
  });

  test("trusts the metadata and not the filter", async () => {
    const unreachable = { ...own, id: "m2", config: null, incomplete_config: own.config };
    const { server, fly } = await startFly({
      findByTask: { status: 200, body: [foreign, own, unreachable, { id: "m3" }] },
    });
    await using _ = server;
    expect((await fly.findByTask(credentials, spec.taskId)).map((machine) => machine.id)).toEqual(["m1", "m2"]);
  });

  test("lists Porter's live machines and nobody else's", async () => {
    const body = [
      own,
      { ...own, id: "m2", state: "destroyed" },
      { id: "m3", config: { metadata: { app: "db" } } },
      { id: "m4", config: 7 },
    ];
    const { server, fly } = await startFly({ list: { status: 200, body } });
    await using _ = server;
    expect((await fly.listPorterMachines(credentials)).map((machine) => machine.id)).toEqual(["m1"]);
  });

  test.each<[Reply, string]>([
    ["reset", "unavailable"],
    [{ status: 500 }, "unavailable"],
    [{ status: 200, body: "not json" }, "unavailable"],
    [{ status: 301, headers: { location: "http://127.0.0.1:9/" } }, "unavailable"],
    [{ status: 429 }, "rate_limited"],
    [{ status: 401 }, "rejected"],
  ])("maps %j", async (reply, kind) => {
    const { server, fly } = await startFly({ get: reply, list: reply });
    await using _ = server;
    expect(await failureOf(fly.get(credentials, "m1"))).toMatchObject({ kind });
    expect(await failureOf(fly.listPorterMachines(credentials))).toMatchObject({ kind });
    expect(server.seen).toHaveLength(2);
  });
});

describe("ending", () => {
  test("stops with SIGTERM and 30 s, destroys by force", async () => {
    const { server, fly } = await startFly({
      stop: { status: 200, body: { ok: true } },
      destroy: { status: 200, body: { ok: true } },
    });
    await using _ = server;
    await fly.stop(credentials, "m1");
    await fly.destroy(credentials, "m1");
    expect(server.seen.map(({ method, url, json }) => [method, url, json])).toEqual([
      ["POST", "/v1/apps/porter-runs/machines/m1/stop", { signal: "SIGTERM", timeout: "30s" }],
      ["DELETE", "/v1/apps/porter-runs/machines/m1?force=true", undefined],
    ]);
  });

  test("is done when the machine is gone or the state says so", async () => {
    for (const [refusal, state] of [
      [404, "destroyed"],
      [409, "destroyed"],
      [412, "destroying"],
    ] as const) {
      const reply = { status: refusal, body: { error: "no" } };
      const { server, fly } = await startFly({
        stop: reply,
        destroy: reply,
        get: { status: 200, body: { ...own, state } },
      });
      await using _ = server;
      await fly.stop(credentials, "m1");
      await fly.destroy(credentials, "m1");
    }
  });

  test("says so when a lease or Fly stands in the way", async () => {
    for (const [status, kind] of [
      [409, "unavailable"],
      [500, "unavailable"],
      [429, "rate_limited"],
      [401, "rejected"],
    ] as const) {
      const reply = { status, body: { status: "error", message: "lease currently held" } };
      const { server, fly } = await startFly({
        stop: reply,
        destroy: reply,
        get: { status: 200, body: { ...own, state: "started" } },
      });
      await using _ = server;
      expect(await failureOf(fly.stop(credentials, "m1"))).toMatchObject({ kind });
      expect(await failureOf(fly.destroy(credentials, "m1"))).toMatchObject({ kind });
    }
  });
});

describe("the token", () => {
  test.each([
    ["fm2_a,fm2_b", "FlyV1 fm2_a,fm2_b"],
    ["FlyV1 fm2_a,fm2_b", "FlyV1 fm2_a,fm2_b"],
    ["  Bearer fm1r_x\n", "FlyV1 fm1r_x"],
    ["fo1_plain", "Bearer fo1_plain"],
    ["Bearer fo1_plain", "Bearer fo1_plain"],
    ["fm2_wrapped\n  ,fm2_line", "FlyV1 fm2_wrapped,fm2_line"],
  ])("%j travels as %j", async (token, header) => {
    const { server, fly } = await startFly({});
    await using _ = server;
    await fly.get({ ...credentials, token }, "m1");
    expect(server.seen[0]?.headers["authorization"]).toBe(header);
  });

  test("is not sent when no header could carry it, nor to what is no app", async () => {
    const { server, fly } = await startFly({});
    await using _ = server;
    for (const token of ["", "  ", "fm2_…", "fm2_a\u0000"]) {
      expect(await failureOf(fly.launch({ ...credentials, token }, spec))).toMatchObject({ failureCode: "fly_auth" });
    }
    for (const app of ["", "..", "a/b", "UPPER"]) {
      expect(await failureOf(fly.get({ ...credentials, app }, "m1"))).toMatchObject({ failureCode: "fly_app_missing" });
    }
    expect(server.seen).toHaveLength(0);
  });
});
