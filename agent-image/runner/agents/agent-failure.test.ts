import { describe, expect, it } from "vitest";
import { isUnrecoverable, modelFailure } from "./agent-failure.ts";

const NO_CREDIT = "The account with the model provider has no credit left.";
const TOO_LONG = "The conversation grew longer than the model takes.";

/** Status (null: an agent's own words), what was said, and what it means. */
const ERRORS: [status: number | null, text: string, code: string, message?: string][] = [
  [401, "authentication_error invalid x-api-key", "provider_auth"],
  [403, "permission_error Your API key does not have permission", "provider_auth"],
  [400, "INVALID_ARGUMENT API key not valid. Please pass a valid API key.", "provider_auth"],
  [429, "rate_limit_error This request would exceed your rate limit.", "provider_limit"],
  [429, "RESOURCE_EXHAUSTED You exceeded your current quota. Please retry in 38s.", "provider_limit"],
  [
    400,
    "invalid_request_error Your credit balance is too low to access the Anthropic API.",
    "provider_limit",
    NO_CREDIT,
  ],
  [429, "insufficient_quota You exceeded your current quota, check your plan", "provider_limit", NO_CREDIT],
  [402, "Insufficient Balance", "provider_limit", NO_CREDIT],
  [402, "This request requires more credits, or fewer max_tokens.", "provider_limit", NO_CREDIT],
  [403, "Your team has used all available credits", "provider_limit", NO_CREDIT],
  [
    400,
    "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
    "provider_limit",
    "The model provider's limit lasts until 2026-12-01 00:00 UTC.",
  ],
  [529, "overloaded_error Overloaded", "agent_failed", "The model provider is overloaded."],
  [503, "The model is overloaded. Please try again later.", "agent_failed", "The model provider is overloaded."],
  [500, "there were 401 of 429 files", "agent_failed", "The model provider failed (status 500)."],
  [404, "not_found_error model: claude-sonnet-4-5", "model_unavailable"],
  [404, "model_not_found The model `gpt-9` does not exist or you do not have access to it.", "model_unavailable"],
  [400, "model_decommissioned The model `x` has been decommissioned", "model_unavailable"],
  [400, "models/gemini-0 is not found for API version v1beta", "model_unavailable"],
  [404, "No endpoints found for somebody/model.", "model_unavailable"],
  [400, "acme/none is not a valid model ID", "model_unavailable"],
  [400, "prompt is too long: 212846 tokens > 200000 maximum", "agent_failed", TOO_LONG],
  [400, "context_length_exceeded Your input exceeds the context window of this model.", "agent_failed", TOO_LONG],
  [400, "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000", "agent_failed", TOO_LONG],
  [400, "The input token count (1048580) exceeds the maximum number of tokens allowed", "agent_failed", TOO_LONG],
  [413, "request_too_large Request exceeds the maximum size", "agent_failed", TOO_LONG],
  [403, "Your newly created team doesn't have any credits yet.", "provider_limit", NO_CREDIT],
  [400, "This request would exceed your organization's monthly spend limit", "provider_limit"],
  [400, "API key expired. Please renew the API key.", "provider_auth"],
  [400, "Input is too long for requested model.", "agent_failed", TOO_LONG],
  [null, "There are 401 tests and 2 failed", "agent_failed"],
  [null, "429 files changed", "agent_failed"],
  [null, "Ran 529 checks", "agent_failed"],
  [null, "Request failed with status code 401", "provider_auth"],
  [null, "API Error: 403 Forbidden", "provider_auth"],
  [null, "API Error: 529 Overloaded", "agent_failed", "The model provider is overloaded."],
  [null, "Not logged in · Please run /login", "provider_auth"],
  [null, "Error: Invalid API key", "provider_auth"],
  [null, "429 Too Many Requests", "provider_limit"],
  [null, "ProviderModelNotFoundError: Model not found: anthropic/x", "model_unavailable"],
  [null, "TypeError: x is not a function", "agent_failed"],
  [400, "max_tokens: 128000 > 64000, the maximum for claude-x", "agent_failed"],
];

describe("what an error of the model's API means", () => {
  it.each(ERRORS)("%s %j is %s", (status, text, failureCode, message) => {
    const failure = modelFailure({ status, text });
    expect(failure.failureCode).toBe(failureCode);
    if (message !== undefined) expect(failure.message).toBe(message);
    expect(failure.message).toMatch(/^[^\n]{5,340}\.$/);
  });

  it("says from when on a limit is over", () => {
    const retryAt = Date.UTC(2026, 10, 30, 6, 7);
    expect(modelFailure({ status: 429, text: "slow down", retryAt }).message).toBe(
      "The model provider's limit lasts until 2026-11-30 06:07 UTC.",
    );
  });

  it("is hopeless where waiting is of no use, so that no agent spends its time on trying again", () => {
    const now = 1_000_000;
    const inMs = (ms: number) => ({ status: 429, text: "rate_limit_error", retryAt: now + ms, now });
    expect([inMs(3_600_000), inMs(30_000)].map(isUnrecoverable)).toEqual([true, false]);
    expect(isUnrecoverable({ status: 429, text: "rate_limit_error", now })).toBe(false);
    const hopeless = ERRORS.flatMap(([status, text]) =>
      status !== null && isUnrecoverable({ status, text, now }) ? [text] : [],
    );
    expect(hopeless).toEqual(
      ERRORS.flatMap(([status, text, code, message]) =>
        status !== null &&
        (code === "provider_auth" ||
          code === "model_unavailable" ||
          message === NO_CREDIT ||
          /regain|spend limit/.test(text))
          ? [text]
          : [],
      ),
    );
  });
});
