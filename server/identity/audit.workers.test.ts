import { env } from "cloudflare:workers";
import { getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import { auditLine, AUDIT_ACTIONS, type AuditRow } from "@/lib/audit";
import type { AppContext } from "@/server/context";
import * as schema from "@/server/db/schema";
import { endedBefore } from "@/server/testing/scale/questions";
import { OTHER_ENDPOINTS } from "@/server/rest/other-endpoints";
import { handleRest } from "@/server/rest/handle-rest";
import { rotateKeys } from "@/server/secrets/rotate-keys";
import { createSealer } from "@/server/crypto/sealer";
import { asSignedIn } from "@/server/testing/signed-in";
import { apiContext, openWorld } from "@/server/testing/api-world";
import { AT_DOOR, aStage, aWorkingRun } from "@/server/testing/doors";
import { aTask, NOW } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { ownTask } from "@/server/tasks/read/get";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { createCaller, PROCEDURES } from "@/server/trpc/router";

const owner = userActor(1, "octocat");
const everything = { before: null, limit: 200 };
const newest = async (): Promise<number> => (await testContext().db.audit.all({ ...everything, limit: 1 }))[0]?.id ?? 0;
async function since(id: number): Promise<AuditRow[]> {
  return (await testContext().db.audit.all(everything)).filter((row) => row.id > id).toReversed();
}
const run = (sql: string) => env.DB.prepare(sql).run();

describe("a line", () => {
  test("is neither changed, replaced nor deleted before its time, and goes after it", async () => {
    const { db } = testContext();
    await run(`INSERT INTO audit_lines (at, action, object) VALUES ('2020-01-01T00:00:00.000Z', 'task.start', 'old')`);
    await db.audit.append({ actorId: 1, action: "operator.audit", through: "operator", object: "porter" });
    const before = await db.audit.all(everything);
    await expect(run(`UPDATE audit_lines SET action = 'other'`)).rejects.toThrow("never changed");
    await expect(run(`DELETE FROM audit_lines`)).rejects.toThrow("400 days");
    await expect(
      run(`INSERT OR REPLACE INTO audit_lines (id, action, object) VALUES (${before[0]?.id}, 'other', 'x')`),
    ).rejects.toThrow("never replaced");
    expect(await db.audit.all(everything)).toEqual(before);
    await db.rowEnds.end(endedBefore("2000"), 100);
    expect(await db.audit.all(everything)).toEqual(before.filter(({ object }) => object !== "old"));
  });

  test("has no act without it: what cannot be written down does not happen", async () => {
    const { db } = testContext();
    const task = aTask({ userId: 77 });
    await run(`CREATE TRIGGER full BEFORE INSERT ON audit_lines BEGIN SELECT RAISE(ABORT, 'the log is full'); END`);
    try {
      const made = { task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() };
      await expect(db.tasks.create(made)).rejects.toThrow();
    } finally {
      await run(`DROP TRIGGER full`);
    }
    expect(await db.tasks.get(task.id)).toBeNull();
  });
});

/** Tables whose changes leave no line, and why. Every other one has a trigger of the audit log. */
const SILENT: Record<string, string> = {
  audit_lines: "the lines themselves",
  audit_subjects: "whom they mean",
  audit_log: "the release before wrote it",
  tasks: "task_events has each of their moves",
  log_chunks: "what runs say",
  obligations: "what Porter tries again",
  dead_letters: "for operators",
  clock_ticks: "clocks",
  use_counts: "limits",
  ended_weeks: "made of tasks",
  starts: "limits",
  github_answers: "a cache",
  content_budgets: "limits",
  content_shares: "limits",
  app_sweeps: "where orphans are looked for",
  installation_tokens: "Porter's own tokens, for what it writes itself",
};

test("every table is written down by triggers, or is named with the reason why not", async () => {
  const tables = Object.values(schema as Record<string, unknown>).flatMap((each) =>
    is(each, SQLiteTable) ? [getTableName(each)] : [],
  );
  const { results } = await env.DB.prepare(
    "SELECT tbl_name AS name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'audit_*'",
  ).all<{ name: string }>();
  const heard = new Set(results.map(({ name }) => name));
  expect(tables.filter((name) => !heard.has(name) && SILENT[name] === undefined)).toEqual([]);
});

type World = { app: AppContext; api: ReturnType<typeof createCaller> };
const asOwner = async (): Promise<World> => {
  const app = await apiContext(owner);
  return { app, api: createCaller({ app, requestId: "r" }) };
};
async function aTaskThat(is: "waits" | "failed", { app }: World): Promise<string> {
  const ended = { status: "failed", phase: "done", failureCode: "agent_failed", completedAt: NOW } as const;
  const task = aTask(is === "failed" ? ended : {});
  const event = { kind: "phase", data: {} };
  await app.db.tasks.create({ task, event, now: NOW, moveId: crypto.randomUUID() });
  return task.id;
}
const KEY = "fake-key-of-the-tests";

/** `prepare` answers the act of which the lines are `leaves`, in their order; a text says why there are none. */
type Act = { leaves: string[]; prepare: (world: World) => Promise<() => Promise<unknown>> } | string;
const nothingBefore =
  (act: (api: World["api"]) => Promise<unknown>): ((world: World) => Promise<() => Promise<unknown>>) =>
  async ({ api }) =>
  () =>
    act(api);
const CHECK = "it keeps what a check found of a key, which the key's page shows";
const MUTATIONS: Record<string, Act> = {
  "tasks.create": {
    leaves: ["task.start"],
    prepare: nothingBefore((api) => api.tasks.create({ repository: "acme/widgets#7" })),
  },
  "tasks.stop": {
    leaves: ["task.stop"],
    prepare: async (world) => {
      const id = await aTaskThat("waits", world);
      return () => world.api.tasks.stop({ id });
    },
  },
  "tasks.retry": {
    leaves: ["task.retry"],
    prepare: async (world) => {
      const id = await aTaskThat("failed", world);
      return () => world.api.tasks.retry({ id });
    },
  },
  "tasks.undoRetry": {
    leaves: ["task.undo_retry"],
    prepare: async (world) => {
      const id = await aTaskThat("failed", world);
      await retryOwnTask(world.app, await ownTask(world.app, id), { agent: null });
      return () => world.api.tasks.undoRetry({ id });
    },
  },
  "tasks.publish": {
    leaves: ["work.publish"],
    prepare: async () => {
      const stage = await aStage();
      const { runner, token, id } = await aWorkingRun(stage);
      await runner.finish(token, { status: "failed", outcome: "partial", failureCode: "agent_failed" });
      return () => createCaller({ app: stage.as, requestId: "r" }).tasks.publish({ id });
    },
  },
  "session.end": {
    leaves: ["session.end"],
    prepare: async ({ api }) => {
      const { sessions } = await api.session.list();
      return () => api.session.end({ sessionId: sessions[0]?.id ?? "" });
    },
  },
  "session.endOthers": {
    leaves: ["session.end"],
    prepare: async ({ app, api }) => {
      await api.session.endOthers();
      await apiContext(owner);
      return () => createCaller({ app, requestId: "r" }).session.endOthers();
    },
  },
  "account.delete": {
    leaves: ["secret.delete", "account.delete"],
    prepare: async ({ api }) => {
      await api.config.saveProviderCredentials({
        anthropic: { ANTHROPIC_API_KEY: KEY },
        openai: { OPENAI_API_KEY: null },
      });
      return () => api.account.delete({ login: "octocat" });
    },
  },
  "operator.rotateKeys": {
    leaves: ["operator.rotateKeys"],
    prepare: async ({ app }) => {
      const operator = createCaller({ app: { ...app, actor: { kind: "operator" } }, requestId: "r" });
      return () => operator.operator.rotateKeys({});
    },
  },
  "config.update": {
    leaves: ["settings.change"],
    prepare: nothingBefore((api) => api.config.update({ settings: { taskTimeout: 21 } })),
  },
  "config.saveProviderCredentials": {
    leaves: ["secret.save"],
    prepare: nothingBefore((api) => api.config.saveProviderCredentials({ openai: { OPENAI_API_KEY: KEY } })),
  },
  "config.saveCredentials": {
    leaves: ["secret.save"],
    prepare: nothingBefore((api) => api.config.saveCredentials({ OPENAI_API_KEY: `${KEY}-again` })),
  },
  "config.saveFly": {
    leaves: ["settings.change", "secret.save"],
    prepare: nothingBefore((api) => api.config.saveFly({ flyToken: "fm2_fake-of-the-tests", flyAppName: "fake-app" })),
  },
  "repositories.saveSecret": {
    leaves: ["repository.secret_save", "repository.secret_delete"],
    prepare: async () => {
      const { context, fake } = openWorld({}, { id: 1, login: "octocat" });
      fake.state.permissions.set("octocat", "admin");
      const app = await asSignedIn(context, fake, { id: 1, login: "octocat" });
      const { repositories } = createCaller({ app, requestId: "r" });
      const secret = { owner: "acme", name: "widgets", secret: "NPM_TOKEN" };
      return async () => {
        await repositories.saveSecret({ ...secret, value: KEY });
        await repositories.saveSecret({ ...secret, value: null });
      };
    },
  },
  "config.validateFly": CHECK,
  "config.validateAnthropic": CHECK,
  "config.validateKey": CHECK,
  "github.select": {
    leaves: ["repositories.select"],
    prepare: nothingBefore((api) => api.github.select({ repositories: ["acme/widgets"] })),
  },
  "repositories.updateSettings": {
    leaves: ["repository.change"],
    prepare: nothingBefore((api) =>
      api.repositories.updateSettings({ owner: "acme", name: "widgets", publish: "after_click" }),
    ),
  },
};

describe("every procedure that changes something", () => {
  const mutations = PROCEDURES.filter(({ type }) => type === "mutation").map(({ name }) => name);
  test.each(mutations)(
    "%s leaves its line, with who it was and by what, or is named with the reason why not",
    async (name) => {
      const act = MUTATIONS[name];
      if (act === undefined) throw new Error("it is not among them");
      if (typeof act === "string") return;
      const world = await asOwner();
      const doIt = await act.prepare(world);
      const before = await newest();
      await doIt();
      const lines = await since(before);
      expect(lines.map(({ action }) => action)).toEqual(act.leaves);
      for (const line of lines.map(auditLine)) {
        expect(AUDIT_ACTIONS).toContain(line.action);
        if (name === "account.delete") expect([line.actor, line.owner]).toEqual(["gone", "gone"]);
        else if (!name.startsWith("operator.")) expect(line.actor).toEqual(line.owner);
        if (/^(task|settings|repositor|work)/.test(line.action)) expect(line.through).toBe("page");
      }
    },
  );
});

/** The same for what is no procedure. */
const OTHERS: Record<string, string> = {
  "/webhooks/github": "installations leave theirs (server/webhooks/installed.workers.test.ts), commands theirs (below)",
  "/callbacks/claim": "below: a task's life",
  "/callbacks/progress": "what a run says of itself: its log has it",
  "/callbacks/picture": "it changes nothing: its task's prompt names what is read",
  "/callbacks/heartbeat": "it changes nothing but when it was seen",
  "/callbacks/complete": "what a run says of itself: its task's events have it",
  "/auth/logout": "session.end, by the row of the session",
};
test("every other handler that takes a POST is known", () => {
  const posts = OTHER_ENDPOINTS.filter(({ method }) => method === "POST").map(({ path }) => path);
  expect(posts.filter((path) => OTHERS[path] === undefined)).toEqual([]);
});

test("a task's life is written down with a bounded number of lines, and others see none of it", async () => {
  const before = await newest();
  const stage = await aStage();
  const { id, runner, token } = await aWorkingRun(stage);
  await runner.finish(token);
  stage.pipe.clock.advance(61_000);
  await sweepDueRows(stage.pipe.context);
  const mine = await stage.as.db.audit.ofPerson(stage.issue, everything);
  const ofTask = mine.filter(({ object }) => object === `task/${id}`).toReversed();
  expect(ofTask.map(({ action, through }) => [action, through])).toEqual([
    ["task.start", "comment"],
    ["attempt.start", "automatic"],
    ["machine.start", "automatic"],
    ["machine.claim", "machine"],
    ["key.spend", "machine"],
    ["token.mint", "machine"],
    ["token.revoke", "automatic"],
  ]);
  expect(ofTask.find(({ action }) => action === "key.spend")?.detail).toBe(
    '{"attempt":1,"keys":["ANTHROPIC_API_KEY"]}',
  );
  expect(ofTask.every(({ ownerId }) => ownerId === stage.issue)).toBe(true);
  expect(await stage.as.db.audit.ofPerson(stage.issue + 1, everything)).toEqual([]);
  expect(JSON.stringify(await since(before))).not.toContain("canary");
});

test("what somebody else did to a task is its owner's to see, and theirs", async () => {
  const stage = await aStage();
  const task = await stage.start();
  const other = { ...owner, userId: 4_242, login: "bob" };
  await stage.pipe.context.db.tasks.transition({
    id: task.id,
    attempt: task.attempt,
    from: ["queued", "running"],
    patch: { status: "failed" },
    event: {
      kind: "user.stopped",
      data: { by: other.login, byId: other.userId, via: "comment", reason: "stopped_by_user" },
    },
    moveId: crypto.randomUUID(),
    now: NOW,
  });
  for (const userId of [stage.issue, other.userId]) {
    const [line] = await stage.as.db.audit.ofPerson(userId, everything);
    expect(line && auditLine(line)).toMatchObject({
      action: "task.stop",
      actor: { id: other.userId, login: "bob" },
      owner: { id: stage.issue },
      through: "comment",
    });
  }
});

test("refusals leave a line, and the same one again within an hour none", async () => {
  const stage = await aStage();
  stage.pipe.github.state.permissions.set(stage.login, "read");
  const before = await newest();
  const open = await AT_DOOR.dispatch(stage);
  for (let tries = 0; tries < 3; tries++) await expect(open()).rejects.toMatchObject({ code: "forbidden" });
  await stage.say({ kind: "start" });
  const lines = await since(before);
  expect(lines.map(({ action, actorId }) => [action, actorId])).toEqual([
    ["door.refuse", stage.issue],
    ["command.refuse", stage.issue],
  ]);
});

test("a rotation of Porter's own keys saves nobody's key and mints no token", async () => {
  const stage = await aStage();
  await aWorkingRun(stage);
  const before = await newest();
  const sealer = createSealer(new Map([...stage.as.env.ENCRYPTION_KEYS, [2, new Uint8Array(32).fill(9)]]));
  const step = await rotateKeys({ ...stage.as, sealer, actor: { kind: "operator" } }, null);
  expect(step.rewrapped).toBeGreaterThan(2);
  expect(await since(before)).toEqual([]);
});

describe("reading it", () => {
  const ask = async (app: AppContext, path: string) => handleRest(new Request(`https://porter.test${path}`), app);

  test("goes page by page to the end, and as a file that no spreadsheet runs", async () => {
    const { app } = await asOwner();
    const userId = 660_001;
    const as: AppContext = { ...app, actor: userActor(userId, "=cmd") };
    for (let index = 0; index < 5; index++)
      await app.db.audit.append({
        actorId: userId,
        actorLogin: "=cmd",
        action: "door.refuse",
        through: "page",
        object: `x/${index}`,
      });
    const seen: string[] = [];
    for (let cursor = "", isMore = true; isMore;) {
      const answer = await ask(as, `/api/audit?limit=2${cursor}`);
      const page = await answer.json<{ lines: { object: string }[]; nextCursor: string | null }>();
      seen.push(...page.lines.map(({ object }) => object));
      isMore = page.nextCursor !== null;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(["x/4", "x/3", "x/2", "x/1", "x/0"]);
    const file = await ask(as, "/api/audit.csv");
    expect(file.headers.get("content-type")).toContain("text/csv");
    const [head, ...lines] = (await file.text()).trim().split("\r\n");
    expect(head).toContain("at,action,by");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toContain(`,door.refuse,'=cmd,${userId},`);
  });

  test("is everybody's for operators alone, and each of their calls leaves a line", async () => {
    const { app } = await asOwner();
    const operator: AppContext = { ...app, actor: { kind: "operator" } };
    const before = await newest();
    for (const path of ["/api/operator/audit", "/api/operator/audit.csv"]) {
      expect((await ask(app, path)).status).toBe(403);
      expect((await ask({ ...app, actor: { kind: "anonymous" } }, path)).status).toBe(401);
      expect((await ask(operator, path)).status).toBe(200);
    }
    expect((await since(before)).map(({ action }) => action)).toEqual(["operator.audit", "operator.audit"]);
    expect((await ask({ ...app, actor: { kind: "anonymous" } }, "/api/audit.csv")).status).toBe(401);
  });
});
