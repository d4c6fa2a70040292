import type { RefusalName, ScriptedRefusal } from "./agent-script.ts";

const refused = (status: number, error: { type: string; message: string }): ScriptedRefusal => ({
  status,
  body: { type: "error", error, request_id: "req_011CSHoEeqs5C35K2UUqR7Fy" },
});

/** What Anthropic's API answers. */
export const ANTHROPIC_REFUSALS: Record<RefusalName, ScriptedRefusal> = {
  "key-refused": refused(401, { type: "authentication_error", message: "invalid x-api-key" }),
  "rate-limited": {
    ...refused(429, {
      type: "rate_limit_error",
      message: "This request would exceed your organization's rate limit.",
    }),
    headers: { "retry-after": "3600" },
  },
  overloaded: refused(529, { type: "overloaded_error", message: "Overloaded" }),
  "context-too-long": refused(400, {
    type: "invalid_request_error",
    message: "prompt is too long: 212846 tokens > 200000 maximum",
  }),
  "credit-too-low": refused(400, {
    type: "invalid_request_error",
    message:
      "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
  }),
  "model-unavailable": refused(404, { type: "not_found_error", message: "model: claude-sonnet-4-5" }),
};
