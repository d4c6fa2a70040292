import type { IncomingHttpHeaders } from "node:http";
import { readAnthropic, withMostTokens } from "./anthropic.ts";
import { anthropicCounts, chatCounts, googleCounts, type ReadCounts, responsesCounts } from "./counts.ts";
import type { ReadCall } from "./call-parts.ts";
import { readGoogle } from "./google.ts";
import { readChat } from "./openai-chat.ts";
import { readResponses } from "./openai-responses.ts";
import { isObject } from "./strict-json.ts";

/** A form of calls to a model: what may be in one, and where its answer says what it cost. */
export type Dialect = {
  read(body: unknown): ReadCall;
  /** Most tokens of output that the call asks for; null: it names no number. */
  mostTokens(body: Record<string, unknown>): number | null;
  withMostTokens(body: Record<string, unknown>, most: number): Record<string, unknown>;
  counts: ReadCounts;
};

const numberOr = (value: unknown): number | null => (typeof value === "number" ? value : null);

export const anthropicDialect: Dialect = {
  read: readAnthropic,
  mostTokens: (body) => numberOr(body["max_tokens"]),
  withMostTokens,
  counts: anthropicCounts,
};

/** `limitName`: what this provider calls the most tokens of output. */
export const chatDialect = (
  limitName: "max_tokens" | "max_completion_tokens",
  usage: Record<string, unknown> = { stream_options: { include_usage: true } },
  counts: ReadCounts = chatCounts,
): Dialect => {
  const named = (body: Record<string, unknown>) =>
    (["max_tokens", "max_completion_tokens"] as const).filter((name) => typeof body[name] === "number");
  return {
    read: readChat({ usage }),
    mostTokens: (body) => Math.max(0, ...named(body).map((name) => Number(body[name]))) || null,
    withMostTokens: (body, most) => {
      const names = named(body);
      return { ...body, ...Object.fromEntries((names.length === 0 ? [limitName] : names).map((name) => [name, most])) };
    },
    counts,
  };
};

export const responsesDialect: Dialect = {
  read: readResponses,
  mostTokens: (body) => numberOr(body["max_output_tokens"]),
  withMostTokens: (body, most) => ({ ...body, max_output_tokens: most }),
  counts: responsesCounts,
};

export const googleDialect: Dialect = {
  read: readGoogle,
  mostTokens: ({ generationConfig: config }) => (isObject(config) ? numberOr(config["maxOutputTokens"]) : null),
  withMostTokens: ({ generationConfig: config, ...body }, most) => ({
    ...body,
    generationConfig: { ...(isObject(config) ? config : {}), maxOutputTokens: most },
  }),
  counts: googleCounts,
};

/** Beta features of Anthropic's that change how a conversation is written, and fetch, run or keep nothing. */
const BETAS = new Set([
  "adaptive-thinking",
  "advanced-tool-use",
  "context-1m",
  "context-management",
  "effort",
  "extended-cache-ttl",
  "fine-grained-tool-streaming",
  "interleaved-thinking",
  "max-effort",
  "mid-conversation-system",
  "mid-conversation-tool-changes",
  "output-128k",
  "output-300k",
  "per-turn-control",
  "prompt-caching",
  "prompt-caching-scope",
  "redact-thinking",
  "structured-outputs",
  "thinking-display-updates",
  "thinking-token-count",
  "token-counting",
  "token-efficient-tools",
  "tool-examples",
  "tool-search-tool",
]);
/** What its own program is told apart by. */
const PROGRAM = "claude-code-20250219";
const DATE = /-\d{4}-?\d{2}-?\d{2}$/;

/** Headers of a call that may pass; what each may say. All others are the agent's own business. */
const HEADERS: Record<string, (value: string) => string | null> = {
  accept: (value) => (/^(?:\*\/\*|[a-z]+\/[a-z-]+)(?:, ?(?:\*\/\*|[a-z]+\/[a-z-]+))*$/.test(value) ? value : null),
  "user-agent": (value) => value.slice(0, 300),
  "anthropic-version": (value) => (DATE.test(`-${value}`) ? value : null),
  "anthropic-beta": (value) => {
    const flags = value.split(",").map((flag) => flag.trim());
    return (
      flags.filter((flag) => flag === PROGRAM || (BETAS.has(flag.replace(DATE, "")) && DATE.test(flag))).join(",") ||
      null
    );
  },
  "x-app": (value) => (value === "cli" || value === "cli-bg" ? value : null),
};

/** What is left of a request's headers; `takenOut`: beta features among them that may not pass. */
export function passingHeaders(headers: IncomingHttpHeaders): { kept: Record<string, string>; takenOut: string[] } {
  const kept: Record<string, string> = {};
  for (const [name, allow] of Object.entries(HEADERS)) {
    const value = headers[name];
    const passing = value === undefined ? null : allow(String(value));
    if (passing !== null) kept[name] = passing;
  }
  const asked = String(headers["anthropic-beta"] ?? "").split(",");
  const passed = kept["anthropic-beta"]?.split(",") ?? [];
  const takenOut = asked.map((flag) => flag.trim()).filter((flag) => flag !== "" && !passed.includes(flag));
  return { kept, takenOut: takenOut.map((flag) => flag.slice(0, 60)) };
}
