import { describe, expect, test } from "vitest";
import type { BranchRule } from "@/lib/branch-rules";
import { MACHINES } from "@/lib/machine-size";
import { taskRequestSchema } from "@/lib/task-request";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { reconcile } from "@/server/reconcile/reconcile";
import {
  loadRepositorySettings,
  repositorySettings,
  updateRepositorySettings,
  waitsForClick,
} from "@/server/repositories/settings";
import { updateConfig } from "@/server/settings/config";
import { anIssue } from "@/server/testing/api-world";
import { aPerson, createPipe, recordMention } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { createTask } from "./create";
import { retryOwnTask } from "./retry-own";
import { stopTask } from "../stop";

let lastPerson = 60_000;
/** Somebody with everything that a run needs, and an issue in acme/widgets. */
async function aDispatcher(pipe = createPipe()) {
  const person = { id: (lastPerson += 1), login: `dispatcher-${lastPerson}` };
  await aPerson(pipe, person);
  pipe.github.state.issues.set(7, anIssue());
  const context: AppContext = { ...pipe.context, actor: userActor(person.id, person.login) };
  const ask = (request: object) => createTask(context, taskRequestSchema.parse(request));
  const refusal = (request: object) =>
    ask(request).then(
      () => null,
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );
  return { pipe, person, context, ask, refusal };
}
const ISSUE = { repository: "acme/widgets#7" };

describe("a dispatched task", () => {
  test("is like the one that a comment makes: prompt, settings, and what it still lacks", async () => {
    const { pipe, person, ask } = await aDispatcher();
    pipe.github.state.contextFile = { file: "AGENTS.md", text: "Run the tests." };
    const made = await ask({ ...ISSUE, agent: "opencode", instructions: "Be brief." });
    const mentionId = await recordMention(pipe, {
      repositoryId: 10,
      actorId: person.id,
      actorLogin: person.login,
      commentId: lastPerson,
      issueAuthor: JSON.stringify({ id: 1, login: "octocat" }),
      command: JSON.stringify({
        kind: "start",
        agent: "opencode",
        priority: null,
        model: null,
        base: null,
        instructions: "Be brief.",
        isForced: true,
      }),
    });
    const { taskId } = (await pipe.context.db.mentions.get(mentionId)) ?? {};
    const [mine, theirs] = await Promise.all([made.id, taskId ?? ""].map((id) => pipe.context.db.tasks.get(id)));
    const nonce = /<<<(\S+)/;
    const bare = (prompt = "") => prompt.replaceAll(nonce.exec(prompt)?.[1] ?? "", "N");
    expect(bare(mine?.prompt)).toContain("Run the tests.");
    expect(bare(mine?.prompt)).toBe(bare(theirs?.prompt));
    const same = [
      "agent",
      "model",
      "priority",
      "timeoutMinutes",
      "maxRetries",
      "issueTitle",
      "repositoryId",
      "blockedReason",
    ] as const;
    for (const field of same) expect(mine?.[field], field).toEqual(theirs?.[field]);
  });

  test("runs and gets its tracking comment on the issue", async () => {
    const { pipe, context, ask } = await aDispatcher();
    const { id } = await ask(ISSUE);
    expect((context as typeof pipe.context).queued).toContainEqual({ kind: "task", id });
    await reconcile(pipe.context, { kind: "task", id });
    expect((await pipe.context.db.tasks.get(id))?.status).toBe("running");
    expect(pipe.github.state.comments.map(({ issueNumber, body }) => [issueNumber, body.includes(id)])).toEqual([
      [7, true],
    ]);
  });

  test("runs on the machine that was asked for, up to the largest that the settings allow", async () => {
    const { pipe, context, ask, refusal } = await aDispatcher();
    const { id } = await ask({ ...ISSUE, machine: "medium" });
    await reconcile(pipe.context, { kind: "task", id });
    expect(pipe.machines.machines.find(({ taskId }) => taskId === id)?.spec.guest).toEqual(MACHINES.medium);

    await updateConfig(context, { largestMachine: "medium" });
    expect(await refusal({ ...ISSUE, machine: "large" })).toBe("forbidden");
  });

  test("waits for what the person lacks, as it would after a comment", async () => {
    const { context, ask } = await aDispatcher();
    await updateConfig(context, { flyToken: null });
    expect(await ask(ISSUE)).toMatchObject({ status: "queued", blockedReason: "missing_fly_token" });
  });
});

describe("an idempotency key", () => {
  test("gives the same task again, also to requests at the same moment and while GitHub is away", async () => {
    const { pipe, ask } = await aDispatcher();
    const request = { ...ISSUE, idempotencyKey: "one" };
    const [first, second] = await Promise.all([ask(request), ask(request)]);
    expect(second.id).toBe(first.id);
    pipe.github.state.issues.clear();
    expect((await ask(request)).id).toBe(first.id);
  });

  test("is the person's own, and of one issue", async () => {
    const { ask, refusal } = await aDispatcher();
    const other = await aDispatcher();
    const request = { ...ISSUE, idempotencyKey: "two" };
    const { id } = await ask(request);
    expect((await other.ask(request)).id).not.toBe(id);
    expect((await ask({ ...ISSUE, idempotencyKey: "three" })).id).not.toBe(id);
    expect(await refusal({ repository: "acme/widgets#8", idempotencyKey: "two" })).toBe("conflict");
  });
});

describe("nothing starts", () => {
  test("for who cannot see the repository, exactly as where Porter is not installed", async () => {
    const { pipe, person, ask } = await aDispatcher();
    const said = async () => {
      const error = await ask(ISSUE).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      return error instanceof AppError ? [error.code, error.message, error.field, error.fix] : error;
    };
    pipe.github.state.permissions.set(person.login, "none");
    const hidden = await said();
    pipe.github.github.app.installationForRepository = () => Promise.resolve(null);
    expect(await said()).toEqual(hidden);
    expect(hidden).toMatchObject([
      "not_found",
      expect.any(String),
      "repository",
      { kind: "link", label: "install the App", url: expect.stringContaining("/installations/new") },
    ]);
  });

  test("for who may only read, and for a login that is somebody else's by now", async () => {
    const { pipe, person, refusal } = await aDispatcher();
    for (const permission of ["read", "triage"] as const) {
      pipe.github.state.permissions.set(person.login, permission);
      expect(await refusal(ISSUE)).toBe("forbidden");
    }
    pipe.github.state.permissions.set(person.login, "admin");
    pipe.github.state.userIds.set(person.login, person.id + 1_000_000);
    expect(await refusal(ISSUE)).toBe("not_found");
  });

  test("in a repository that is not selected", async () => {
    const { context, refusal } = await aDispatcher();
    await updateConfig(context, { onboarding: { selectedRepos: ["acme/other"] } });
    expect(await refusal(ISSUE)).toBe("forbidden");
  });

  test.each<[string, Parameters<typeof anIssue>[0]]>([
    ["conflict", { state: "closed" }],
    ["bad_request", { isPullRequest: true, url: "https://github.test/acme/widgets/pull/7" }],
    ["not_found", { url: "https://github.test/acme/elsewhere/issues/7" }],
  ])("on what is no open issue here: %s for %j", async (code, overrides) => {
    const { pipe, refusal } = await aDispatcher();
    pipe.github.state.issues.set(7, anIssue(overrides));
    expect(await refusal(ISSUE)).toBe(code);
  });

  test("on a missing issue, a missing branch, or an address of another host", async () => {
    const { pipe, refusal } = await aDispatcher();
    pipe.github.state.issues.set(99, null);
    expect(await refusal({ repository: "acme/widgets#99" })).toBe("not_found");
    expect(await refusal({ ...ISSUE, baseBranch: "next" })).toBe("bad_request");
    pipe.github.state.branches.set("next", "0".repeat(40));
    expect(await refusal({ ...ISSUE, baseBranch: "next" })).toBe(null);
    expect(await refusal({ repository: "https://evil.example/acme/widgets/issues/7" })).toBe("bad_request");
  });

  test("after sixty requests in ten minutes", async () => {
    const { pipe, refusal } = await aDispatcher();
    pipe.github.state.issues.set(99, null);
    for (let count = 0; count < 60; count++) await refusal({ repository: "acme/widgets#99" });
    expect(await refusal(ISSUE)).toBe("rate_limited");
  });
});

describe("what is set for a repository", () => {
  const place = { owner: "acme", name: "widgets" };
  const standard = {
    publish: "at_once",
    branchPrefix: "porter/",
    workflows: "held_back",
    network: null,
    networkNames: [],
    secretsApp: null,
    outsiders: null,
  };

  test("holds for every later run in it, and null makes it the standard again", async () => {
    const { pipe, context, ask } = await aDispatcher();
    expect(await repositorySettings(context, place)).toEqual(standard);
    await updateRepositorySettings(context, { ...place, publish: "after_click", branchPrefix: "bots/" });
    const networkNames = ["registry.example.com"];
    const changed = await updateRepositorySettings(context, { ...place, network: "none", networkNames });
    expect(changed).toEqual({
      ...standard,
      publish: "after_click",
      branchPrefix: "bots/",
      network: "none",
      networkNames,
      secretsApp: null,
      outsiders: null,
    });
    expect(await waitsForClick(context, { repositoryId: 10 })).toBe(true);
    const { id } = await ask(ISSUE);
    await reconcile(pipe.context, { kind: "task", id });
    expect((await context.db.attempts.get(id, 1))?.branch).toBe(`bots/${id}`);
    const all = { publish: null, branchPrefix: null, workflows: null, network: null, networkNames: null };
    expect(await updateRepositorySettings(context, { ...place, ...all })).toEqual(standard);
    expect(await repositorySettings(context, place)).toEqual(standard);
    expect(await waitsForClick(context, { repositoryId: 10 })).toBe(false);
  });

  test("what a later version of Porter wrote counts as not set", async () => {
    const { context } = await aDispatcher();
    const row = { repositoryId: 11, updatedBy: null, updatedAt: context.clock.now().toISOString() };
    await context.db.repositorySettings.put({ ...row, settings: '{"publish":"never"}' });
    expect(await loadRepositorySettings(context, 11)).toEqual(standard);
  });
});

describe("before a run is paid", () => {
  const rule: BranchRule = {
    type: "branch_name_pattern",
    rulesetId: 5,
    checks: [],
    sparesNew: false,
    pattern: { name: "Team", negate: false, operator: "starts_with", pattern: "feature/" },
  };
  const words = 'branch_name_pattern "Team": names of branches must begin with feature/';

  test("rules that no run can keep to are said by their names, and nothing is spent", async () => {
    const { pipe, person, context, ask } = await aDispatcher();
    pipe.github.state.rules = [rule];
    await expect(ask(ISSUE)).rejects.toThrow(words);
    const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: person.id });
    const settled = await context.db.mentions.get(id);
    expect(settled).toMatchObject({ status: "refused", outcome: "branch_rules", taskId: null });
    expect(settled?.reply).toContain("branch\\_name\\_pattern");
    expect(pipe.machines.machines).toEqual([]);
    expect(await context.db.tasks.listForUser(person.id, { limit: 1 })).toEqual([]);
  });

  test("a rule that the App may pass by, and one that GitHub does not speak of, keep nobody from a run", async () => {
    let isSilent = false;
    const pipe = createPipe({
      github: {
        before(call) {
          const asked = ["branchRules", "mayBypass", "branchSha"].includes(call);
          if (isSilent && asked) throw new GitHubError({ kind: "lost", reason: "permission", message: "no" });
        },
      },
    });
    const { ask } = await aDispatcher(pipe);
    pipe.github.state.rules = [rule];
    pipe.github.state.bypassed.add(5);
    expect((await ask(ISSUE)).status).toBe("queued");
    pipe.github.state.bypassed.clear();
    isSilent = true;
    expect((await ask(ISSUE)).status).toBe("queued");
  });

  test("a branch in the way of the usual ones is gone around, by a comment and by the API", async () => {
    const { pipe, person, context, ask } = await aDispatcher();
    pipe.github.state.branches.set("porter", "a".repeat(40));
    const { id } = await ask(ISSUE);
    await reconcile(pipe.context, { kind: "task", id });
    expect((await context.db.attempts.get(id, 1))?.branch).toBe(`porter-${id}`);
    const asked = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: person.id });
    const taskId = (await context.db.mentions.get(asked))?.taskId ?? "";
    expect((await context.db.tasks.get(taskId))?.branch).toBe(`porter-${taskId}`);
  });

  test("a retry is a run: its rules are asked for, and its branch goes around what came meanwhile", async () => {
    const { pipe, context, ask } = await aDispatcher();
    const { id } = await ask(ISSUE);
    await reconcile(pipe.context, { kind: "task", id });
    const task = async () => (await context.db.tasks.get(id)) ?? Promise.reject(new Error("no task"));
    await stopTask(context, await task(), { reason: "stopped_by_user", by: "me" });
    pipe.github.state.rules = [rule];
    await expect(retryOwnTask(context, await task(), { agent: null })).rejects.toThrow(words);
    await expect(retryOwnTask(context, await task(), { agent: "claude" })).rejects.toThrow(words);
    pipe.github.state.rules = [];
    pipe.github.state.branches.set("porter", "a".repeat(40));
    await retryOwnTask(context, await task(), { agent: null });
    expect((await task()).branch).toBe(`porter-${id}`);
  });

  test("a prefix that is set is what is asked about, also where only the name is known at first", async () => {
    const { pipe, context, ask } = await aDispatcher();
    const place = { owner: "acme", name: "widgets" };
    pipe.github.state.rules = [rule];
    await updateRepositorySettings(context, { ...place, branchPrefix: "feature/" });
    expect((await ask(ISSUE)).status).toBe("queued");
    await updateRepositorySettings(context, { ...place, branchPrefix: null });
  });

  test("it is asked beside the other questions, with two more calls", async () => {
    const { pipe, person } = await aDispatcher();
    const before = pipe.github.calls.length;
    await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: person.id });
    const asked = pipe.github.calls.slice(before);
    expect(asked.filter((call) => ["branchSha", "branchRules", "mayBypass"].includes(call))).toEqual([
      "branchSha",
      "branchRules",
    ]);
  });
});
