import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { type AppContext, withActor } from "@/server/context";
import { signIn } from "@/server/identity/sign-in";
import { userToken } from "@/server/identity/user-token";
import { deriveClaimToken } from "@/server/tasks/attempt/attempt-plan";
import { mintGitToken, openMachineSecrets } from "@/server/tasks/attempt/git-token";
import { openChangeSet } from "@/server/tasks/change-set/open-change-set";
import { aClaimedAttempt, packedSet } from "@/server/testing/hand-over";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";
import { smallSet } from "@/server/testing/small-set";
import { testContext, testEnv, userActor } from "@/server/testing/test-context";
import { saveProviderCredentials } from "./provider-credentials";
import { rotateKeys } from "./rotate-keys";
import { createSealer } from "@/server/crypto/sealer";
import { openSecrets } from "./user-secrets";

const fakeKey = (byte: number) => Uint8Array.from({ length: 32 }, () => byte);
const KEYS = { one: [1, fakeKey(7)], two: [2, fakeKey(9)] } as const;
const sealerOf = (...keys: (readonly [number, Uint8Array<ArrayBuffer>])[]) => createSealer(new Map(keys));
/** The same Porter, as its operator, with these keys configured. */
const under = <T extends AppContext>(context: T, ...keys: (readonly [number, Uint8Array<ArrayBuffer>])[]): T => ({
  ...context,
  actor: { kind: "operator" },
  sealer: sealerOf(...keys),
});

beforeEach(async () => {
  for (const table of [
    "user_secrets",
    "user_oauth_tokens",
    "installation_tokens",
    "task_attempts",
    "change_sets",
    "tasks",
  ])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

async function rotateAll(context: AppContext) {
  let cursor: string | null = null;
  let rewrapped = 0;
  for (;;) {
    const step = await rotateKeys(context, cursor);
    rewrapped += step.rewrapped;
    cursor = step.cursor;
    if (cursor === null) return { ...step, rewrapped };
  }
}

async function people(count: number) {
  const context = testContext();
  for (let id = 1; id <= count; id++) {
    await signIn(context, {
      user: { id, login: `user-${id}` },
      tokens: { access_token: `fake-canary-access-${id}` },
      userAgent: null,
    });
    await saveProviderCredentials(withActor(context, userActor(id)), {
      anthropic: { ANTHROPIC_API_KEY: `fake-canary-key-of-user-${id}` },
    });
  }
  return context;
}
const keyOf = async (context: AppContext, id: number) =>
  (await openSecrets(context, id, ["ANTHROPIC_API_KEY"]))["ANTHROPIC_API_KEY"];

test("seals every value anew, after which the old key can go", async () => {
  const context = await people(3);
  const both = under(context, KEYS.one, KEYS.two);
  const before = await rotateKeys(under(context, KEYS.one), null);
  expect(before).toMatchObject({ rewrapped: 0, inUse: [{ version: 1, rows: 6 }], removable: [] });
  expect(await rotateAll(both)).toMatchObject({
    currentVersion: 2,
    rewrapped: 6,
    unreadable: 0,
    inUse: [{ version: 2, rows: 6 }],
    removable: [1],
  });
  const onlyNew = under(context, KEYS.two);
  expect(await keyOf(onlyNew, 2)).toBe("fake-canary-key-of-user-2");
  expect(await userToken(onlyNew, 3)).toBe("fake-canary-access-3");
});

test("goes on where it was cut off, and a second run finds nothing to do", async () => {
  const context = await people(120);
  const both = under(context, KEYS.one, KEYS.two);
  const first = await rotateKeys(both, null);
  expect(first).toMatchObject({ rewrapped: 100, removable: [] });
  expect(first.cursor).not.toBeNull();
  // The script died here; the next one starts without a cursor.
  expect(await rotateAll(both)).toMatchObject({ rewrapped: 140, removable: [1] });
  expect(await rotateAll(both)).toMatchObject({ rewrapped: 0 });
});

test("a key saved while the rotation runs stays what was saved", async () => {
  const context = await people(1);
  const both = under(context, KEYS.one, KEYS.two);
  const seal = both.sealer.seal.bind(both.sealer);
  let isFirst = true;
  both.sealer.seal = async (plain, at) => {
    if (isFirst && at.table === "user_secrets") {
      isFirst = false;
      await saveProviderCredentials(withActor(both, userActor(1)), {
        anthropic: { ANTHROPIC_API_KEY: "fake-canary-newer-key" },
      });
    }
    return seal(plain, at);
  };
  await rotateAll(both);
  expect(await keyOf(under(context, KEYS.two), 1)).toBe("fake-canary-newer-key");
});

test("a value whose key is gone is counted and left, and says its version when it is opened", async () => {
  const context = await people(1);
  const onlyNew = under(context, KEYS.two);
  expect(await rotateAll(onlyNew)).toMatchObject({ rewrapped: 0, inUse: [{ version: 1, rows: 2 }], removable: [] });
  expect(context.lines.join("\n")).toContain("keys.unreadable");
  await expect(keyOf(onlyNew, 1)).rejects.toThrow("key version 1 is not configured");
  expect(await keyOf(under(context, KEYS.one), 1)).toBe("fake-canary-key-of-user-1");
});

test("between save and launch: the task starts with the key as it was saved, and its machine keeps its tokens", async () => {
  const pipe = createPipe();
  await aPerson(pipe, { id: 1, login: "octocat" });
  await recordMention(pipe);
  const machine = pipe.machines.machines[0];
  if (machine === undefined) throw new Error("no machine was launched");
  // The key is added and everything rewrapped while the machine boots.
  const rotated = { ...pipe, context: under(pipe.context, KEYS.one, KEYS.two) };
  expect(await rotateAll(rotated.context)).toMatchObject({ removable: [] });
  const runner = machineOf(rotated, machine);
  const claim = await runner.claim();
  expect(claim).toMatchObject({ status: 200, body: { keys: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary" } } });
  const attempt = await pipe.context.db.attempts.get(runner.ref.taskId, 1);
  if (attempt === null) throw new Error("no attempt");
  // Its derived tokens are those of the version it was made under.
  expect(await deriveClaimToken(rotated.context, attempt)).toBe(runner.file.claimToken);
  await rotateAll(rotated.context);
  const task = await pipe.context.db.tasks.get(runner.ref.taskId);
  if (task === null) throw new Error("no task");
  await mintGitToken(pipe.context, task, { attempt, keys: {} });
  await rotateAll(rotated.context);
  const renewed = await pipe.context.db.attempts.get(task.id, 1);
  if (renewed === null) throw new Error("no attempt");
  expect(renewed.gitTokenKeyVersion).toBe(2);
  expect((await openMachineSecrets(rotated.context, renewed))?.token).toMatch(/^fake-installation-token/);
});

test("is for operators alone", async () => {
  const context = testContext({ env: testEnv({ PORTER_OPERATORS: "7" }) });
  await expect(rotateKeys(context, null)).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(rotateKeys(withActor(context, userActor(8)), null)).rejects.toMatchObject({ code: "forbidden" });
  expect(await rotateKeys(withActor(context, userActor(7)), null)).toMatchObject({ cursor: null });
});

test.each(["9:1", "x", "1:99999999999999999999", ""])("a forged cursor begins again: %j", async (cursor) => {
  const context = await people(1);
  const step = await rotateKeys(under(context, KEYS.one, KEYS.two), cursor);
  expect(step.cursor).toBeNull();
  expect((await env.DB.prepare("SELECT count(*) AS n FROM user_secrets").first<{ n: number }>())?.n).toBe(1);
});

test("a new key touches the row of a change set alone: its files open with the new one as before", async () => {
  const run = await aClaimedAttempt();
  const set = smallSet({}, [{ a: "handed over" }]);
  await run.door.whole(packedSet(set));
  const key = { taskId: run.taskId, attempt: 1, number: 1 };
  const before = (await env.LOGS.list({ prefix: `changes/${run.taskId}/` })).objects.map(({ etag }) => etag);
  // The token of its attempt, the one that Porter asks GitHub with, and the key of its files.
  expect((await rotateAll(under(run.context, KEYS.one, KEYS.two))).rewrapped).toBe(3);
  const onlyNew = under(run.context, KEYS.two);
  const row = await onlyNew.db.changeSets.get(key);
  const open = row === null ? null : await openChangeSet(onlyNew, row);
  const sha = [...set.contents.keys()].join();
  expect(new TextDecoder().decode(await open?.contentOf(sha))).toBe("handed over");
  const after = (await env.LOGS.list({ prefix: `changes/${run.taskId}/` })).objects.map(({ etag }) => etag);
  expect(after).toEqual(before);
});
