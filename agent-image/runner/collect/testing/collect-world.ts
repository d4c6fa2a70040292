import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor, type Redactor } from "../../../../lib/redaction.ts";
import type { AgentUser } from "../../agent-user.ts";
import { Git } from "../../git/run-git.ts";
import { prepareWorkTree } from "../../git/work-tree.ts";
import { createWorkspace, removeWorkspace, type Workspace } from "../../workspace.ts";
import type { BaseTree } from "../base-tree.ts";
import { collectWork, type CollectedWork } from "../collect-work.ts";
import { readBase } from "../read-base.ts";
import { type SeriesInput, writeSeries } from "../write-series.ts";

const isRoot = process.getuid?.() === 0;
/** A numeric user that exists nowhere, when the tests run as root; else who runs them. */
const AGENT: AgentUser = isRoot
  ? { uid: 61_003, gid: 61_003, separate: true }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, separate: false };

const IDENTITY = { userName: "porter[bot]", userEmail: "1+porter[bot]@users.noreply.github.com" };
const PERSON = {
  GIT_AUTHOR_NAME: "Octo Cat",
  GIT_AUTHOR_EMAIL: "octocat@example.com",
  GIT_COMMITTER_NAME: "Octo Cat",
  GIT_COMMITTER_EMAIL: "octocat@example.com",
};
export const OWN_SECRET = "sk-ant-fake-canary-0123456789abcdefghijklmnop";
export const SECRETS: Redactor = createRedactor([OWN_SECRET]);
export const withOwnSecret = (script: string): string => script.replaceAll("OWN_SECRET", OWN_SECRET);
const PATH = process.env.PATH ?? "/usr/bin:/bin";

/** Raw differences to the base, as "A 100644 path". */
export type WrittenWork = {
  written: ReadonlyMap<string, string>;
  tip: string | null;
  changes: string[];
  subjects: string[];
  work: CollectedWork;
};

/** A repository, an agent that is a shell script, and the collector; with real git, real users and no network. */
export class CollectWorld {
  readonly root: string;
  readonly workspace: Workspace;
  readonly trusted: Git;
  readonly base: BaseTree;

  private constructor(parts: Pick<CollectWorld, "root" | "workspace" | "trusted" | "base">) {
    this.root = parts.root;
    this.workspace = parts.workspace;
    this.trusted = parts.trusted;
    this.base = parts.base;
  }

  /** `setUp` is a shell script in the repository that the base is then committed from. */
  static async open(setUp: string, hiddenPaths: readonly string[] = []): Promise<CollectWorld> {
    const root = mkdtempSync(join(tmpdir(), "porter-collect-"));
    chmodSync(root, 0o755);
    const origin = join(root, "origin");
    mkdirSync(origin);
    shell(
      origin,
      `git init -q -b main; git config core.autocrlf false; ${setUp}\ngit add -A; git commit -qm base --allow-empty`,
    );
    const workspace = await createWorkspace(root, AGENT);
    const supervisor = new Git({ home: workspace.privateDir, user: null });
    const clone = [
      "clone",
      "--quiet",
      "--bare",
      "--template=",
      "--no-local",
      "--depth=50",
      "--single-branch",
      "--no-tags",
    ];
    await supervisor.run([...clone, `file://${origin}`, workspace.trusted], { env: { GIT_ALLOW_PROTOCOL: "file" } });
    const trusted = supervisor.with({ GIT_DIR: workspace.trusted });
    const baseSha = await trusted.text(["rev-parse", "refs/heads/main"]);
    const tree = { workspace, base: "main", branch: "porter/abc", identity: IDENTITY, user: AGENT, hiddenPaths };
    await prepareWorkTree(supervisor, tree);
    const finishBy = Date.now() + 300_000;
    const base = await readBase({ workspace, user: AGENT, trusted, baseSha, hiddenPaths, finishBy });
    return new CollectWorld({ root, workspace, trusted, base });
  }

  /** Runs a script as the agent, in its work tree. */
  agent(script: string): string {
    const { work, home } = this.workspace;
    return shell(work, script, { HOME: home, ...(AGENT.separate ? { uid: AGENT.uid, gid: AGENT.gid } : {}) });
  }

  /** How the runner writes commits. */
  series(): Omit<SeriesInput, "commits" | "ref"> {
    return {
      identity: IDENTITY,
      messageOf: ({ commit }) => commit?.message ?? Buffer.from("left over\n"),
      isUsable: () => true,
      marksFile: join(this.workspace.privateDir, "marks"),
      now: 1_700_000_000_000,
    };
  }

  /** Collects and writes the commits as the runner does, and says what they change. */
  async collect(): Promise<WrittenWork> {
    const { workspace, trusted, base } = this;
    const finishBy = Date.now() + 300_000;
    const work = await collectWork({
      workspace,
      user: AGENT,
      trusted,
      base,
      finishBy,
      mayPushWorkflows: false,
      containsOwnSecret: (text) => SECRETS.containsOwnSecret(text),
    });
    const written = await writeSeries(trusted, { ...this.series(), commits: work.commits, ref: "refs/porter/series" });
    const tip = work.line === null ? null : (written.get(work.tip) ?? work.tip);
    return {
      written,
      tip,
      work,
      changes: tip === null ? [] : await this.changes(base.commit, tip),
      subjects: await this.#subjects(tip),
    };
  }

  async changes(from: string, to: string): Promise<string[]> {
    const raw = (await this.trusted.run(["diff-tree", "-r", "-z", "--no-renames", "--raw", from, to]))
      .toString()
      .split("\0");
    const changes: string[] = [];
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const [, mode = "", , , status = ""] = (raw[at] ?? "").split(" ");
      changes.push(`${status} ${mode} ${raw[at + 1]}`);
    }
    return changes;
  }

  async #subjects(tip: string | null): Promise<string[]> {
    if (tip === null) return [];
    const log = await this.trusted.text([
      "log",
      "--reverse",
      "--topo-order",
      "--format=%s",
      `${this.base.commit}..${tip}`,
    ]);
    return log.split("\n").filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeWorkspace(this.workspace, { user: AGENT, isQuiet: true });
    rmSync(this.root, { recursive: true, force: true });
  }
}

type Running = { HOME?: string; uid?: number; gid?: number };

function shell(cwd: string, script: string, { HOME = "/nonexistent", ...user }: Running = {}): string {
  return execFileSync("/bin/sh", ["-ec", script], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH,
      HOME,
      LC_ALL: "C.UTF-8",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      ...(HOME === "/nonexistent" ? PERSON : {}),
    },
    ...user,
  });
}
