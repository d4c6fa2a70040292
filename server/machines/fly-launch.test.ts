import { describe, expect, test } from "vitest";
import { createFlyProvider } from "@/server/machines/fly-provider";
import type { MachineFailure } from "@/server/machines/port";
import { credentials, failureOf, foreign, own, spec, startFly } from "@/server/testing/scripted-fly";
import { startScriptedServer } from "@/server/testing/scripted-server";
import type { Reply } from "@/server/testing/scripted-server";

describe("launch", () => {
  test("sends exactly the agreed body and nothing secret but the file", async () => {
    const { server, fly } = await startFly({ create: { status: 200, body: own } });
    await using _ = server;
    const { machine, adopted } = await fly.launch(credentials, spec);
    expect(adopted).toBe(false);
    expect(machine).toEqual({
      id: "m1",
      name: spec.name,
      state: "created",
      region: "ord",
      taskId: spec.taskId,
      attempt: 1,
      createdAt: "2026-11-22T09:00:00Z",
      imagePulledAt: null,
      exit: null,
      origin: null,
    });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: "POST", url: "/v1/apps/porter-runs/machines" });
    expect(server.seen[0]?.json).toEqual({
      name: spec.name,
      skip_launch: false,
      skip_secrets: true,
      skip_service_registration: true,
      config: {
        image: spec.image,
        auto_destroy: true,
        restart: { policy: "no" },
        guest: { cpu_kind: "shared", cpus: 2, memory_mb: 2048 },
        env: { PORTER_TASK_ID: spec.taskId, PORTER_DEADLINE_AT: spec.deadlineAt },
        files: [
          { guest_path: "/porter/task.json", raw_value: Buffer.from(spec.taskFile).toString("base64"), mode: 256 },
        ],
        metadata: { porter_task: spec.taskId, porter_attempt: "1", porter_origin: spec.origin },
        init: { swap_size_mb: 512 },
        rootfs: { size_gb: 8 },
        stop_config: { signal: "SIGTERM", timeout: "30s" },
        mounts: [],
        services: [],
      },
    });
  });

  test("names the region only when there is one", async () => {
    const { server, fly } = await startFly({ create: { status: 200, body: own } });
    await using _ = server;
    await fly.launch(credentials, { ...spec, region: "waw" });
    expect(server.seen[0]?.json).toMatchObject({ region: "waw" });
  });

  const nameHeld = `already_exists: unique machine name violation, machine ID m1 already exists with name "${spec.name}"`;
  test.each([
    ["409", { status: 409, body: { error: nameHeld } }],
    ["422 with the name-taken text", { status: 422, body: { error: nameHeld } }],
  ])("adopts this attempt's machine on %s", async (_, create) => {
    const { server, fly } = await startFly({ create, get: { status: 200, body: own } });
    await using __ = server;
    expect(await fly.launch(credentials, spec)).toMatchObject({ adopted: true, machine: { id: "m1" } });
  });

  test("adopts this attempt's machine when the conflict names no id", async () => {
    const { server, fly } = await startFly({
      create: { status: 409, body: { error: "conflict" } },
      findByTask: { status: 200, body: [own] },
    });
    await using _ = server;
    expect(await fly.launch(credentials, spec)).toMatchObject({ adopted: true, machine: { id: "m1" } });
  });

  test("adopts no machine of another task or attempt, even under the same name", async () => {
    for (const holder of [
      foreign,
      { ...own, config: { metadata: { porter_task: spec.taskId, porter_attempt: "2" } } },
      { ...own, config: null },
    ]) {
      const { server, fly } = await startFly({
        create: { status: 409, body: { error: nameHeld } },
        get: { status: 200, body: holder },
      });
      await using _ = server;
      expect(await failureOf(fly.launch(credentials, spec))).toMatchObject({
        kind: "rejected",
        failureCode: "machine_rejected",
      });
    }
  });

  test("finds a stranger that holds the name without being told its id", async () => {
    const { server, fly } = await startFly({
      create: { status: 409, body: { error: "conflict" } },
      list: { status: 200, body: [foreign] },
    });
    await using _ = server;
    const failure = await failureOf(fly.launch(credentials, spec));
    expect(failure).toMatchObject({ kind: "rejected", failureCode: "machine_rejected" });
    expect(failure.message).toContain("m9");
  });

  test("a conflict whose holder is gone by now may be tried again", async () => {
    const { server, fly } = await startFly({ create: { status: 409, body: { error: nameHeld } } });
    await using _ = server;
    expect(await failureOf(fly.launch(credentials, spec))).toMatchObject({ kind: "unavailable" });
  });

  const lost: [string, Reply][] = [
    ["408", { status: 408, body: { error: "timeout" } }],
    ["500", { status: 500, body: { error: "oops" } }],
    ["502 with HTML", { status: 502, body: "<html>bad gateway</html>" }],
    ["503 without a reason", { status: 503, body: { error: "busy", status: "unknown" } }],
    ["a reset connection", "reset"],
    ["200 with a body nobody can read", { status: 200, body: "created!" }],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:9/" } }],
  ];
  test.each(lost)("on %s adopts the machine that was created after all", async (_, create) => {
    const dead = { ...own, id: "m0", state: "destroyed" };
    const { server, fly } = await startFly({ create, findByTask: { status: 200, body: [foreign, dead, own] } });
    await using __ = server;
    expect(await fly.launch(credentials, spec)).toMatchObject({ adopted: true, machine: { id: "m1" } });
    const query = new URL(server.seen[1]?.url ?? "", "http://fly.invalid").searchParams;
    expect(Object.fromEntries(query)).toEqual({ "metadata.porter_task": spec.taskId, include_deleted: "true" });
  });
  test.each(lost)("on %s with nothing found leaves the outcome unknown", async (_, create) => {
    const { server, fly } = await startFly({ create });
    await using __ = server;
    expect(await failureOf(fly.launch(credentials, spec))).toMatchObject({ kind: "unknown_outcome" });
  });
  test("leaves the outcome unknown when looking for it fails too", async () => {
    const { server, fly } = await startFly({ create: "reset", findByTask: { status: 500 } });
    await using _ = server;
    expect(await failureOf(fly.launch(credentials, spec))).toMatchObject({ kind: "unknown_outcome" });
  });
  test("adopts a machine of this attempt that has ended already instead of running it again", async () => {
    const { server, fly } = await startFly({
      create: "reset",
      findByTask: { status: 200, body: [{ ...own, state: "destroyed" }] },
    });
    await using _ = server;
    expect(await fly.launch(credentials, spec)).toMatchObject({ adopted: true, machine: { state: "destroyed" } });
  });

  const refused: [string, Exclude<Reply, string>, Partial<MachineFailure> & Record<string, unknown>][] = [
    [
      "503 insufficient_capacity",
      { status: 503, body: { error: "no room", status: "insufficient_capacity" } },
      { kind: "capacity" },
    ],
    [
      "422 for lack of memory",
      { status: 422, body: { error: "insufficient resources available to fulfill request" } },
      { kind: "capacity" },
    ],
    ["412", { status: 412, body: { error: "precondition" } }, { kind: "capacity" }],
    [
      "429 with Retry-After",
      { status: 429, headers: { "retry-after": "7" } },
      { kind: "rate_limited", retryAfterMs: 7000 },
    ],
    ["429 without", { status: 429 }, { kind: "rate_limited", retryAfterMs: 2000 }],
    ["402", { status: 402 }, { kind: "rejected", failureCode: "fly_billing" }],
    ...[
      "We need your payment information to continue! Add a credit card by visiting the dashboard",
      "your organization has an unpaid invoice",
      "Your trial has ended, please add a payment method",
      "Billing is past due",
      "Your account has been marked as high risk",
      "please add a debit card",
      "the organization has an outstanding balance",
      "You have reached your spending limit",
      "organization is delinquent",
      "insufficient credits",
    ].flatMap((error): typeof refused =>
      [400, 403, 422].map((status) => [
        `${status} for money: ${error}`,
        { status, body: { error } },
        { kind: "rejected", failureCode: "fly_billing" },
      ]),
    ),
    ...[
      "failed to get manifest registry.fly.io/porter@sha256:0: MANIFEST_UNKNOWN: manifest unknown",
      "could not resolve image registry.fly.io/porter:1",
      "image ghcr.io/x/porter:1 not found",
      "failed to pull image: unauthorized",
      "pull access denied for porter",
      "could not resolve reference registry.fly.io/porter:1: not found",
      "unexpected status from HEAD request to https://registry.fly.io/v2/porter/manifests/1: 404 Not Found",
      "denied: requested access to the resource is denied",
    ].flatMap((error): typeof refused =>
      [400, 404, 422].map((status) => [
        `${status} for the image: ${error}`,
        { status, body: { error } },
        { kind: "rejected", failureCode: "image_unavailable" },
      ]),
    ),
    [
      "404 of an app whose name has such words",
      { status: 404, body: { error: "App my-billing-image not found" } },
      { kind: "rejected", failureCode: "fly_app_missing" },
    ],
    [
      "404 of an app that is named so",
      { status: 404, body: { error: 'Could not find App "trial"' } },
      { kind: "rejected", failureCode: "fly_app_missing" },
    ],
    ["401", { status: 401, body: { error: "unauthenticated" } }, { kind: "rejected", failureCode: "fly_auth" }],
    ["403", { status: 403 }, { kind: "rejected", failureCode: "fly_app_missing" }],
    ["404", { status: 404 }, { kind: "rejected", failureCode: "fly_app_missing" }],
    ["400", { status: 400, body: { error: "invalid image" } }, { kind: "rejected", failureCode: "machine_rejected" }],
    ["422", { status: 422, body: { error: "machine limit" } }, { kind: "rejected", failureCode: "machine_rejected" }],
  ];
  test.each(refused)("maps %s without looking for a machine", async (_, create, expected) => {
    const { server, fly } = await startFly({ create });
    await using __ = server;
    expect(await failureOf(fly.launch(credentials, spec))).toMatchObject(expected);
    expect(server.seen).toHaveLength(1);
  });

  test("shows Fly's text and request id, and neither token nor task file", async () => {
    const raw = Buffer.from(spec.taskFile).toString("base64");
    const error = `invalid file ${raw} for fm2_fake-canary-token\u0000\u001b[31m ${"x".repeat(1000)}`;
    const { server, fly } = await startFly({
      create: { status: 422, body: { error }, headers: { "fly-request-id": "01FAKE-ord" } },
    });
    await using _ = server;
    const { message } = await failureOf(fly.launch(credentials, spec));
    expect(message).toContain("invalid file [redacted] for [redacted]");
    expect(message).toContain("(fly-request-id 01FAKE-ord)");
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/\p{Cc}|canary/u);
  });

  test("a silent Fly ends with the time-out that every call carries, and an unknown outcome", async () => {
    await using server = await startScriptedServer(() => "hang");
    const signals: boolean[] = [];
    const impatient: typeof fetch = (url, init) => {
      signals.push(init?.signal instanceof AbortSignal && init.redirect === "manual");
      return fetch(url, { ...init, signal: AbortSignal.timeout(30) });
    };
    const fly = createFlyProvider({ apiUrl: server.url, fetch: impatient, settleMs: 1 });
    expect(await failureOf(fly.launch(credentials, spec))).toMatchObject({ kind: "unknown_outcome" });
    expect(signals).toEqual([true, true]);
  });
});
