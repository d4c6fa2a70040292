import { describe, expect, test } from "vitest";
import { claimAnswerSchema } from "@/lib/agent-protocol";
import type { SetUpFile } from "@/lib/set-up/files";
import { placeOfSecret } from "@/server/repositories/repository-secrets";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { getTask } from "../read/get";
import { ownSecretsOf } from "./own-secrets";

let people = 41_000;
type Given = {
  texts?: [SetUpFile, string][];
  top?: string[];
  /** The requester's own settings. */
  config?: Record<string, unknown>;
  command?: Record<string, unknown>;
  secrets?: Record<string, string>;
  secretsApp?: string;
};

/** A run in a repository of its own, with these files. */
async function aRun({ texts = [], top = [], config = {}, command = {}, secrets = {}, secretsApp }: Given) {
  const pipe = createPipe();
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const { context } = pipe;
  const { db } = context;
  const updatedAt = pipe.clock.now().toISOString();
  const flyAppName = `fake-app-${person.id}`;
  const stored = JSON.stringify({ flyAppName, ...config });
  await db.settings.put({ userId: person.id, version: "1.0.0", config: stored, expected: 1, updatedAt });
  const repositoryId = person.id;
  pipe.github.state.locations.set(repositoryId, { owner: "acme", name: "widgets" });
  pipe.github.state.setUpTexts = new Map(texts);
  pipe.github.state.top = new Set(top);
  const settings = JSON.stringify(secretsApp === undefined ? {} : { secretsApp });
  await db.repositorySettings.put({ repositoryId, settings, updatedBy: null, updatedAt });
  for (const [name, value] of Object.entries(secrets)) {
    const sealed = await context.sealer.seal(value, placeOfSecret(repositoryId, name));
    await db.repositorySecrets.put({ repositoryId, name, ...sealed, savedBy: null, via: "page", updatedAt });
  }
  const whole = { kind: "start", agent: null, model: null, base: null, priority: null, machine: null, budget: null };
  const id = await recordMention(pipe, {
    repositoryId,
    actorId: person.id,
    actorLogin: person.login,
    issueNumber: person.id,
    installationId: person.id,
    command: JSON.stringify({ ...whole, instructions: "", isForced: true, ...command }),
  });
  const taskId = (await db.mentions.get(id))?.taskId ?? "";
  const task = await db.tasks.get(taskId);
  if (task === null) throw new Error("no task");
  const machine = () => {
    const found = pipe.machines.machines.find((each) => each.taskId === taskId);
    if (found === undefined) throw new Error("no machine");
    return machineOf(pipe, found);
  };
  const claim = async () => claimAnswerSchema.parse((await machine().claim()).body);
  const comment = () => pipe.github.state.comments.find(({ issueNumber }) => issueNumber === person.id)?.body ?? "";
  const view = () => getTask({ ...context, actor: userActor(person.id, person.login) }, taskId);
  return { pipe, task, machine, claim, comment, view, flyAppName };
}
const file = (text: string): [SetUpFile, string][] => [[".porter.yml", text]];

describe("how a machine is set up", () => {
  test("is frozen with the task, told to the machine, and one line of comment and page", async () => {
    const run = await aRun({ top: ["package-lock.json"] });
    run.pipe.github.state.top = new Set(["go.mod"]);
    expect((await run.claim()).setup).toEqual({
      run: "npm ci",
      required: false,
      timeoutMs: 300_000,
      start: null,
      services: [],
      env: {},
      secrets: {},
      withheld: [],
      image: null,
    });
    expect(run.comment()).toContain("<sub>Set-up: `npm ci`, from `package-lock.json`</sub>");
    expect((await run.view()).setUp).toEqual({
      from: ["package-lock.json"],
      run: "npm ci",
      start: null,
      services: [],
      problems: [],
    });
  });

  test.each([
    {
      by: "progress",
      outcome: "failed",
      exitCode: 3,
      ms: 1000,
      told: "⚠ The repository's set-up failed with exit code 3.",
    },
    {
      by: "complete",
      outcome: "timed_out",
      exitCode: null,
      ms: 60_000,
      told: "⚠ The repository's set-up was not done",
    },
    { by: "progress", outcome: "done", exitCode: 0, ms: 1000, told: null },
  ])("is told of by the machine's $by when it is $outcome, once", async ({ by, told, ...setUpReport }) => {
    const run = await aRun({ top: ["package-lock.json"] });
    const { callbackToken: token } = await run.claim();
    const said = { setUpReport };
    await run.machine().progress(token, 1, "preparing", by === "progress" ? said : {});
    await run.machine().progress(token, 2, "working");
    if (by === "complete") await run.machine().complete(token, { status: "failed", outcome: "failed", ...said });
    const attempt = await run.pipe.context.db.attempts.get(run.task.id, 1);
    expect(JSON.parse(attempt?.setUpReport ?? "null")).toEqual(setUpReport);
    if (told === null) expect(run.comment()).not.toContain("repository's set-up");
    else expect(run.comment()).toContain(told);
  });

  test("is nothing where no file says how", async () => {
    const run = await aRun({});
    expect((await run.claim()).setup).toBeUndefined();
    expect(run.comment()).not.toContain("Set-up");
  });

  test("goes on without a part that is wrong, which the comment tells with line and fix, and nobody is called by it", async () => {
    const run = await aRun({ texts: file("setup: make\n'@acme/all #3': 1\ntimeout: long") });
    expect((await run.claim()).setup?.run).toBe("make");
    expect(run.comment()).toContain("⚠ `.porter.yml`, line 2: there is no key `@acme/all #3`; remove it.");
    expect(run.comment()).toContain("⚠ `.porter.yml`, line 3: `timeout` must be whole minutes from 1 to 90");
  });
});

describe("what a repository wishes holds within its requester's settings", () => {
  const wishes = "agent: claude\nmodel: opus\ntimeout: 4\nbudget: 2\nmachine: { cpus: 4, memory: 8192 }";

  test("where nobody says otherwise", async () => {
    const { task } = await aRun({ texts: file(wishes) });
    expect(task).toMatchObject({
      agent: "claude",
      model: "opus",
      timeoutMinutes: 4,
      askedBudgetUsd: 2,
      machine: "large",
    });
  });

  test("and what the command says goes before", async () => {
    const command = { agent: "opencode", budget: 1, machine: "small" };
    const { task } = await aRun({ texts: file(wishes), command });
    expect(task).toMatchObject({ agent: "opencode", askedBudgetUsd: 1, machine: "small" });
    expect(task.model).not.toBe("opus");
  });

  test("and never beyond them", async () => {
    const config = {
      agents: { "claude-code": { enabled: false } },
      largestMachine: "medium",
      settings: { taskTimeout: 6 },
      budget: 1,
      network: { preset: "registries" },
    };
    const text = wishes.replace("timeout: 4", "timeout: 60\nnetwork: [open]");
    const { task, claim, comment } = await aRun({ texts: file(text), config });
    expect(task).toMatchObject({ agent: "opencode", machine: "medium", timeoutMinutes: 6 });
    const answer = await claim();
    expect(answer.limits.maxCostUsd).toBe(1);
    expect(answer.network?.mode).toBe("registries");
    expect(comment()).toContain("`timeout` is 6 minutes in this run");
  });

  test("and its network can be closed further", async () => {
    const { claim } = await aRun({ texts: file("network: [none, api.example.com]") });
    expect((await claim()).network).toMatchObject({ mode: "none", allow: ["api.example.com"] });
  });

  test("and an agent that the requester has no key for waits for nobody", async () => {
    const { task } = await aRun({ texts: file("agent: opencode\nmodel: openai/gpt-5") });
    expect(task).toMatchObject({ agent: "opencode", blockedReason: null });
    expect(task.model).not.toBe("openai/gpt-5");
  });
});

describe("a secret of the repository", () => {
  const given = { texts: file("setup: make\nsecrets: [NPM_TOKEN, OTHER]"), secrets: { NPM_TOKEN: "fake-npm-value" } };

  test("goes to machines of the named app alone", async () => {
    const own = await aRun({ ...given, secretsApp: `fake-app-${people + 1}` });
    expect((await own.claim()).setup).toMatchObject({
      secrets: { NPM_TOKEN: "fake-npm-value" },
      withheld: [{ name: "OTHER", reason: "not_saved" }],
    });
    for (const secretsApp of [undefined, "another-app"]) {
      const other = await aRun({ ...given, ...(secretsApp === undefined ? {} : { secretsApp }) });
      const answer = await other.claim();
      expect(answer.setup).toMatchObject({ secrets: {}, withheld: [{ reason: "other_app" }, { reason: "other_app" }] });
      expect(JSON.stringify(answer)).not.toContain("fake-npm-value");
    }
  });

  test("is redacted while the run goes on that was given it, also once it is deleted; then nobody knows it", async () => {
    const { pipe, task, claim, machine } = await aRun({ ...given, secretsApp: `fake-app-${people + 1}` });
    const { callbackToken: token } = await claim();
    const attempt = async () => {
      const row = await pipe.context.db.attempts.get(task.id, 1);
      if (row === null) throw new Error("no attempt");
      // By the database's own clock it is deleted long after this.
      return { ...row, createdAt: "2020-01-01T00:00:00.000Z" };
    };
    const revoked = async () => ({ ...(await attempt()), gitTokenValue: null });
    const isKnown = async (row: Awaited<ReturnType<typeof attempt>>) =>
      (await ownSecretsOf(pipe.context, row))?.containsOwnSecret("x fake-npm-value y") ?? null;
    expect(await isKnown(await attempt())).toBe(true);
    const { repositoryId, userId } = task;
    await pipe.context.db.repositorySecrets.delete({ repositoryId, name: "NPM_TOKEN", by: userId, via: "page" });
    await machine().progress(token, 1, "working", { lastStep: "echo fake-npm-value" });
    expect(JSON.stringify(await pipe.context.db.tasks.get(task.id))).not.toContain("fake-npm-value");
    expect([await isKnown(await attempt()), await isKnown(await revoked())]).toEqual([true, null]);
  });

  test("opens for its repository and under its name alone", async () => {
    const { pipe } = await aRun({});
    const { sealer } = pipe.context;
    const sealed = await sealer.seal("fake-value", placeOfSecret(1, "A"));
    await expect(sealer.open(sealed, placeOfSecret(2, "A"))).rejects.toThrow("does not open");
    await expect(sealer.open(sealed, placeOfSecret(1, "B"))).rejects.toThrow("does not open");
    expect(await sealer.open(sealed, placeOfSecret(1, "A"))).toBe("fake-value");
  });
});
