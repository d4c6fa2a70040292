import { RUN_LIMIT } from "../key-proxy.ts";
import type { AgentEnd, AgentFailure } from "./agent.ts";
import { oneLine } from "./tool-summary.ts";

const AUTH =
  /\b(?:401|403)\b|invalid.{0,20}api.?key|authentication_error|permission_error|unauthori[sz]ed|not logged in|login failed|cli-login|incorrect api key/i;
const LIMIT =
  /\b(?:402|429)\b|rate.?limit|credit balance|insufficient.{0,20}(?:credit|quota|fund)|quota|billing|usage limit/i;
const OVERLOADED = /\b529\b|overloaded/i;

/**
 * What an error of the model's API means. `status` is the HTTP status if the agent tells it; the text decides
 * otherwise. The answer's message is one plain sentence without the provider's body around it.
 */
export function modelFailure(error: { status: number | null; text: string }): AgentFailure {
  const { status, text } = error;
  const limit = new RegExp(`${RUN_LIMIT} of [^."]{1,80}(?:\\.\\d+[^."]{1,40})? is reached\\.`).exec(text);
  if (limit !== null) return { failureCode: "agent_failed", message: limit[0] };
  const says = (pattern: RegExp): boolean => status === null && pattern.test(text);
  if (status === 401 || status === 403 || says(AUTH)) {
    return { failureCode: "provider_auth", message: "The model provider refused the key." };
  }
  // Anthropic answers 400 to an empty account.
  if (status === 429 || status === 402 || says(LIMIT) || /credit balance/i.test(text)) {
    return { failureCode: "provider_limit", message: "The model provider refused for rate or credit." };
  }
  if (status === 529 || says(OVERLOADED))
    return { failureCode: "agent_failed", message: "The model provider is overloaded." };
  if (status === 404) return { failureCode: "agent_failed", message: "The model provider does not know this model." };
  return {
    failureCode: "agent_failed",
    message:
      text.trim() === "" ? "The agent ended with an error." : `The agent ended with an error: ${asSentence(text)}`,
  };
}

/** How a finished process is judged when all agents are alike: its fatal event, then its exit, then its last words. */
export function endFailure(end: AgentEnd): AgentFailure | null {
  const { fatal } = end.events;
  if (fatal?.kind === "fatal") return { failureCode: fatal.failureCode, message: fatal.message };
  if (end.exitCode === 0) return null;
  // Nobody but the kernel sends it unasked: the supervisor judges its own kills before it asks here.
  if (end.signal === "SIGKILL" || end.exitCode === 137) {
    return { failureCode: "out_of_memory", message: "The agent was killed, most likely because memory ran out." };
  }
  const lastWords = end.stderrTail.trim().split("\n").at(-1) ?? "";
  if (lastWords !== "") return modelFailure({ status: null, text: lastWords });
  const how = end.signal === null ? `with exit code ${end.exitCode ?? "unknown"}` : `on ${end.signal}`;
  return { failureCode: "agent_failed", message: `The agent ended ${how}.` };
}

function asSentence(text: string): string {
  const line = oneLine(text, 300).replace(/[\s.]+$/, "");
  return `${line}.`;
}
