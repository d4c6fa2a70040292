import { expect, test } from "vitest";
import { checkFlyCredentials } from "@/server/machines/fly-credentials";
import { startScriptedServer } from "@/server/testing/scripted-server";
import type { Reply } from "@/server/testing/scripted-server";

const app: Reply = {
  status: 200,
  body: { id: "x", name: "porter-runs", organization: { name: "Personal", slug: "personal" } },
};

async function check(
  answers: { app: Reply; machines?: Reply },
  credentials = { token: "fm2_fake", app: "porter-runs" },
) {
  await using server = await startScriptedServer((request) =>
    request.url === "/v1/apps/porter-runs" ? answers.app : (answers.machines ?? { status: 200, body: [] }),
  );
  return {
    check: await checkFlyCredentials({ apiUrl: `${server.url}/`, fetch }, credentials),
    requests: server.seen.length,
  };
}

test("accepts a token that reaches the app and its machines", async () => {
  expect(await check({ app })).toEqual({
    check: { ok: true, app: { name: "porter-runs", organization: "personal" } },
    requests: 2,
  });
});

test.each<[string, Reply, Reply | undefined]>([
  ["bad_token", { status: 401 }, undefined],
  ["wrong_organisation", { status: 403 }, undefined],
  ["no_such_app", { status: 404 }, undefined],
  ["no_machine_rights", app, { status: 403 }],
  ["no_machine_rights", app, { status: 401 }],
  ["unreachable", { status: 500 }, undefined],
  ["unreachable", "reset", undefined],
  ["unreachable", app, "reset"],
  ["unreachable", { status: 302, headers: { location: "http://127.0.0.1:9/" } }, undefined],
  ["unreachable", { status: 200, body: "<html>captive portal</html>" }, undefined],
])("says %s for %j and %j", async (reason, appReply, machines) => {
  expect((await check({ app: appReply, machines })).check).toMatchObject({ ok: false, reason });
});

test("repeats nothing that the other side wrote", async () => {
  const { check: result } = await check({ app: { status: 401, body: { error: "canary upstream text" } } });
  expect(JSON.stringify(result)).not.toContain("canary");
});

test("asks nobody about what is no token and no app name", async () => {
  expect(await check({ app }, { token: "", app: "porter-runs" })).toMatchObject({
    check: { reason: "bad_token" },
    requests: 0,
  });
  expect(await check({ app }, { token: "fm2_fake", app: "../other" })).toMatchObject({
    check: { reason: "no_such_app" },
    requests: 0,
  });
});
