import type { AgentPlan, Spent } from "../../lib/agent-protocol.ts";
import type { AgentEvent } from "./agents/agent.ts";

export type CheckRun = { command: string; exitCode: number | null };

const CHECK =
  /\b(?:(?:npm|pnpm|yarn|bun)(?: run)? (?:t|test|lint|check|build|typecheck|type-check)\b|npx (?:--?\S+ )*(?:vitest|jest|tsc|eslint|playwright|mocha)\b|vitest\b|jest\b|tsc\b|eslint\b|pytest\b|-m unittest\b|tox\b|ruff\b|mypy\b|go (?:test|vet|build)\b|cargo (?:test|check|clippy|build)\b|make(?: (?:test|check|lint|build))?$|(?:mvn|gradle|\.\/gradlew|\.\/mvnw) |rspec\b|rake\b|phpunit\b|dotnet (?:test|build)\b|deno (?:test|check|lint)\b|mix test\b|ctest\b)/;
const MOST_CHECKS = 20;

/** What the agent has done so far, as its events tell it. Texts are not redacted. */
export class Activity {
  steps = 0;
  /** What it did last; writing its plan is no step of the work. */
  lastStep: string | null = null;
  /** As the agent wrote it down last, where it keeps one. */
  plan: AgentPlan | null = null;
  /** By the key proxy's count, never the agent's own; null where there is no proxy. */
  spent: Spent | null = null;
  /** What the agent said at the end of its last turn; null before the first ended, "" when it said nothing. */
  final: string | null = null;
  /** Whether that stands: no turn has begun since. `waiting`: what it started still works for it. */
  standing: "no" | "waiting" | "last" = "no";
  fatal: Extract<AgentEvent, { kind: "fatal" }> | null = null;
  readonly #inFlight = new Map<string, { summary: string; startedAt: number }>();
  readonly #checks = new Map<string, number | null>();

  /** True while a tool call has no result yet. */
  get busy(): boolean {
    return this.#inFlight.size > 0;
  }

  /** Commands that look like checks, each once with its last exit code, in the order of their last run. */
  get checks(): CheckRun[] {
    const all = [...this.#checks].map(([command, exitCode]) => ({ command, exitCode }));
    return all.slice(-MOST_CHECKS);
  }

  /** Takes one event in; for a tool's result answers how long the tool ran, in ms. */
  take(event: AgentEvent, now: number): number | undefined {
    switch (event.kind) {
      case "message":
        this.steps += 1;
        return undefined;
      case "tool_call":
        this.steps += 1;
        if (event.isPlan !== true) this.lastStep = event.summary.split("\n")[0]?.slice(0, 200) ?? null;
        this.#inFlight.set(event.id, { summary: event.summary, startedAt: now });
        return undefined;
      case "tool_result":
        return this.#finish(event, now);
      case "final":
        this.final = event.text;
        this.standing = event.waiting ? "waiting" : "last";
        return undefined;
      case "resumed":
        this.standing = "no";
        return undefined;
      case "fatal":
        this.fatal ??= event;
        return undefined;
      case "file_edit":
        return undefined;
    }
  }

  #finish(event: Extract<AgentEvent, { kind: "tool_result" }>, now: number): number | undefined {
    if (event.plan !== undefined) this.plan = event.plan;
    const call = this.#inFlight.get(event.id);
    if (!call) return undefined;
    this.#inFlight.delete(event.id);
    const command = call.summary.replaceAll("`", "").trim().slice(0, 200);
    if (CHECK.test(command)) {
      this.#checks.delete(command);
      this.#checks.set(command, event.exitCode ?? (event.ok ? 0 : null));
    }
    return event.ms ?? Math.max(0, now - call.startedAt);
  }
}
