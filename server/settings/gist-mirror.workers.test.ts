import { reconnectFix } from "@/lib/fix";
import { expect, test } from "vitest";
import { withActor } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { signIn } from "@/server/identity/sign-in";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { testContext, userActor } from "@/server/testing/test-context";
import { getConfig, updateConfig } from "./config";
import { mirrorSettings } from "./gist-mirror";

async function ada(before: (call: string) => void = () => {}) {
  const fake = createFakeGitHub({ before });
  const context = testContext({ github: fake.github });
  const tokens = fake.people.issue({ id: 101, login: "ada" });
  await signIn(context, {
    user: { id: 101, login: "ada" },
    tokens: { access_token: tokens.accessToken },
    userAgent: null,
  });
  const asAda = { ...withActor(context, userActor(101, "ada")), queued: context.queued };
  return { context: asAda, people: fake.people.state, calls: fake.calls };
}

test("is off by default, and a save neither writes nor asks for a gist", async () => {
  const { context, people } = await ada();
  const config = await updateConfig(context, { settings: { taskTimeout: 20 } });
  expect(config).toMatchObject({ gistMirror: false, gistMirrorStatus: null });
  expect(context.queued).toEqual([]);
  await mirrorSettings(context, 101);
  expect(people.gists.size).toBe(0);
});

test("is written behind the save, holds the settings and no key, and shows its result", async () => {
  const { context, people, calls } = await ada();
  await saveProviderCredentials(context, { anthropic: { ANTHROPIC_API_KEY: "fake-canary-key-000000000" } });
  await updateConfig(context, { gistMirror: true, flyToken: "fake-canary-fly-token", settings: { taskTimeout: 33 } });
  expect(calls).not.toContain("putGist");
  expect(context.queued).toEqual([{ kind: "mirror", id: "101" }]);
  await mirrorSettings(context, 101);
  const [gist] = people.gists.values();
  expect(JSON.parse(gist?.content ?? "")).toMatchObject({ settings: { taskTimeout: 33 } });
  expect(gist?.content).not.toContain("canary");
  expect((await getConfig(context)).gistMirrorStatus).toMatchObject({ ok: true, fix: null });
});

test("the same gist is written again; one that was deleted is made anew", async () => {
  const { context, people } = await ada();
  await updateConfig(context, { gistMirror: true });
  await mirrorSettings(context, 101);
  await updateConfig(context, { regions: ["iad"] });
  await mirrorSettings(context, 101);
  expect(people.gists.size).toBe(1);
  people.gists.clear();
  await mirrorSettings(context, 101);
  expect([...people.gists.values()][0]?.content).toContain("iad");
});

test("without the permission the save stands, and the status names what the App lacks", async () => {
  const { context } = await ada((call) => {
    if (call === "putGist")
      throw new GitHubError({ kind: "lost", reason: "forbidden", message: "Resource not accessible by integration" });
  });
  const config = await updateConfig(context, { gistMirror: true, regions: ["iad"] });
  await mirrorSettings(context, 101);
  expect(config.regions).toEqual(["iad"]);
  const status = (await getConfig(context)).gistMirrorStatus;
  expect(status).toMatchObject({ ok: false, fix: reconnectFix("&with=gist") });
  expect(status?.message).toContain("account permission Gists");
});

test("a revoked token is said as the way to reconnect", async () => {
  const { context, people } = await ada();
  people.access.clear();
  await updateConfig(context, { gistMirror: true });
  await mirrorSettings(context, 101);
  expect((await getConfig(context)).gistMirrorStatus).toMatchObject({ ok: false, fix: reconnectFix() });
});
