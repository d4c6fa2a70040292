import { type ChildProcess, spawn } from "node:child_process";
import { LineSplitter } from "./line-splitter.ts";
import { groupSize, prepareForMemoryPressure } from "./process-table.ts";
import { type AgentState, Watchdog, type WatchdogEnd } from "./watchdog.ts";

export type GroupInput = {
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Who it is started as; absent: the supervisor, from whose user the program goes on by itself. */
  as?: { uid: number; gid: number };
  /** Its first process is there, and has started no other one. */
  onStart: (pid: number) => void;
  /** How many processes its group has when it has started none. */
  leastSize: number;
  /** Written to stdin, which is then closed. */
  prompt: string;
  /** Ends what left the group. */
  endOrphans: () => Promise<unknown>;
  /** Epoch ms. */
  deadline: number;
  stallTimeoutMs: number;
  standing: () => AgentState;
  /** Every piece of output as it comes, before its lines. */
  onChunk: (stream: "stdout" | "stderr", chunk: Buffer) => void;
  onLine: (stream: "stdout" | "stderr", line: string) => void;
};

/** `exited`: by itself; else why the supervisor ended it. `asked`: through `stop()`. */
export type EndCause = "exited" | "asked" | WatchdogEnd;
export type GroupEnd = {
  cause: EndCause;
  exitCode: number | null;
  signal: string | null;
  stderrTail: string;
  /** The last line on either stream that is no event (JSON), or "". */
  lastLine: string;
};

export type AgentProcessGroup = {
  /** Never rejects once the process is there; rejects when it cannot be started. */
  done: Promise<GroupEnd>;
  /** SIGTERM for the whole group, SIGKILL after 5 s. */
  stop: () => void;
};

const KILL_AFTER_MS = 5000;
const LOOK_EVERY_MS = 200;

/**
 * Starts the agent as its own process group and user, and ends all of it: at the deadline, after `stallTimeoutMs`
 * without output while no tool runs, some time after its last word, when asked, and in any case when its first process
 * is gone.
 */
export function startProcessGroup(input: GroupInput): AgentProcessGroup {
  const child = spawn(input.file, input.args, {
    cwd: input.cwd,
    env: input.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    ...input.as,
  });
  prepareForMemoryPressure(child.pid);
  if (child.pid !== undefined) input.onStart(child.pid);
  const watchdog = new Watchdog({ ...input, startedAt: Date.now() });
  const state: { cause: EndCause; stderrTail: string; lastLine: string; killAt: number | null } = {
    cause: "exited",
    stderrTail: "",
    lastLine: "",
    killAt: null,
  };
  const stop = (cause: EndCause): void => {
    if (state.killAt !== null) return;
    state.cause = cause;
    state.killAt = Date.now() + KILL_AFTER_MS;
    signalGroup(child, "SIGTERM");
  };
  // Some agents print a tool call only when it has ended: while they have a child, they wait for it.
  const lookForLife = async (): Promise<void> => {
    if (child.pid !== undefined && (await groupSize(child.pid)) > input.leastSize) watchdog.sign(Date.now());
    // It may have spoken while its children were counted.
    else if (watchdog.verdict(Date.now(), input.standing()) === "stalled") stop("stalled");
  };
  const timer = setInterval(() => {
    const now = Date.now();
    if (state.killAt !== null && now >= state.killAt) signalGroup(child, "SIGKILL");
    const verdict = watchdog.verdict(now, input.standing());
    if (verdict === "stalled") lookForLife().catch(() => undefined);
    else if (verdict !== null) stop(verdict);
  }, LOOK_EVERY_MS);
  const splitters = (["stdout", "stderr"] as const).map((stream) => {
    const splitter = new LineSplitter((line) => {
      if (!line.startsWith("{") && line.trim() !== "") state.lastLine = line.slice(0, 4096);
      if (stream === "stderr") state.stderrTail = `${state.stderrTail}${line}\n`.slice(-4096);
      input.onLine(stream, line);
    });
    child[stream].on("data", (chunk: Buffer) => {
      watchdog.sign(Date.now());
      input.onChunk(stream, chunk);
      splitter.push(chunk);
    });
    return splitter;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(input.prompt);
  const done = ended(child, input.endOrphans)
    .finally(() => clearInterval(timer))
    .then(({ exitCode, signal }) => {
      for (const splitter of splitters) splitter.end();
      return { cause: state.cause, exitCode, signal, stderrTail: state.stderrTail, lastLine: state.lastLine };
    });
  return { done, stop: () => stop("asked") };
}

/** Waits for the first process, then ends the rest of its group and whatever left the group. */
async function ended(
  child: ChildProcess,
  endStrays: GroupInput["endOrphans"],
): Promise<{ exitCode: number | null; signal: string | null }> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = await new Promise<{ exitCode: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  signalGroup(child, "SIGKILL");
  await endStrays();
  // A process that no signal reached may still hold the pipes.
  const patience = new Promise<void>((resolve) => setTimeout(resolve, 2000).unref());
  await Promise.race([closed, patience]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return end;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}
