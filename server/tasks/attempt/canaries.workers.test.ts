import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { receiveCallback } from "@/server/callbacks/handle";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { secretForms } from "@/lib/secret-forms";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { testEnv } from "@/server/testing/test-context";

const PERSON = { id: 92_001, login: "somebody" };
const KEY = "fake-anthropic-key-canary";
const FLY = "fake-fly-token-canary";

let pipe: Pipe;
const secrets = new Map<string, string>();

/** A whole run: comment, machine, a word of everything that it holds, work, pull request, and another run that fails. */
beforeAll(async () => {
  pipe = createPipe();
  await aPerson(pipe, PERSON);
  const { context } = pipe;
  const asked = { actorId: PERSON.id, actorLogin: PERSON.login, installationId: PERSON.id };
  for (const [at, issueNumber] of [92_001, 92_002].entries()) {
    await recordMention(pipe, { ...asked, issueNumber });
    const started = pipe.machines.machines[at];
    if (started === undefined) throw new Error("no machine");
    const machine = machineOf(pipe, started);
    const { callbackToken, git } = (await machine.claim()).body as { callbackToken: string; git: { token: string } };
    secrets.set(`the claim token ${at}`, machine.file.claimToken);
    secrets.set(`the callback token ${at}`, callbackToken);
    secrets.set(`the git token ${at}`, git.token);
    const words = `${KEY} ${git.token}`;
    await machine.progress(callbackToken, 1, "working", {
      lastStep: `echo ${words}`,
      plan: { at: 1, of: 2, item: `use ${words}` },
      records: [
        { n: 1, t: 0, k: "o", s: words },
        { n: 2, t: 0, k: "c", id: KEY, tool: "bash", s: words, todos: [{ text: words, state: "now" }] },
        { n: 3, t: 0, k: "r", id: KEY, ok: true, s: words },
        { n: 4, t: 0, k: "d", id: KEY, path: KEY, s: words },
        { n: 5, t: 0, k: "m", s: words },
      ],
    });
    const last = {
      title: words,
      summary: words,
      logTail: words,
      message: words,
      checks: [{ command: KEY, exitCode: 1 }],
    };
    if (at === 0) await machine.finish(callbackToken, last);
    else
      await machine.complete(callbackToken, {
        ...last,
        status: "failed",
        outcome: "failed",
        failureCode: "agent_failed",
      });
    // Refusals are logged as well.
    const forged = new Request("https://porter.test/api/callbacks/heartbeat", {
      method: "POST",
      headers: { authorization: `Bearer ${callbackToken}` },
      body: JSON.stringify({ taskId: "task_aaaaaaaaaaaaaaaaaaaa", attempt: 1 }),
    });
    await receiveCallback("heartbeat", forged, context);
  }
  pipe.clock.advance(40_000);
  await sweepDueRows(context);
  for (const { id } of await context.db.tasks.listForUser(PERSON.id, { limit: 10 }))
    await reconcile(context, { kind: "task", id });
  secrets.set("the model's key", KEY);
  secrets.set("the Fly token", FLY);
  secrets.set("the person's GitHub token", [...pipe.github.people.state.access.keys()][0] ?? "");
  const { AUTH_SECRET, GITHUB_CLIENT_SECRET } = testEnv();
  secrets.set("the session's secret", AUTH_SECRET);
  secrets.set("the client's secret", GITHUB_CLIENT_SECRET);
});

/** Every secret that is in the text in any spelling, with some words around it. */
function foundIn(text: string): string[] {
  const lower = text.toLowerCase();
  return [...secrets].flatMap(([name, secret]) => {
    expect(secret.length, name).toBeGreaterThan(10);
    const form = secretForms(secret).find((one) => one.length >= 10 && lower.includes(one.toLowerCase()));
    if (form === undefined) return [];
    const at = lower.indexOf(form.toLowerCase());
    return [`${name}: …${text.slice(Math.max(0, at - 60), at)}`];
  });
}

test("no table and no file holds a secret after a whole run", async () => {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const dumps = await Promise.all(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
  const dump = JSON.stringify(dumps);
  expect(dump).toContain(PERSON.login);
  expect(foundIn(dump)).toEqual([]);
  const files: string[] = [];
  for (const { key } of (await env.LOGS.list()).objects) {
    const bytes = new Uint8Array((await (await env.LOGS.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const stream = new Blob([bytes]).stream();
    files.push(
      `${key}\n${await new Response(isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream).text()}`,
    );
  }
  expect(files.length).toBeGreaterThan(2);
  expect(foundIn(files.join("\n"))).toEqual([]);
});

test("no line of the log holds a secret after a whole run", () => {
  expect(pipe.context.lines.length).toBeGreaterThan(2);
  expect(foundIn(pipe.context.lines.join("\n"))).toEqual([]);
});

test("nothing on GitHub holds a secret after a whole run", () => {
  const { comments, pulls, labels } = pipe.github.state;
  expect(pulls).toHaveLength(1);
  expect(foundIn(JSON.stringify([comments, pulls, [...labels]]))).toEqual([]);
});
