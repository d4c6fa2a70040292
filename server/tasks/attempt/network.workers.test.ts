import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type ClaimAnswer, claimAnswerSchema, type NetworkReport } from "@/lib/agent-protocol";
import { FLY_TOKEN, peekSecret } from "@/server/secrets/user-secrets";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { testEnv, userActor } from "@/server/testing/test-context";
import { withActor } from "@/server/context";
import { attemptsOf } from "@/server/tasks/read/insight";
import { reportOf } from "./network";

let people = 9100;
type Given = {
  network?: unknown;
  ofRepository?: unknown;
  app?: "own" | "shared" | "unknown";
  env?: Record<string, string>;
};

/** A run that has its machine. */
async function aRun({ network, ofRepository, app = "own", env: variables = {} }: Given = {}) {
  const pipe = createPipe();
  Object.assign(pipe.context, { env: testEnv(variables) });
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const name = `fake-app-${person.id}`;
  const { db } = pipe.context;
  const updatedAt = pipe.clock.now().toISOString();
  const config = JSON.stringify({ flyAppName: name, ...(network === undefined ? {} : { network }) });
  await db.settings.put({ userId: person.id, version: "1.0.0", config, expected: 1, updatedAt });
  const token = await peekSecret(pipe.context, person.id, FLY_TOKEN);
  const flyNetwork = JSON.stringify({ app: name, organization: "personal", network: app });
  if (token !== null)
    await db.secrets.markVerified(token, { verification: "valid", verifiedAt: updatedAt, flyNetwork });
  const settings = JSON.stringify(ofRepository ?? {});
  await db.repositorySettings.put({ repositoryId: 10, settings, updatedBy: null, updatedAt });
  const at = { issueNumber: person.id, installationId: person.id };
  const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, ...at });
  const taskId = (await db.mentions.get(id))?.taskId ?? "";
  const found = pipe.machines.machines.find((machine) => machine.taskId === taskId);
  if (found === undefined) throw new Error("no machine");
  const machine = machineOf(pipe, found);
  const answer = claimAnswerSchema.parse((await machine.claim()).body);
  return { pipe, machine, taskId, answer, token: answer.callbackToken };
}
const policyOf = async (given: Given): Promise<ClaimAnswer["network"]> => (await aRun(given)).answer.network;
const kept = async (pipe: Pipe, taskId: string): Promise<NetworkReport | null> => {
  const row = await pipe.context.db.attempts.get(taskId, 1);
  return row === null ? null : reportOf(row);
};

describe("a machine is told to reach", () => {
  test("the registries and nothing else, where nobody set anything", async () => {
    expect(await policyOf({})).toEqual({ mode: "registries", allow: [], required: false });
  });

  test("what the person and the repository both allow, with the names of each", async () => {
    const network = { preset: "open", names: ["mine.example"] };
    const ofRepository = { network: "toolchains", networkNames: ["*.theirs.example"] };
    expect(await policyOf({ network, ofRepository })).toEqual({
      mode: "toolchains",
      allow: ["mine.example", "*.theirs.example"],
      required: false,
    });
  });

  test("never the server that takes the pushes, by whatever name", async () => {
    const names = ["git.acme.example", "*.acme.example", "*.git.acme.example", "acme.example", "other.example"];
    const variables = { GITHUB_URL: "https://git.acme.example" };
    expect((await policyOf({ network: { preset: "none", names }, env: variables }))?.allow).toEqual([
      "acme.example",
      "other.example",
    ]);
  });

  test.each([
    ["own", "preferred", false],
    ["own", "required", true],
    ["shared", "preferred", true],
    ["unknown", "preferred", true],
  ] as const)("it has to be sealed in a %s network with NETWORK=%s: %s", async (app, wish, required) => {
    expect((await policyOf({ app, env: { NETWORK: wish } }))?.required).toBe(required);
  });
});

const sealed = { seal: "sealed", reason: null, blocked: [], unlisted: 0 } as const;
const call = { host: "telemetry.example.com", port: 443, phase: "working", command: "npm test", count: 3 } as const;

describe("what a machine says of its tools", () => {
  test("is kept from its first report on, and shown with the attempt", async () => {
    const { pipe, machine, taskId, token } = await aRun();
    const toolchain = { node: "24.1.0", "pkg-config": "1.8.1", java: "21.0.9+10" };
    await machine.progress(token, 1, "cloning", { toolchain });
    await machine.progress(token, 2, "working", {});
    const userId = (await pipe.context.db.tasks.get(taskId))?.userId ?? 0;
    const [shown] = await attemptsOf(withActor(pipe.context, userActor(userId)), taskId);
    expect(shown?.toolchain).toEqual(toolchain);
  });

  test.each([
    ["a sentence for a version", { node: "24 (see http://evil.example)" }],
    ["markup for a name", { "<b>node</b>": "24.1.0" }],
    ["more tools than anybody has", Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`t${at}`, "1.0"]))],
  ])("is refused whole for %s", async (_what, toolchain) => {
    const { pipe, machine, taskId, token } = await aRun();
    expect((await machine.progress(token, 1, "working", { toolchain })).status).toBe(400);
    expect(await pipe.context.db.attempts.get(taskId, 1)).toMatchObject({ toolchain: null, logSeq: 0 });
  });
});

describe("what a machine says of its network", () => {
  test("is kept with its attempt, the newest word in place of the one before", async () => {
    const { pipe, machine, taskId, token } = await aRun();
    await machine.progress(token, 1, "cloning", { network: sealed });
    await machine.progress(token, 2, "working", { network: { ...sealed, blocked: [call] } });
    await machine.progress(token, 3, "working");
    expect(await kept(pipe, taskId)).toEqual({ ...sealed, blocked: [call] });
    const last = { ...sealed, blocked: [{ ...call, count: 9 }] };
    await machine.finish(token, { network: last });
    expect(await kept(pipe, taskId)).toEqual(last);
    expect(pipe.github.state.pulls[0]?.body).toContain("- `telemetry.example.com` (9), by `npm test`");
    const row = await pipe.context.db.attempts.get(taskId, 1);
    expect(row?.completion, "it stands in one place").not.toContain("telemetry");
  });

  test("has no secret of the run, no line of its own and no hidden character", async () => {
    const { pipe, machine, taskId, token, answer } = await aRun();
    const secret = answer.git.token;
    const split = `${secret.slice(0, 6)}\u200b${secret.slice(6)}`;
    const hostile = {
      ...call,
      host: `${secret}.evil.example\u202e`,
      command: `curl\n\u001b[31m${secret}\u0000 ${split} \u200bx`,
    };
    await machine.progress(token, 1, "working", { network: { ...sealed, blocked: [hostile] } });
    const text = JSON.stringify(await kept(pipe, taskId));
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/\\[nu]|[\u202e\u200b]/);
    const rows = await env.DB.prepare("SELECT * FROM task_attempts WHERE task_id = ?").bind(taskId).all();
    expect(JSON.stringify(rows.results)).not.toContain(secret);
  });

  test.each<[string, Record<string, unknown>]>([
    ["more rows than there may be", { ...sealed, blocked: Array.from({ length: 51 }, () => call) }],
    ["a host without an end", { ...sealed, blocked: [{ ...call, host: "a".repeat(254) }] }],
    ["a command without an end", { ...sealed, blocked: [{ ...call, command: "a".repeat(201) }] }],
    ["a count that is none", { ...sealed, blocked: [{ ...call, count: -1 }] }],
    ["a field that nobody knows", { ...sealed, more: true }],
    ["a row with a field that nobody knows", { ...sealed, blocked: [{ ...call, html: "<b>" }] }],
    ["a seal of its own", { ...sealed, seal: "perfect" }],
  ])("is refused whole for %s", async (_what, network) => {
    const { pipe, machine, taskId, token } = await aRun();
    expect((await machine.progress(token, 1, "working", { network })).status).toBe(400);
    expect(await kept(pipe, taskId)).toBeNull();
  });

  test("is told on the issue where the network was open, and counted once", async () => {
    const { pipe, machine, token } = await aRun();
    const open = { ...sealed, seal: "open", reason: "not_permitted" };
    const counted = async () =>
      (await pipe.context.db.useCounts.read(["network:open"], pipe.clock.now().toISOString())).get("network:open") ?? 0;
    const before = await counted();
    for (const seq of [1, 2, 3]) await machine.progress(token, seq, "working", { network: open });
    await machine.finish(token, { network: open });
    expect((await counted()) - before).toBe(1);
    expect(pipe.github.state.comments[0]?.body).toContain("Network open: the machine could not be sealed");
    expect(pipe.github.state.pulls[0]?.body).toContain("Network open");
  });
});

describe("with NETWORK=required", () => {
  const env = { NETWORK: "required" };
  test.each<[string, Record<string, unknown>]>([
    ["says nothing of its network", {}],
    ["says that it is open", { network: { ...sealed, seal: "open", reason: "not_root" } }],
  ])("an agent at work in a machine that %s is stopped", async (_what, said) => {
    const { pipe, machine, taskId, token } = await aRun({ env });
    expect((await machine.progress(token, 1, "cloning")).status).toBe(200);
    const answer = await machine.progress(token, 2, "working", said);
    expect([answer.status, answer.body.reason]).toEqual([410, "network_open"]);
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ status: "failed", failureCode: "network_open" });
  });

  test("a sealed machine works", async () => {
    const { machine, token } = await aRun({ env });
    expect((await machine.progress(token, 1, "cloning", { network: sealed })).status).toBe(200);
    expect((await machine.progress(token, 2, "working")).status).toBe(200);
  });
});
