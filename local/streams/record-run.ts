import { chmodSync, mkdtempSync, rmSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AGENT_RUNNERS } from "../../agent-image/runner/agents/index.ts";
import type { Agent } from "../../agent-image/runner/agents/agent.ts";
import { resolveAgentUser } from "../../agent-image/runner/agent-user.ts";
import { secretsOf } from "../../agent-image/runner/assignment.ts";
import { runAttempt } from "../../agent-image/runner/attempt.ts";
import { claimTask } from "../../agent-image/runner/porter-client.ts";
import { RunSecrets } from "../../agent-image/runner/run-secrets.ts";
import { StopSignal } from "../../agent-image/runner/stop-signal.ts";
import type { ScriptedEnding } from "../../agent-image/testing/agent-script.ts";
import { FakePorter } from "../../agent-image/testing/fake-porter.ts";
import { startGitServer, type TestRepository } from "../../agent-image/testing/git-server.ts";
import { type ClaimAnswer, PROTOCOL_VERSION } from "../../lib/agent-protocol.ts";
import { AGENTS } from "../../lib/agents.ts";
import { PROVIDERS } from "../../lib/providers.ts";
import { type Recording, recordingSchema } from "./recording.ts";
import { startScriptedProvider } from "./scripted-provider.ts";
import { parseJson, readJson } from "../../lib/json.ts";

const TASK_ID = "task_abcdefghij0123456789";
const KEY = "fake-provider-key-0123456789";
const GIT_TOKEN = "fake-git-token-0123456789";
/** A numeric user that exists nowhere, for the agent when the recorder is root. */
const UNUSED_UID = "61003";

/** Runs one ending with the real runner and its real CLI, and answers what was seen at every side of it. */
export async function recordRun(
  ending: ScriptedEnding,
  clis: { nodeModules: string; version: string },
): Promise<Recording> {
  const root = mkdtempSync(join(tmpdir(), "porter-streams-"));
  chmodSync(root, 0o755);
  for (const folder of ["repositories", "work"]) mkdirSync(join(root, folder));
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  const git = await startGitServer(join(root, "repositories"));
  git.tokens.add(GIT_TOKEN);
  const provider = await startScriptedProvider(ending.provider, { key: KEY, elapsed });
  const porter = new FakePorter();
  const times: number[] = [];
  porter.onCall = () => void times.push(elapsed());
  await porter.start();
  const lines: Recording["lines"] = [];
  const heard = listening(ending, { line: (line) => void lines.push({ t: elapsed(), ...line }), elapsed });
  try {
    const repository = git.repository("octo/widgets");
    repository.commit("main", ending.files ?? { "README.md": "# Widgets\n" });
    porter.answer = claimAnswer(ending, { repository, porterUrl: porter.url, providerUrl: provider.url });
    const stopping = setInterval(() => {
      if (ending.stop && lines.some(({ s }) => s.includes(ending.stop?.after ?? "")))
        porter.endedReason = ending.stop.reason;
    }, 50);
    await attempt({ root, porter, agent: heard.agent, nodeModules: clis.nodeModules });
    clearInterval(stopping);
    const recording: Recording = {
      name: ending.name,
      about: ending.about,
      source: AGENTS[ending.agent].isMetered ? "recorded" : "published",
      agent: ending.agent,
      cli: ending.standIn === undefined ? clis.version : `a shell in the place of ${clis.version}`,
      limits: limitsOf(ending),
      lines,
      refusals: provider.refusals,
      exit: exitOf(porter, heard.begun()),
      messages: messagesOf(porter, times),
    };
    return anonymous(recording, [
      [root, "/machine"],
      // As Claude Code names folders after folders.
      [root.replaceAll("/", "-"), "-machine"],
      [clis.nodeModules, "/opt/agents/node_modules"],
      [provider.url, "http://127.0.0.1:1"],
      [git.url, "http://127.0.0.1:2"],
      [porter.url, "http://127.0.0.1:3"],
    ]);
  } finally {
    await provider.close();
    await porter.close();
    await git.close();
    rmSync(root, { recursive: true, force: true });
  }
}

type Line = Recording["lines"][number];

/** The agent with an ear at its output; `begun`: when it was started. */
function listening(
  ending: ScriptedEnding,
  note: { line: (line: Omit<Line, "t">) => void; elapsed: () => number },
): { agent: Agent; begun: () => number | null } {
  let begun: number | null = null;
  const real = AGENT_RUNNERS[ending.agent];
  const agent: Agent = {
    ...real,
    command(input) {
      const command = real.command(input);
      if (ending.standIn === undefined) return command;
      return { ...command, file: "/bin/sh", args: ["-c", ending.standIn, command.file, ...command.args] };
    },
    createParser() {
      begun = note.elapsed();
      const parser = real.createParser();
      return {
        line(stream, s) {
          note.line({ stream, s });
          return parser.line(stream, s);
        },
      };
    },
  };
  return { agent, begun: () => begun };
}

function exitOf(porter: FakePorter, begun: number | null): Recording["exit"] {
  const said = porter.completions.at(-1);
  if (begun === null || said === undefined) return null;
  return { t: begun + (said.agentDurationMs ?? 0), code: said.exitCode ?? null, signal: said.signal ?? null };
}

const limitsOf = (ending: ScriptedEnding): Recording["limits"] => ({
  deadlineMs: 600_000,
  stallTimeoutMs: 300_000,
  ...ending.limits,
});

function claimAnswer(
  ending: ScriptedEnding,
  at: { repository: TestRepository; porterUrl: string; providerUrl: string },
): ClaimAnswer {
  const { provider } = AGENTS[ending.agent];
  const { deadlineMs, stallTimeoutMs } = limitsOf(ending);
  return {
    taskId: TASK_ID,
    attempt: 1,
    protocol: PROTOCOL_VERSION,
    callbackToken: "fake-callback-token-0123456789-0123456789",
    repository: {
      fullName: "octo/widgets",
      cloneUrl: at.repository.cloneUrl,
      baseBranch: ending.baseBranch ?? null,
      branch: "porter/7-make-it-better",
      wipBranch: "porter/7-make-it-better-wip",
    },
    issue: { number: 7, title: "Make it better" },
    agent: { id: ending.agent, model: null },
    prompt: "Make it better.\n",
    git: {
      token: GIT_TOKEN,
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      userName: "porter[bot]",
      userEmail: "1+porter[bot]@users.noreply.github.com",
      trailers: [`Porter-Task: ${TASK_ID}`],
      apiUrl: `${at.porterUrl}/github`,
    },
    keys: { [PROVIDERS[provider].envNames[0]]: KEY },
    providerBaseUrls: { [provider]: at.providerUrl },
    limits: {
      deadlineAt: new Date(Date.now() + deadlineMs).toISOString(),
      stallTimeoutMs,
      heartbeatMs: 1000,
      maxModelRequests: 50,
      maxCostUsd: null,
    },
  };
}

async function attempt(run: { root: string; porter: FakePorter; agent: Agent; nodeModules: string }): Promise<void> {
  const stop = new StopSignal();
  const file = { taskId: TASK_ID, attempt: 1, protocol: PROTOCOL_VERSION, porterUrl: run.porter.url } as const;
  const claim = await claimTask({
    file: { ...file, claimToken: run.porter.claimToken },
    machineId: "machine1",
    runnerVersion: "recorder",
    signal: stop.signal,
  });
  if (claim.kind === "refused") throw new Error(claim.message);
  const own = { ownUid: process.getuid?.() ?? 0, ownGid: process.getgid?.() ?? 0, passwd: "" };
  const env = own.ownUid === 0 ? { PORTER_AGENT_UID: UNUSED_UID } : { PORTER_ALLOW_SAME_USER: "1" };
  await runAttempt({
    assignment: claim.assignment,
    porter: claim.porter,
    agent: run.agent,
    user: resolveAgentUser({ ...own, env: { NODE_ENV: "test", ...env } }),
    prefix: null,
    toolchain: null,
    agentBin: run.nodeModules,
    workRoot: join(run.root, "work"),
    standIns: new Map(),
    memoryBytes: null,
    secrets: new RunSecrets(secretsOf(claim.assignment, claim.porter.bearer)),
    stop,
  });
}

function messagesOf(porter: FakePorter, times: number[]): Recording["messages"] {
  return porter.calls.flatMap((call, at) => {
    const path = /^\/api\/callbacks\/(progress|heartbeat|complete)$/.exec(call.path)?.[1];
    if (path === undefined) return [];
    const message = { t: times[at], path, status: call.status, body: parseJson(call.body) };
    return [recordingSchema.shape.messages.element.parse(message)];
  });
}

/** The recording without the paths of this machine; session ids stay, they mean nothing elsewhere. */
function anonymous(recording: Recording, replacements: [string, string][]): Recording {
  let text = JSON.stringify(recording);
  for (const [from, to] of replacements) text = text.replaceAll(from, to);
  // Each run's own folder and the pass of its key proxy.
  text = text
    .replaceAll(/\/machine\/work\/porter-[A-Za-z0-9]+/g, "/machine/work/run")
    .replaceAll(/-machine-work-porter-[A-Za-z0-9]+/g, "-machine-work-run")
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+\/[A-Za-z0-9_-]{32}/g, "http://127.0.0.1:4/pass");
  return readJson(recordingSchema, text);
}
