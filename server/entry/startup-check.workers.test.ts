import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import type { AppContext } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { createSealer } from "@/server/crypto/sealer";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { NOW } from "@/server/testing/rows";
import { testContext, testEnv, VARIABLES } from "@/server/testing/test-context";
import { startupCheck } from "./startup-check";

const OPERATOR = "fake-operator-token-of-the-tests-0000";
type Answered = { ok: boolean; checks: { name: string; ok: boolean; fix?: string | null; message?: string }[] };

async function ask(
  input: { context?: Partial<AppContext>; variables?: Record<string, unknown>; bearer?: string } = {},
) {
  const context = testContext({
    env: testEnv({ OPERATOR_TOKEN: OPERATOR, GITHUB_WEBHOOK_SECRET: "fake-webhook-secret-0000" }),
    github: createFakeGitHub().github,
    ...input.context,
  });
  const headers = { authorization: `Bearer ${input.bearer ?? OPERATOR}` };
  const request = new Request("https://porter.test/api/startup/check", { headers });
  const answer = await startupCheck(request, { ...VARIABLES, ...input.variables }, () => context);
  const body = await answer.json<Answered>();
  const red = body.checks.filter((check) => !check.ok).map(({ name }) => name);
  return { status: answer.status, body, red, text: JSON.stringify(body) };
}

afterEach(async () => {
  for (const table of ["dead_letters", "clock_ticks", "user_secrets", "deliveries", "use_counts"])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

test("everything green: 200", async () => {
  await testContext().db.operations.tick("sweep", NOW);
  const { status, body, red } = await ask();
  expect([status, body.ok, red]).toEqual([200, true, []]);
  expect(body.checks.map(({ name }) => name)).toEqual([
    "environment",
    "database",
    "schema",
    "keys",
    "github_app",
    "webhook",
    "mention",
    "people",
    "clock",
    "dead_letters",
    "given_up",
    "intake",
    "runs",
    "network",
  ]);
});

test("what led to nothing is counted, red where it could not be read; so is what only an operator can mend", async () => {
  const { db } = testContext();
  await db.operations.tick("sweep", NOW);
  const come = (id: string, outcome: string) =>
    db.deliveries.claim({ id, event: "issue_comment", outcome, receivedAt: NOW }, []);
  await come("heard-1", "no_command");
  expect((await ask()).red).toEqual([]);
  await come("heard-2", "unreadable");
  await db.useCounts.take({
    key: "operator_failure:image_unavailable",
    now: NOW,
    windowEndsAt: "2099-01-01T00:00:00.000Z",
  });
  const { red, text } = await ask();
  expect(red).toEqual(["intake", "runs"]);
  expect(text).toContain("no_command 1, unreadable 1");
  expect(text).toContain("image_unavailable 1");
});

test("machines that were not sealed are counted for the operator", async () => {
  const { db } = testContext();
  await db.operations.tick("sweep", NOW);
  for (const key of ["network:open", "network:open", "network:user_namespace"])
    await db.useCounts.take({ key, now: NOW, windowEndsAt: "2099-01-01T00:00:00.000Z" });
  const { red, status, text } = await ask();
  expect([status, red]).toEqual([200, ["network"]]);
  expect(text).toContain("2 could not be sealed: their network was open; 1 were sealed without root");
});

test("others than operators learn names and colours, no message and no fix", async () => {
  const { body, text } = await ask({ bearer: "fake-another-token-of-the-right-length-1" });
  expect(body.checks.every((check) => Object.keys(check).toSorted().join() === "name,ok,required")).toBe(true);
  expect(text).not.toContain("porter-test");
});

test("a clock that stopped and dead letters are red for operators, and Porter serves on", async () => {
  await testContext().db.operations.addDeadLetter({ queue: "porter-dead", body: "{}", at: NOW });
  const { status, red } = await ask();
  expect([status, red]).toEqual([200, ["clock", "dead_letters"]]);
});

test("a migration that is not applied is named, with the command", async () => {
  const { results } = await env.DB.prepare("SELECT * FROM d1_migrations").all<Record<string, unknown>>();
  await env.DB.prepare("DELETE FROM d1_migrations").run();
  try {
    const { status, body, red } = await ask();
    expect([status, red]).toEqual([503, expect.arrayContaining(["schema"])]);
    expect(body.checks.find(({ name }) => name === "schema")).toMatchObject({
      message: expect.stringMatching(/^Not applied: 0000_init\.sql(?:, \d{4}_\w+\.sql)*\.$/),
      fix: expect.stringContaining("npm run migrate"),
    });
  } finally {
    for (const row of results)
      await env.DB.prepare("INSERT INTO d1_migrations (id, name) VALUES (?, ?)").bind(row["id"], row["name"]).run();
  }
});

test("a key that rows need and the configuration lacks is named by its version", async () => {
  const context = testContext();
  const sealed = await context.sealer.seal("fake", { table: "user_secrets", row: "x", user: "1", field: "K" });
  await context.db.secrets.put({
    id: "x",
    userId: 1,
    provider: "anthropic",
    name: "K",
    ...sealed,
    keyVersion: 6,
    lastFour: "",
    updatedAt: NOW,
  });
  const { body, status } = await ask();
  expect(status).toBe(503);
  expect(body.checks.find(({ name }) => name === "keys")?.message).toBe("ENCRYPTION_KEYS lacks version 6 (1 rows).");
  const six = createSealer(new Map([[6, new Uint8Array(32)]]));
  expect((await ask({ context: { sealer: six } })).red).not.toContain("keys");
});

test.each([
  ["another App's key", (fake: ReturnType<typeof createFakeGitHub>) => (fake.state.app.id = 2), "is that of"],
  ["a missing permission", (fake) => delete fake.state.app.permissions["issues"], "issues: write"],
  ["a missing event", (fake) => (fake.state.app.events = ["issues"]), "event issue_comment"],
] as [string, (fake: ReturnType<typeof createFakeGitHub>) => unknown, string][])(
  "%s of the GitHub App is said",
  async (_name, change, said) => {
    const fake = createFakeGitHub();
    change(fake);
    const { body, status } = await ask({ context: { github: fake.github } });
    expect(status).toBe(503);
    expect(body.checks.find(({ name }) => name === "github_app")?.message).toContain(said);
  },
);

test("GitHub's silence is not taken for a wrong key", async () => {
  const { github } = createFakeGitHub({
    before: () => {
      throw new GitHubError({ kind: "unavailable", message: "no answer" });
    },
  });
  const { body } = await ask({ context: { github } });
  expect(body.checks.find(({ name }) => name === "github_app")?.message).toBe("GitHub does not answer.");
});

test("an App that GitHub does not take is red, and its error stays in the log", async () => {
  const { github } = createFakeGitHub({
    before: () => {
      throw new Error("fake-canary-detail");
    },
  });
  const { red, text } = await ask({ context: { github } });
  expect(red).toContain("github_app");
  expect(text).not.toContain("canary");
});

test("asked often, GitHub is asked once", async () => {
  const fake = createFakeGitHub();
  for (let times = 0; times < 5; times++) await ask({ context: { github: fake.github } });
  expect(fake.calls).toEqual(["describe"]);
});

test.each([
  ["no key", { ENCRYPTION_KEYS: undefined }],
  ["a short key", { ENCRYPTION_KEYS: `1:${btoa("fake-short-canary")}` }],
])("with %s only the reason is said, never a value", async (_name, variables) => {
  const { status, body, text } = await ask({ variables });
  expect(status).toBe(503);
  expect(body.checks).toEqual([expect.objectContaining({ name: "environment", ok: false })]);
  expect(text).toContain("ENCRYPTION_KEYS");
  expect(text).not.toContain("fake");
});
