import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { AgentUser } from "../agent-user.ts";

/** git ended badly. `stderr` holds no secret that git was given, but may hold texts of the remote or the agent. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly timedOut: boolean;

  constructor(command: string, end: { exitCode: number | null; stderr: string; timedOut: boolean }) {
    const how = end.timedOut ? "took too long" : `failed (${end.exitCode ?? "killed"})`;
    super(`git ${command} ${how}: ${end.stderr.trim().slice(-400)}`);
    this.exitCode = end.exitCode;
    this.stderr = end.stderr;
    this.timedOut = end.timedOut;
  }
}

export type GitOptions = {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  timeoutMs?: number;
  /** More output than this is a failure. */
  maxBytes?: number;
  signal?: AbortSignal;
  /** Takes the output as it comes instead of collecting it. */
  onStdout?: (chunk: Buffer) => void;
};

/** `cut` ends it because it says too much. */
export type RunningGit = { child: ChildProcessWithoutNullStreams; done: Promise<void>; cut: () => void };

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

// What a repository or a machine could use to make git run something or look elsewhere, switched off for each call.
const SAFE_CONFIG = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.pager=cat",
  "core.editor=false",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "push.gpgSign=false",
  "push.recurseSubmodules=no",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
  "init.defaultBranch=main",
].flatMap((setting) => ["-c", setting]);

/** git with one fixed identity (user, home) and an environment that nothing outside of this file adds to. */
export class Git {
  readonly #home: string;
  readonly #user: AgentUser | null;
  readonly #env: Record<string, string>;

  /** `user`: null runs as the supervisor. `env` holds for every call, e.g. GIT_DIR. */
  constructor(input: { home: string; user: AgentUser | null; env?: Record<string, string> }) {
    this.#home = input.home;
    this.#user = input.user;
    this.#env = input.env ?? {};
  }

  with(env: Record<string, string>): Git {
    return new Git({ home: this.#home, user: this.#user, env: { ...this.#env, ...env } });
  }

  /** stdout without its trailing white space. Throws `GitError`. */
  async text(args: string[], options: GitOptions = {}): Promise<string> {
    return (await this.run(args, options)).toString("utf8").trimEnd();
  }

  /** Whether the command exits 0; every other end is false. */
  async succeeds(args: string[], options: GitOptions = {}): Promise<boolean> {
    try {
      await this.run(args, options);
      return true;
    } catch (error) {
      if (error instanceof GitError) return false;
      throw error;
    }
  }

  /** stdout. Throws `GitError`. The whole process group is gone when this settles. */
  async run(args: string[], options: GitOptions = {}): Promise<Buffer> {
    const running = this.start(args, options);
    const chunks: Buffer[] = [];
    let size = 0;
    running.child.stdin.end(options.input ?? "");
    running.child.stdout.on("data", (chunk: Buffer) => {
      if (options.onStdout) return options.onStdout(chunk);
      size += chunk.length;
      if (size > (options.maxBytes ?? DEFAULT_MAX_BYTES)) return running.cut();
      chunks.push(chunk);
    });
    await running.done;
    return Buffer.concat(chunks);
  }

  /** A process whose pipes are the caller's. `done` throws `GitError`; the whole process group is gone then. */
  start(args: string[], options: Pick<GitOptions, "cwd" | "env" | "timeoutMs" | "signal"> = {}): RunningGit {
    // For the agent's user git itself goes there: whoever may go further must not follow a link in the folder's place.
    const within = this.#user !== null && options.cwd !== undefined ? ["-C", options.cwd] : [];
    const child = spawn("git", [...SAFE_CONFIG, ...within, ...args], {
      cwd: within.length > 0 ? this.#home : (options.cwd ?? this.#home),
      env: { ...this.#environment(), ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      ...(this.#user?.separate ? { uid: this.#user.uid, gid: this.#user.gid } : {}),
    });
    let stderr = "";
    let cut: "timeout" | "size" | null = null;
    const kill = (why: typeof cut): void => {
      cut ??= why;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // Already gone.
      }
    };
    const onAbort = (): void => kill(null);
    const timer = setTimeout(() => kill("timeout"), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    if (options.signal?.aborted) kill(null);
    child.stdin.on("error", () => undefined);
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-16_384);
    });
    const done = new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    })
      .finally(() => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", onAbort);
      })
      .then((exitCode) => {
        if (exitCode === 0 && cut === null) return;
        const told = cut === "size" ? `${stderr}\nthe output is too large` : stderr;
        const end = { exitCode, stderr: told, timedOut: cut === "timeout" };
        throw new GitError(args.find((arg) => !arg.startsWith("-")) ?? "", end);
      });
    // Whoever awaits it hears of a failure; until then it is nobody's unhandled rejection.
    done.catch(() => undefined);
    return { child, done, cut: () => kill("size") };
  }

  #environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
      LC_ALL: "C",
      HOME: this.#home,
      GIT_TERMINAL_PROMPT: "0",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_LFS_SKIP_SMUDGE: "1",
      // Empty: no protocol at all. Commands that talk to something name theirs.
      GIT_ALLOW_PROTOCOL: "",
      ...this.#env,
    };
  }
}
