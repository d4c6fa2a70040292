import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { AGENTS } from "../../../lib/agents.ts";
import { Activity } from "../activity.ts";
import type { Agent, AgentEvent, AgentFailure } from "../agents/agent.ts";
import { hidePaths } from "../git/hidden-paths.ts";
import { Git } from "../git/run-git.ts";
import { type EndingFacts, judgeEnding } from "../ending.ts";
import { type KeyProxyStats, startKeyProxy } from "../key-proxy.ts";

/** A numeric user that exists nowhere, when the tests run as root. */
const UNUSED_UID = 61_234;

export type AgentRun = {
  events: AgentEvent[];
  failure: AgentFailure | null;
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** What the key proxy counted. */
  stats: KeyProxyStats | null;
  /** Content of a file of the work tree, or null. */
  read(path: string): string | null;
};

export type TestRunInput = {
  agent: Agent;
  nodeModules: string;
  model?: string | null;
  provider?: { baseUrl: string; key: string };
  keys?: Record<string, string>;
  env?: Record<string, string>;
  /** Files of the repository. */
  files?: Record<string, string>;
  prompt?: string;
  /** Shown with the prompt: content by name. */
  pictures?: Record<string, Buffer>;
  maxRequests?: number;
  budgetUsd?: number;
};

/** Starts a real CLI as the machine would: own user if possible, key proxy, prompt on stdin; stops it at a fatal event. */
export async function runTestAgent(input: TestRunInput): Promise<AgentRun> {
  const root = mkdtempSync(join(tmpdir(), "porter-agent-test-"));
  const workDir = join(root, "work");
  const homeDir = join(root, "home");
  const proxy = input.provider
    ? await startKeyProxy({
        providers: [{ id: input.agent.provider(input.model ?? null), ...input.provider }],
        maxRequests: input.maxRequests ?? 50,
        mayCall: (name) => input.agent.mayCall(input.model ?? null, name),
        budgetUsd: input.budgetUsd ?? null,
      })
    : null;
  try {
    await prepare({
      root,
      workDir,
      homeDir,
      files: input.files ?? {},
      hiddenPaths: AGENTS[input.agent.id].hiddenPaths,
    });
    const pictures = Object.entries(input.pictures ?? {}).map(([name, content]) => {
      writeFileSync(join(root, name), content);
      return join(root, name);
    });
    const command = input.agent.command({
      model: input.model ?? null,
      nodeModules: input.nodeModules,
      homeDir,
      workDir,
      pictures,
      proxyUrls: proxy?.urls ?? {},
      keys: input.keys ?? {},
    });
    const facts = () => ({
      refusal: proxy?.refusal() ?? null,
      limit: proxy?.limit() ?? null,
      denied: proxy?.denied() ?? null,
    });
    const run = await execute({ ...input, command, workDir, homeDir, facts });
    const files = new Map<string, string | null>();
    for (const path of execFileSync("find", [workDir, "-type", "f", "-not", "-path", "*/.git/*"], {
      encoding: "utf8",
    }).split("\n")) {
      if (path !== "") files.set(path.slice(workDir.length + 1), readFileSync(path, "utf8"));
    }
    return { ...run, stats: proxy?.stats() ?? null, read: (path) => files.get(path) ?? null };
  } finally {
    await proxy?.close();
    rmSync(root, { recursive: true, force: true });
  }
}

const asRoot = (): boolean => process.getuid?.() === 0;

type Folders = { root: string; workDir: string; homeDir: string };
type Repository = { files: Record<string, string>; hiddenPaths: readonly string[] };

async function prepare(at: Folders & Repository): Promise<void> {
  chmodSync(at.root, 0o755);
  for (const folder of [at.workDir, at.homeDir]) mkdirSync(folder, { mode: 0o755 });
  for (const [path, content] of Object.entries(at.files)) {
    mkdirSync(dirname(join(at.workDir, path)), { recursive: true });
    writeFileSync(join(at.workDir, path), content);
  }
  execFileSync("git", ["init", "-q", at.workDir]);
  execFileSync("git", ["-C", at.workDir, "add", "-A"]);
  await hidePaths(new Git({ home: at.root, user: null }), at.workDir, at.hiddenPaths);
  if (!asRoot()) return;
  execFileSync("chown", ["-R", `${UNUSED_UID}:${UNUSED_UID}`, at.workDir]);
  chownSync(at.homeDir, UNUSED_UID, UNUSED_UID);
}

type Started = TestRunInput & {
  facts: () => Pick<EndingFacts, "refusal" | "limit" | "denied">;
  command: ReturnType<Agent["command"]>;
  workDir: string;
  homeDir: string;
};

async function execute(input: Started): Promise<Omit<AgentRun, "read" | "stats">> {
  const { agent, command, workDir, homeDir } = input;
  const child = spawn(command.file, command.args, {
    cwd: workDir,
    detached: true,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", TMPDIR: homeDir, ...command.env, ...input.env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(asRoot() ? { uid: UNUSED_UID, gid: UNUSED_UID } : {}),
  });
  const parser = agent.createParser();
  const events: AgentEvent[] = [];
  const output = { stdout: "", stderr: "" };
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const read = (name: "stdout" | "stderr", stream: Readable): void =>
    void createInterface({ input: stream }).on("line", (line) => {
      output[name] += `${line}\n`;
      for (const event of parser.line(name, line)) {
        events.push(event);
        if (event.kind === "fatal") kill();
      }
    });
  read("stdout", child.stdout);
  read("stderr", child.stderr);
  child.stdin.on("error", () => {});
  child.stdin.end(input.prompt ?? "Do the task.\n");
  const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, by) => resolve([code, by]));
  });
  kill();
  const activity = new Activity();
  for (const event of events) activity.take(event, 0);
  const cause = activity.fatal === null ? "exited" : "asked";
  const end = { cause, exitCode, signal, stderrTail: output.stderr.slice(-4_000), lastLine: "" } as const;
  const failure = judgeEnding({ end, activity, ...input.facts(), starved: false });
  return { events, failure, exitCode, signal, ...output };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
