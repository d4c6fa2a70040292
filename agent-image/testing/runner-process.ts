import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClaimAnswer, PROTOCOL_VERSION } from "../../lib/agent-protocol.ts";
import type { Manifest } from "../../lib/change-set.ts";
import { buildRunner, bundleOf, PROGRAMS } from "../build.ts";
import { endProcessesOf } from "../runner/process-table.ts";
import { FakePorter } from "./fake-porter.ts";
import { type GitServer, startGitServer, type TestRepository } from "./git-server.ts";
import type { ShelvedSet } from "./set-shelf.ts";
import { readBundle, writeSet } from "./write-set.ts";
import { installScriptedAgents, promptFor, type AgentScenario } from "./scripted-agent.ts";

/** `split`: the supervisor is root and the agent another user. `normal`: both are one user that is not root. */
export type UserMode = "split" | "normal";
export const isRoot = process.getuid?.() === 0;
export const USER_MODES: UserMode[] = isRoot ? ["split", "normal"] : ["normal"];
/** For what does not depend on whose the agent's processes and files are: one of them, and both in the second ring. */
export const ANY_USER_MODE: UserMode[] =
  process.env["PORTER_TEST_RING"] === "all" ? USER_MODES : USER_MODES.slice(0, 1);

/** A numeric id that no user of the machine has. */
const NORMAL_UID = 61_002;
/** An agent's user belongs to its run alone: whatever runs as it is ended with the run. */
const newAgentUid = (): number => 100_000_000 + randomInt(1_000_000_000);

export const TASK_ID = "task_abcdefghij0123456789";
export const FAKE_GIT_TOKEN = "ghs_123_fake-git-token.canary_0123456789abcdefghij";
export const FAKE_API_KEY = "sk-ant-fake-canary-0123456789abcdefghijklmnop";
export const FAKE_CALLBACK_TOKEN = "fake-callback-token-canary-0123456789abcdef";

type RunOptions = {
  deadlineInMs?: number | null;
  agentBin?: string;
  standIns?: string;
  env?: Record<string, string>;
};
export type RunEnd = { exitCode: number | null; stderr: string };

let bundle: Promise<string> | null = null;

/** The supervisor's own program may lie where the agent's user cannot reach it, as below /root. */
function closedCopy(root: string): string {
  const folder = join(root, "closed");
  mkdirSync(folder, { mode: 0o700 });
  for (const program of PROGRAMS) copyFileSync(bundleOf(program), join(folder, `${program}.mjs`));
  return join(folder, "runner.mjs");
}

/** A world for one run: git host, Porter, scripted agents, and the bundled runner as a process. */
export class RunnerWorld {
  readonly porter = new FakePorter();
  readonly mode: UserMode;
  readonly root: string;
  readonly git: GitServer;
  readonly repository: TestRepository;
  /** Path of the bundle. */
  readonly runner: string;
  /** A command that starts the runner, before the runner's own. */
  through: string[] = [];
  #child: ChildProcess | null = null;
  /** Of the agents that were started. */
  readonly #uids: number[] = [];

  private constructor(parts: { mode: UserMode; root: string; git: GitServer; runner: string }) {
    this.mode = parts.mode;
    this.root = parts.root;
    this.git = parts.git;
    this.runner = parts.runner;
    this.repository = parts.git.repository("octo/widgets");
  }

  static async open(mode: UserMode): Promise<RunnerWorld> {
    const root = mkdtempSync(join(tmpdir(), "porter-world-"));
    chmodSync(root, 0o755);
    for (const folder of ["repositories", "work", "bin", "machine", "drop"]) mkdirSync(join(root, folder));
    chmodSync(join(root, "drop"), 0o777);
    if (mode === "normal" && isRoot) {
      for (const folder of ["work", "machine"]) chownSync(join(root, folder), NORMAL_UID, NORMAL_UID);
    }
    installScriptedAgents(join(root, "bin"));
    const git = await startGitServer(join(root, "repositories"));
    git.tokens.add(FAKE_GIT_TOKEN);
    const built = await (bundle ??= buildRunner());
    const runner = mode === "split" ? closedCopy(root) : built;
    const world = new RunnerWorld({ mode, root, git, runner });
    await world.porter.start();
    return world;
  }

  /** A folder that every user may write to. */
  get drop(): string {
    return join(this.root, "drop");
  }

  get workRoot(): string {
    return join(this.root, "work");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGKILL");
    for (const uid of this.#uids) await endProcessesOf({ uid, gid: uid });
    await this.porter.close();
    await this.git.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  claimAnswer(scenario: AgentScenario, limits: Partial<ClaimAnswer["limits"]> = {}): ClaimAnswer {
    return {
      taskId: TASK_ID,
      attempt: 1,
      protocol: PROTOCOL_VERSION,
      callbackToken: FAKE_CALLBACK_TOKEN,
      repository: {
        fullName: "octo/widgets",
        cloneUrl: this.repository.cloneUrl,
        baseBranch: null,
        branch: "porter/abc",
        wipBranch: "porter/abc-wip",
      },
      issue: { number: 7, title: "Make it better" },
      agent: { id: "claude", model: null },
      prompt: promptFor(scenario),
      git: {
        token: FAKE_GIT_TOKEN,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        userName: "porter[bot]",
        userEmail: "1+porter[bot]@users.noreply.github.com",
        trailers: ["Co-authored-by: Octo Cat <octocat@example.com>", `Porter-Task: ${TASK_ID}`],
        apiUrl: `${this.porter.url}/github`,
      },
      keys: { ANTHROPIC_API_KEY: FAKE_API_KEY },
      providerBaseUrls: { anthropic: this.porter.url },
      limits: {
        deadlineAt: new Date(Date.now() + 120_000).toISOString(),
        stallTimeoutMs: 60_000,
        heartbeatMs: 300,
        maxModelRequests: 10,
        maxCostUsd: null,
        ...limits,
      },
    };
  }

  /**
   * Starts the runner on a machine file and waits for its end. A deadline counts from the claim, so that a slow start of
   * the runner takes nothing from it. `agentBin`: other agents than the scripted ones. `standIns`: servers that play hosts
   * of the world. `env`: what the image sets.
   */
  async run(answer: ClaimAnswer, { deadlineInMs = null, agentBin, standIns, env }: RunOptions = {}): Promise<RunEnd> {
    this.porter.answer = answer;
    this.porter.deadlineInMs = deadlineInMs;
    const file = join(this.root, "machine", "task.json");
    const machine = { taskId: TASK_ID, attempt: 1, protocol: PROTOCOL_VERSION, porterUrl: this.porter.url };
    writeFileSync(file, JSON.stringify({ ...machine, claimToken: this.porter.claimToken }), { mode: 0o400 });
    if (this.mode === "normal" && isRoot) chownSync(file, NORMAL_UID, NORMAL_UID);
    const bin: Record<string, string> = agentBin === undefined ? {} : { PORTER_AGENT_BIN: agentBin };
    const hosts: Record<string, string> = standIns === undefined ? {} : { PORTER_STAND_INS: standIns };
    const end = await this.start({ PORTER_TASK_FILE: file, ...bin, ...hosts, ...env });
    this.#write(answer.repository);
    return end;
  }

  /** The set that the last completion names; null: none. */
  get set(): (ShelvedSet & { manifest: Manifest }) | null {
    const number = this.porter.completions.at(-1)?.changeSet;
    const whole = number == null ? undefined : this.porter.sets.wholes.get(number);
    const manifest = whole?.request.manifest;
    return whole !== undefined && manifest ? { ...whole, manifest } : null;
  }

  /** Porter's part: what was handed over becomes a branch, and bundles become refs, so that tests see what is in them. */
  #write({ branch, wipBranch }: ClaimAnswer["repository"]): void {
    for (const [number, { bundle }] of this.porter.sets.wholes) {
      if (bundle.length > 0) readBundle(this.repository, bundle, `set-${number}`);
    }
    const completion = this.porter.completions.at(-1);
    const { set } = this;
    if (set === null || set.manifest.commits.length === 0) return;
    const to = completion?.outcome === "changed" ? branch : wipBranch;
    this.repository.git("update-ref", `refs/heads/${to}`, writeSet(this.repository, set.manifest, set.content));
  }

  /** Starts the bundle with this environment on top of what every run needs. */
  async start(env: Record<string, string>): Promise<RunEnd> {
    const uid = newAgentUid();
    if (this.mode === "split") this.#uids.push(uid);
    const users: Record<string, string> =
      this.mode === "split"
        ? { PORTER_AGENT_UID: String(uid), PORTER_AGENT_GID: String(uid) }
        : { PORTER_ALLOW_SAME_USER: "1" };
    const [program, ...args] = [...this.through, process.execPath, this.runner];
    const child = spawn(String(program), args, {
      env: {
        PATH: process.env.PATH,
        PORTER_WORK_ROOT: this.workRoot,
        PORTER_AGENT_BIN: join(this.root, "bin"),
        FLY_MACHINE_ID: "machine1",
        ...users,
        ...env,
      },
      stdio: ["ignore", "ignore", "pipe"],
      ...(this.mode === "normal" && isRoot ? { uid: NORMAL_UID, gid: NORMAL_UID } : {}),
    });
    this.#child = child;
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { exitCode, stderr };
  }

  /** Sends a signal to the running supervisor. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Everything that left the machine: calls to Porter and what the repository holds now. */
  everythingThatLeft(): string {
    const calls = this.porter.calls.filter((call) => !call.path.startsWith("/github")).map((call) => call.body);
    return [...calls, this.repository.git("log", "--all", "-p", "--format=%H %an %ae %B")].join("\n");
  }
}
