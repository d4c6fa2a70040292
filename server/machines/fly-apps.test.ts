import { describe, expect, test } from "vitest";
import { createFlyApps } from "@/server/machines/fly-apps";
import { startScriptedServer } from "@/server/testing/scripted-server";
import type { Reply } from "@/server/testing/scripted-server";

const app: Reply = {
  status: 200,
  body: { id: "x", name: "porter-runs", network: "porter-runs", organization: { name: "Personal", slug: "personal" } },
};
const CREDENTIALS = { token: "fm2_fake", app: "porter-runs" };
type Answers = { app?: Reply[]; machines?: Reply; create?: Reply; list?: Reply };

async function fly(answers: Answers, timeoutMs = 20_000) {
  const looks = [...(answers.app ?? [app])];
  const server = await startScriptedServer((request) => {
    if (request.method === "POST") return answers.create ?? { status: 201, body: { id: "x" } };
    if (request.url === "/v1/apps?org_slug=personal") return answers.list ?? { status: 403 };
    if (request.url !== "/v1/apps/porter-runs") return answers.machines ?? { status: 200, body: [] };
    return (looks.length > 1 ? looks.shift() : looks[0]) ?? { status: 404 };
  });
  return { server, apps: createFlyApps({ apiUrl: `${server.url}/`, fetch, timeoutMs, settleMs: 1 }) };
}

async function check(answers: Answers, credentials = CREDENTIALS, timeoutMs?: number) {
  const { server, apps } = await fly(answers, timeoutMs);
  await using _closed = server;
  return { finding: await apps.check(credentials), requests: server.seen.length };
}

async function create(answers: Answers, organization = "personal") {
  const { server, apps } = await fly(answers);
  await using _closed = server;
  return { finding: await apps.create(CREDENTIALS, organization), seen: server.seen };
}

const found = { verification: "valid", app: { name: "porter-runs", organization: "personal", network: "own" } };

describe("a token and its app", () => {
  test("are accepted when both the app and its machines answer", async () => {
    expect(await check({})).toEqual({ finding: found, requests: 2 });
  });

  test.each<[object, Answers]>([
    [{ verification: "invalid_key" }, { app: [{ status: 401 }] }],
    [{ verification: "expired" }, { app: [{ status: 401, body: { error: "token expired" } }] }],
    [{ verification: "wrong_organisation" }, { app: [{ status: 403 }] }],
    [{ verification: "no_such_app" }, { app: [{ status: 404 }] }],
    [{ verification: "no_machine_rights" }, { machines: { status: 403 } }],
    [{ verification: "no_machine_rights" }, { machines: { status: 401 } }],
    [{ verification: "unverified", gap: "unreachable" }, { app: [{ status: 500 }] }],
    [{ verification: "unverified", gap: "unreachable" }, { app: ["reset"] }],
    [{ verification: "unverified", gap: "unreachable" }, { machines: "reset" }],
    [{ verification: "unverified", gap: "limited" }, { app: [{ status: 429 }] }],
    [
      { verification: "unverified", gap: "odd_answer" },
      { app: [{ status: 302, headers: { location: "http://127.0.0.1:9/" } }] },
    ],
    [
      { verification: "unverified", gap: "odd_answer" },
      { app: [{ status: 200, body: "<html>captive portal</html>" }] },
    ],
    [{ verification: "unverified", gap: "odd_answer" }, { machines: { status: 200, body: {} } }],
  ])("%j for %j", async (expected, answers) => {
    expect((await check(answers)).finding).toEqual(expected);
  });

  test("are not waited for without end", async () => {
    expect((await check({ machines: "hang" }, CREDENTIALS, 200)).finding).toEqual({
      verification: "unverified",
      gap: "too_slow",
    });
  });

  test("repeat nothing that the other side wrote", async () => {
    const { finding } = await check({ app: [{ status: 401, body: { error: "canary upstream text" } }] });
    expect(JSON.stringify(finding)).not.toContain("canary");
  });

  test("that cannot be any are sent to nobody", async () => {
    expect(await check({}, { ...CREDENTIALS, token: "" })).toEqual({
      finding: { verification: "invalid_key" },
      requests: 0,
    });
    expect(await check({}, { ...CREDENTIALS, app: "../other" })).toEqual({
      finding: { verification: "no_such_app" },
      requests: 0,
    });
  });
});

describe("the network of an app", () => {
  const named = (network?: string | null): Reply => ({
    status: 200,
    body: { name: "porter-runs", organization: { slug: "personal" }, ...(network === undefined ? {} : { network }) },
  });
  const list = (...apps: unknown[]): Reply => ({ status: 200, body: { apps } });
  const at = (network: string | null) => ({ name: "porter-runs", network });
  const rows: [string, { app: Reply; list?: Reply }][] = [
    ["own", { app: named("porter-runs") }],
    ["shared", { app: named("default") }],
    // Fly says nothing of it with the app itself.
    ["unknown", { app: named() }],
    ["unknown", { app: named(null), list: list() }],
    ["unknown", { app: named(), list: list({ name: "porter-runs" }) }],
    ["unknown", { app: named(), list: { status: 200, body: { apps: "none" } } }],
    ["unknown", { app: named(), list: { status: 500 } }],
    ["unknown", { app: named(""), list: list(at("")) }],
    ["shared", { app: named(), list: list(at("default")) }],
    ["own", { app: named(), list: list(at("porter-runs"), { name: "shop", network: "default" }) }],
    // A name of the owner's own choice says nothing of who else is there.
    ["unknown", { app: named("sandbox") }],
    ["own", { app: named("sandbox"), list: list(at("sandbox"), { name: "shop", network: "default" }) }],
    ["shared", { app: named("sandbox"), list: list(at("sandbox"), { name: "shop", network: "sandbox" }) }],
    ["unknown", { app: named("sandbox"), list: list(at("sandbox"), { name: "shop" }) }],
    ["unknown", { app: named("sandbox"), list: list(at("sandbox"), null) }],
  ];
  test.each(rows)("is %s for %j", async (network, { app: answer, ...answers }) => {
    const { finding } = await check({ app: [answer], ...answers });
    expect([finding.verification, finding.app?.network]).toEqual(["valid", network]);
  });

  test("is not asked for in an organisation that cannot be one", async () => {
    const odd: Reply = { status: 200, body: { name: "porter-runs", organization: { slug: "../x?y" } } };
    const { finding, requests } = await check({ app: [odd] });
    expect([finding.app?.network, requests]).toEqual(["unknown", 2]);
  });
});

describe("a new app", () => {
  test("is made in a network of its own, and waited for until it answers", async () => {
    const { finding, seen } = await create({ app: [{ status: 404 }, { status: 401 }, app] });
    expect(finding).toEqual(found);
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: "/v1/apps",
      json: { app_name: "porter-runs", org_slug: "personal", network: "porter-runs" },
    });
  });

  test("whose name the token already holds is adopted; somebody else's is not", async () => {
    const taken: Reply = { status: 422, body: { error: "Validation failed", status: "name_taken" } };
    expect((await create({ create: taken })).finding).toEqual(found);
    const foreign = await create({ create: taken, app: [{ status: 403 }] });
    expect(foreign.finding).toEqual({ verification: "name_taken" });
  });

  test.each<[string, Reply]>([
    ["restricted", { status: 403 }],
    ["invalid_key", { status: 401 }],
    ["unverified", { status: 500 }],
    ["unverified", "reset"],
  ])("that Fly refuses says %s", async (verification, reply) => {
    expect((await create({ create: reply })).finding.verification).toBe(verification);
  });

  test("is asked for in no organisation that cannot be one", async () => {
    const { finding, seen } = await create({}, "../other");
    expect([finding.verification, seen.length]).toEqual(["restricted", 0]);
  });
});
