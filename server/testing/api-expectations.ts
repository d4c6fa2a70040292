/**
 * Every procedure of the router with one expected HTTP status for each of nobody, another user and the owner.
 * `shared`: the row belongs to a user; without it the answer is the asker's own. A new procedure without a line here
 * fails the tests. `input` gets a failed task of the owner.
 */
export type Expectation = {
  input: (taskId: string) => Record<string, unknown>;
  nobody: number;
  other: number;
  owner: number;
};

const nothing = () => ({});
const byId = (id: string) => ({ id });
const own = { nobody: 401, other: 200, owner: 200 };
const shared = { nobody: 401, other: 404, owner: 200 };

export const API_EXPECTATIONS: Record<string, Expectation> = {
  "tasks.list": { input: nothing, ...own },
  "tasks.create": { input: () => ({ repository: "acme/widgets#7" }), nobody: 401, other: 404, owner: 201 },
  "tasks.history": { input: nothing, ...own },
  "tasks.get": { input: byId, ...shared },
  "tasks.log": { input: byId, ...shared },
  "tasks.search": { input: nothing, ...own },
  "tasks.undoRetry": { input: byId, ...shared },
  "tasks.csv": { input: nothing, ...own },
  "tasks.counts": { input: nothing, ...own },
  "tasks.stats": { input: nothing, ...own },
  "tasks.prompt": { input: byId, ...shared },
  "tasks.pull": { input: byId, ...shared },
  "tasks.attempts": { input: byId, ...shared },
  "tasks.changes": { input: byId, ...shared },
  "tasks.diff": { input: byId, ...shared },
  // Nothing is there to be published.
  "tasks.publish": { input: byId, nobody: 401, other: 404, owner: 409 },
  "live.tasks": { input: nothing, ...own },
  "live.task": { input: byId, ...shared },
  "tasks.stop": { input: byId, ...shared },
  "tasks.retry": { input: byId, ...shared },
  "session.list": { input: nothing, ...own },
  "session.end": { input: () => ({ sessionId: "unknown" }), ...own },
  "session.endOthers": { input: nothing, ...own },
  "account.diagnostics": { input: nothing, ...own },
  "account.rateLimit": { input: nothing, ...own },
  // Each of them types the owner's login.
  "account.delete": { input: () => ({ login: "octocat" }), nobody: 401, other: 400, owner: 200 },
  "account.audit": { input: nothing, ...own },
  "operator.audit": { input: nothing, nobody: 401, other: 403, owner: 403 },
  "operator.ignored": { input: nothing, nobody: 401, other: 403, owner: 403 },
  "operator.rotateKeys": { input: nothing, nobody: 401, other: 403, owner: 403 },
  "config.get": { input: nothing, ...own },
  "config.update": { input: nothing, ...own },
  "config.providerCredentials": { input: nothing, ...own },
  "config.saveProviderCredentials": { input: nothing, ...own },
  "config.saveFly": { input: nothing, ...own },
  "github.summary": { input: nothing, ...own },
  "github.profile": { input: nothing, ...own },
  "github.orgs": { input: nothing, ...own },
  "github.installations": { input: nothing, ...own },
  "github.repositories": { input: nothing, ...own },
  "github.select": { input: () => ({ repositories: ["acme/widgets"] }), ...own },
  "github.issue": { input: () => ({ owner: "acme", repo: "widgets", number: 7 }), ...shared },
  "github.searchIssues": { input: () => ({ repository: "acme/widgets" }), ...shared },
  "repositories.settings": { input: () => ({ owner: "acme", name: "widgets" }), ...shared },
  "repositories.updateSettings": {
    input: () => ({ owner: "acme", name: "widgets", publish: "after_click" }),
    ...shared,
  },
  "repositories.setUp": { input: () => ({ owner: "acme", name: "widgets" }), ...shared },
  // Its owner here may write, and is no admin.
  "repositories.saveSecret": {
    input: () => ({ owner: "acme", name: "widgets", secret: "NPM_TOKEN", value: "fake" }),
    nobody: 401,
    other: 404,
    owner: 403,
  },
  "config.providers": { input: nothing, ...own },
  "config.saveCredentials": { input: nothing, ...own },
  "config.validateFly": { input: nothing, ...own },
  "config.validateAnthropic": { input: nothing, ...own },
  "config.validateKey": { input: () => ({ provider: "openai" }), ...own },
};
