import type { AgentFailure } from "./agent.ts";

/** An error of a model's API as somebody tells it: the provider itself, or an agent in its own words. */
export type ModelError = {
  /** The HTTP status; null where only a text is known, which then decides. */
  status: number | null;
  text: string;
  /** Epoch ms from which the provider takes requests again, where it says so. */
  retryAt?: number | null;
};

const CREDIT =
  /credit balance|(?:doesn't|does not|don't|do not) have any credits|no credits? (?:left|remaining|available)|insufficient.{0,20}(?:credit|quota|fund|balance)|out of credits|used all available credits|billing (?:hard )?limit|payment required/i;
/** A number means a status only beside words for one: "401 tests failed" is none. */
const statusWord = (numbers: string): RegExp =>
  new RegExp(
    `(?:\\b(?:status|http|code|error|response)\\b\\W{0,3}(?:code\\W{0,2})?|^\\W*)(?:${numbers})\\b(?! (?:of|tests?|files?|errors?|passed|failed|ms)\\b)|\\b(?:${numbers}) (?:unauthori[sz]ed|forbidden|too many|payment|overloaded)`,
    "im",
  );
const AUTH_STATUS = statusWord("401|403");
const AUTH =
  /invalid.{0,20}api.?key|api key not valid|authentication_error|permission_error|unauthori[sz]ed|not logged in|login failed|cli-login|incorrect api key/i;
const BAD_KEY =
  /api key (?:not valid|expired|disabled|revoked)|API_KEY_(?:INVALID|EXPIRED)|invalid.{0,20}api.?key|incorrect api key/i;
const SPENDING = /usage limits?\b|spend(?:ing)? limit/i;
const LIMIT_STATUS = statusWord("402|429");
const LIMIT = /rate.?limit|quota|billing|usage limit/i;
const OVERLOADED_STATUS = statusWord("529");
const OVERLOADED = /overloaded/i;
const MODEL =
  /model_not_found|\bmodels?\b.{0,120}(?:not found|not exist|not available|not supported|no longer|deprecated|decommissioned|retired)|(?:unknown|no such|invalid|not a valid) model|no (?:allowed )?(?:endpoints|providers).{0,40}found|not_found_error.{0,40}\bmodel\b/i;
const CONTEXT =
  /prompt is too long|context_length_exceeded|(?:maximum|model'?s?) context (?:length|window)|maximum prompt length|context window (?:is |has been )?exceed|exceeds? the (?:context|maximum number of (?:input )?tokens)|input (?:token count|length).{0,60}(?:exceed|too long|maximum)|input is too long|request_too_large|too many (?:input )?tokens in/i;

const failed = (message: string): AgentFailure => ({ failureCode: "agent_failed", message });

/**
 * What an error of the model's API means, the same for every agent and every provider. The answer's message is one
 * plain sentence without the provider's body around it.
 */
export function modelFailure(error: ModelError): AgentFailure {
  const { status, text } = error;
  // Some answer 400 and others 429 to an empty account, to an unknown model and to a wrong key: words before numbers.
  const isRefusal = status === null || (status >= 400 && status < 500);
  if (status === 402 || (isRefusal && CREDIT.test(text)))
    return {
      failureCode: "provider_limit",
      message: "The account with the model provider has no credit left.",
      lacksCredit: true,
    };
  if (status === 413 || (isRefusal && CONTEXT.test(text)))
    return failed("The conversation grew longer than the model takes.");
  if (status === 404 || (isRefusal && status !== 429 && MODEL.test(text)))
    return { failureCode: "model_unavailable", message: "The model provider does not offer this model to this key." };
  if (isRefusal && SPENDING.test(text)) return { failureCode: "provider_limit", message: limitSentence(error) };
  const says = (...patterns: RegExp[]): boolean => status === null && patterns.some((pattern) => pattern.test(text));
  if (status === 401 || status === 403 || says(AUTH, AUTH_STATUS) || (isRefusal && BAD_KEY.test(text)))
    return { failureCode: "provider_auth", message: "The model provider refused the key." };
  if (status === 429 || says(LIMIT, LIMIT_STATUS))
    return { failureCode: "provider_limit", message: limitSentence(error) };
  if (status === 529 || status === 503 || says(OVERLOADED, OVERLOADED_STATUS))
    return failed("The model provider is overloaded.");
  if (status !== null && status >= 500) return failed(`The model provider failed (status ${status}).`);
  // Its own words stand in the last lines.
  return failed("The agent ended with an error.");
}

const MOST_PATIENCE_MS = 120_000;

/**
 * Whether waiting is of no use: an agent that tries again would only spend time. A full conversation is not among
 * these: agents shorten it and go on.
 */
export function isUnrecoverable(error: ModelError & { now: number }): boolean {
  const { failureCode } = modelFailure(error);
  if (failureCode === "provider_auth" || failureCode === "model_unavailable") return true;
  if (failureCode !== "provider_limit") return false;
  const isWait = error.status === 429 && !CREDIT.test(error.text);
  return !isWait || (error.retryAt != null && error.retryAt - error.now > MOST_PATIENCE_MS);
}

/** Anthropic says of an account's own limit when it ends, in words only. */
const ENDS = /access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC/;

function limitSentence({ text, retryAt: told }: ModelError): string {
  const [, day, time] = ENDS.exec(text) ?? [];
  const retryAt = told ?? (day === undefined ? null : Date.parse(`${day}T${time}:00Z`) || null);
  if (retryAt === null) return "The model provider refused for rate or credit.";
  const at = new Date(retryAt).toISOString();
  return `The model provider's limit lasts until ${at.slice(0, 10)} ${at.slice(11, 16)} UTC.`;
}
