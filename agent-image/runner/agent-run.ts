import { AGENTS } from "../../lib/agents.ts";
import { FAILURES } from "../../lib/failures.ts";
import type { Activity } from "./activity.ts";
import type { AgentUser } from "./agent-user.ts";
import {
  type Agent,
  AgentCannotStart,
  type AgentEvent,
  type AgentFailure,
  type LaunchCommand,
} from "./agents/agent.ts";
import { isUnrecoverable, modelFailure } from "./agents/agent-failure.ts";
import type { Assignment } from "./assignment.ts";
import { closedCommand } from "./closed-command.ts";
import { type EndingFacts, judgeEnding } from "./ending.ts";
import { type KeyProxy, type KeyProxyStats, startKeyProxy } from "./key-proxy.ts";
import { proxyNotes, spentOf } from "./meter/spent.ts";
import { machineEnvironment } from "./machine-env.ts";
import { boundMemory, type MemoryBound } from "./memory/memory-bound.ts";
import { rawLog } from "./raw-log.ts";
import { type GroupEnd, type GroupInput, startProcessGroup } from "./process-group.ts";
import { killOrphans, memoryKills } from "./process-table.ts";
import type { NewRecord, RecordStream } from "./record-stream.ts";
import type { ProviderRefusal } from "./provider-refusal.ts";
import { RunFailure } from "./run-failure.ts";
import type { RunSecrets } from "./run-secrets.ts";
import type { Seal } from "./seal/seal.ts";
import type { StopSignal } from "./stop-signal.ts";
import { freeBytes, type Workspace } from "./workspace.ts";

export type AgentRunInput = {
  agent: Agent;
  assignment: Assignment;
  workspace: Workspace;
  user: AgentUser;
  agentBin: string;
  /** Where the image has the agent's folders to install to; null: they are in the home of the run. */
  prefix: string | null;
  /** What the repository sets. */
  env: Record<string, string>;
  /** Files to show the model with the prompt. */
  pictures: readonly string[];
  activity: Activity;
  records: RecordStream;
  secrets: RunSecrets;
  stop: StopSignal;
  seal: Seal;
  /** What the machine has; null: what its system says. */
  memoryBytes: number | null;
};

/** How the agent ended; `failure` null: well, or because it was asked to stop from outside. */
export type AgentOutcome = {
  failure: AgentFailure | null;
  exitCode: number | null;
  signal: string | null;
  durationMs: number;
};

/** Runs the agent to its end. Throws `RunFailure` when it cannot be started at all. */
export async function runAgent(input: AgentRunInput): Promise<AgentOutcome> {
  const { workspace } = input;
  const unrecoverable = new AbortController();
  const proxy = await openProxy(input, {
    onRefusal: (refusal) => {
      if (!isUnrecoverable({ ...refusal, now: Date.now() })) return;
      input.activity.take({ kind: "fatal", ...modelFailure(refusal) }, Date.now());
      unrecoverable.abort();
    },
    onSpent: (stats) => (input.activity.spent = spentOf(stats)),
  });
  try {
    const command = commandOf(input, proxy);
    const startedAt = Date.now();
    const { end, starved } = await withMemoryBound(input, (memory) =>
      superviseAgent(input, {
        command,
        env: { ...machineEnvironment(input, input.env), ...command.env, HOME: workspace.home },
        unrecoverable: unrecoverable.signal,
        memory,
      }),
    );
    const refusal = proxy?.refusal() ?? null;
    const facts = { end, starved, refusal, limit: proxy?.limit() ?? null, denied: proxy?.denied() ?? null };
    const failure = await failureOf(input, facts);
    // What the provider said stands at the end of the log: the agent's own words for it are often fewer.
    if (failure !== null && refusal !== null && refusal.text.trim() !== "")
      input.records.add({ k: "e", s: refusal.text });
    return {
      failure,
      exitCode: end.exitCode,
      signal: end.signal,
      durationMs: Date.now() - startedAt,
    };
  } finally {
    await proxy?.close();
    if (proxy !== null) {
      input.activity.spent = spentOf(proxy.stats());
      for (const note of proxyNotes(proxy.stats())) input.records.add({ k: "p", s: note });
    }
  }
}

/** `starved`: something was ended for memory meanwhile. */
async function withMemoryBound<T>(
  { user, memoryBytes, records }: AgentRunInput,
  work: (memory: MemoryBound) => Promise<T>,
): Promise<{ end: T; starved: boolean }> {
  let ended = 0;
  const onKills = (count: number): void => {
    ended = count;
    records.add({ k: "p", s: `Out of memory: processes of the agent that were ended so far: ${count}` });
  };
  const before = await memoryKills();
  const memory = boundMemory({ user, memoryBytes, onKills });
  let end: T;
  try {
    end = await work(memory);
  } finally {
    await memory.close();
  }
  const after = await memoryKills();
  return { end, starved: ended > 0 || (before !== null && after !== null && after > before) };
}

type Heard = { onRefusal: (refusal: ProviderRefusal) => void; onSpent: (stats: KeyProxyStats) => void };

async function openProxy(
  { agent, assignment, seal }: AgentRunInput,
  { onRefusal, onSpent }: Heard,
): Promise<KeyProxy | null> {
  const { model } = assignment.agent;
  const names = agent.keyNames(model);
  const name = names.find((candidate) => assignment.keys[candidate]);
  const key = name === undefined ? undefined : assignment.keys[name];
  if (key === undefined) {
    throw new RunFailure("missing_credentials", `The key ${names.join(" or ")} is missing.`);
  }
  const provider = agent.provider(model);
  const baseUrl = assignment.providerBaseUrls[provider];
  if (!AGENTS[agent.id].isMetered || baseUrl === undefined) return null;
  const { maxModelRequests, maxCostUsd, spentUsd = 0 } = assignment.limits;
  const proxy = await startKeyProxy({
    providers: [{ id: provider, baseUrl: baseUrl.replace(/\/+$/, ""), key }],
    mayCall: (name) => agent.mayCall(model, name),
    maxRequests: maxModelRequests,
    budgetUsd: maxCostUsd,
    spentBeforeUsd: spentUsd,
    onRefusal,
    handed: seal.model,
    onSpent: () => onSpent(proxy.stats()),
  });
  return proxy;
}

function commandOf(input: AgentRunInput, proxy: KeyProxy | null): LaunchCommand {
  try {
    return input.agent.command({
      model: input.assignment.agent.model,
      nodeModules: input.agentBin,
      homeDir: input.workspace.home,
      workDir: input.workspace.work,
      pictures: input.pictures,
      proxyUrls: proxy?.urls ?? {},
      keys: input.assignment.keys,
    });
  } catch (error) {
    if (error instanceof AgentCannotStart) throw new RunFailure(error.failureCode, error.message, { cause: error });
    throw error;
  }
}

type Start = { command: LaunchCommand; env: Record<string, string>; unrecoverable: AbortSignal; memory: MemoryBound };

async function superviseAgent(input: AgentRunInput, { command, env, unrecoverable, memory }: Start): Promise<GroupEnd> {
  const { activity, records, stop, assignment, workspace } = input;
  const parser = input.agent.createParser();
  const raw = { stdout: rawLog(input, "o"), stderr: rawLog(input, "e") };
  const group = startProcessGroup({
    ...startOf(input, command),
    env,
    onStart: (pid) => memory.take(pid),
    prompt: assignment.prompt,
    endOrphans: async () => (await input.seal.endAll()) || killOrphans(`PORTER_RUN=${workspace.root}`),
    deadline: Date.parse(assignment.limits.deadlineAt),
    stallTimeoutMs: assignment.limits.stallTimeoutMs,
    standing: () => ({ busy: activity.busy, over: activity.standing === "last" }),
    onChunk: (stream, chunk) => raw[stream].push(chunk),
    onLine: (stream, line) => {
      for (const event of parser.line(stream, line)) {
        const ms = activity.take(event, Date.now());
        const record = recordOf(event, ms);
        if (record) records.add(record);
        if (event.kind === "fatal") group.stop();
      }
    },
  });
  const toEnd = AbortSignal.any([stop.signal, unrecoverable]);
  toEnd.addEventListener("abort", group.stop, { once: true });
  if (toEnd.aborted) group.stop();
  try {
    return await group.done;
  } catch (error) {
    throw new RunFailure("agent_failed", "The agent's program could not be started.", { cause: error });
  } finally {
    toEnd.removeEventListener("abort", group.stop);
    raw.stdout.end();
    raw.stderr.end();
  }
}

/** The agent's program inside the seal. */
function startOf(
  input: AgentRunInput,
  command: LaunchCommand,
): Pick<GroupInput, "file" | "args" | "cwd" | "as" | "leastSize"> {
  // Where it is a namespace of processes, too, somebody waits outside for the one inside.
  const leastSize = input.seal.state.seal === "user_namespace" ? 2 : 1;
  return { ...closedCommand(input, command), leastSize };
}

function recordOf(event: AgentEvent, ms: number | undefined): NewRecord | null {
  switch (event.kind) {
    case "message":
      return { k: "m", s: event.text };
    case "tool_call":
      return {
        k: "c",
        id: event.id,
        tool: event.tool,
        s: event.summary,
        ...(event.todos === undefined ? {} : { todos: event.todos }),
      };
    case "tool_result": {
      const { id, ok, output, exitCode } = event;
      return {
        k: "r",
        id,
        ok,
        s: output,
        ...(ms === undefined ? {} : { ms }),
        ...(exitCode == null ? {} : { exit: exitCode }),
      };
    }
    case "file_edit":
      return { k: "d", id: event.id, path: event.path, s: event.patch };
    case "fatal":
      return event.said ? { k: "e", s: event.said } : null;
    case "final":
    case "resumed":
      return null;
  }
}

const HARDLY_ANY_DISK = 32 * 1024 * 1024;

async function failureOf(input: AgentRunInput, facts: Omit<EndingFacts, "activity">): Promise<AgentFailure | null> {
  if (input.stop.cause !== null) return null;
  const failure = judgeEnding({ ...facts, activity: input.activity });
  if (failure === null || failure.failureCode !== "agent_failed") return failure;
  const isFull = (await freeBytes(input.workspace.root)) < HARDLY_ANY_DISK;
  return isFull ? { failureCode: "disk_full", message: FAILURES.disk_full.sentence } : failure;
}
