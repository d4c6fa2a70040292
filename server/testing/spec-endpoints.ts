/**
 * Every path that clients were promised, with its method and one expected status for each of nobody, the owner and
 * another user. `{id}` is a failed task of the owner; the repository acme/widgets is one where the owner
 * may write and which the other user cannot see. `body` is a request that the owner may make.
 */
export type SpecEndpoint = {
  endpoint: `${"GET" | "POST" | "PUT"} /api/${string}`;
  body?: Record<string, unknown>;
  nobody: number;
  owner: number;
  other: number;
};

/** The answer is about the asker alone. */
const own = { nobody: 401, owner: 200, other: 200 };
/** The row belongs to the owner. */
const shared = { nobody: 401, owner: 200, other: 404 };
/** No session opens it. */
const everybody = (status: number) => ({ nobody: status, owner: status, other: status });

export const SPEC_ENDPOINTS: SpecEndpoint[] = [
  // Webhooks and callbacks: without signature or the attempt's token.
  { endpoint: "POST /api/webhooks/github", body: { action: "created" }, ...everybody(401) },
  { endpoint: "POST /api/callbacks/complete", body: { task_id: "{id}", status: "complete" }, ...everybody(401) },
  // Auth / Session
  { endpoint: "GET /api/auth/github", ...everybody(302) },
  { endpoint: "GET /api/auth/github/callback?code=fake-code&state=forged", ...everybody(302) },
  { endpoint: "GET /api/auth/github/installed?installation_id=100", ...everybody(302) },
  { endpoint: "GET /api/auth/diagnostics", ...own },
  // Tasks
  { endpoint: "GET /api/tasks", ...own },
  { endpoint: "POST /api/tasks", body: { repository: "acme/widgets#7" }, nobody: 401, owner: 201, other: 404 },
  { endpoint: "GET /api/tasks/history", ...own },
  { endpoint: "GET /api/tasks/{id}/status", ...shared },
  { endpoint: "POST /api/tasks/{id}/retry", ...shared },
  { endpoint: "POST /api/tasks/{id}/stop", ...shared },
  // Config
  { endpoint: "GET /api/config", ...own },
  { endpoint: "PUT /api/config", body: { settings: { taskTimeout: 20 } }, ...own },
  { endpoint: "PUT /api/config/credentials", body: { ANTHROPIC_API_KEY: "fake-key-of-the-tests" }, ...own },
  { endpoint: "GET /api/config/provider-credentials", ...own },
  {
    endpoint: "PUT /api/config/provider-credentials",
    body: { anthropic: { ANTHROPIC_API_KEY: "fake-key-of-the-tests" } },
    ...own,
  },
  { endpoint: "PUT /api/config/fly", body: { flyToken: "fm2_fake-of-the-tests", flyAppName: "fake-app" }, ...own },
  { endpoint: "GET /api/config/providers", ...own },
  { endpoint: "POST /api/config/validate/anthropic", body: { key: "fake-key-of-the-tests" }, ...own },
  {
    endpoint: "POST /api/config/validate/fly",
    body: { flyToken: "fm2_fake-of-the-tests", flyAppName: "fake-app" },
    ...own,
  },
  // GitHub Data
  { endpoint: "GET /api/github/summary", ...own },
  { endpoint: "GET /api/github/repositories", ...own },
  { endpoint: "GET /api/github/installations", ...own },
  { endpoint: "GET /api/github/orgs", ...own },
  { endpoint: "GET /api/github/profile", ...own },
  { endpoint: "GET /api/github/issues/acme/widgets/7", ...shared },
  // Ops / Health
  { endpoint: "GET /api/startup/check", ...everybody(200) },
  { endpoint: "GET /api/rate-limit", ...own },
  // Last: it ends the session.
  { endpoint: "POST /api/auth/logout", ...everybody(200) },
];
