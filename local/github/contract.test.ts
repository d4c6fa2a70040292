import { Ajv } from "ajv";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { answerValidator, publishedOperations } from "./published-shapes.ts";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const repository = "/repos/octocat/hello-porter";

const ajv = new Ajv();
const untested = new Set(publishedOperations);
let hub: TestGitHub;
let app = "";
let installation = "";
let octocat = "";

function matches(operationId: string, answer: ApiAnswer): void {
  untested.delete(operationId);
  const validate = answerValidator(operationId, answer.status);
  validate(answer.body);
  expect(validate.errors ?? [], `${operationId}: ${ajv.errorsText(validate.errors)}`).toEqual([]);
}

beforeAll(async () => {
  hub = await startTestGitHub();
  app = await hub.appJwt();
  installation = await hub.installationToken("octocat");
  octocat = hub.userToken("octocat");
});
afterAll(() => hub.close());

test("the App's own answers have GitHub's form", async () => {
  const { id } = z.object({ id: z.number() }).parse(hub.github.installations[0]);
  matches("apps/get-authenticated", await hub.api("GET", "/app", { token: app }));
  matches("apps/list-installations", await hub.api("GET", "/app/installations", { token: app }));
  matches("apps/get-installation", await hub.api("GET", `/app/installations/${id}`, { token: app }));
  matches("apps/get-repo-installation", await hub.api("GET", `${repository}/installation`, { token: app }));
  const tokens = `/app/installations/${id}/access_tokens`;
  for (const body of [{}, { repositories: ["hello-porter"], permissions: { contents: "write" } }]) {
    matches("apps/create-installation-access-token", await hub.api("POST", tokens, { token: app, body }));
  }
});

test("repositories and people have GitHub's form", async () => {
  for (const token of [installation, octocat]) {
    matches("repos/get", await hub.api("GET", repository, { token }));
    for (const path of ["README.md", "src"]) {
      matches("repos/get-content", await hub.api("GET", `${repository}/contents/${path}`, { token }));
    }
    for (const login of ["octocat", "stranger"]) {
      const path = `${repository}/collaborators/${login}/permission`;
      matches("repos/get-collaborator-permission-level", await hub.api("GET", path, { token }));
    }
    const writers = await hub.api("GET", `${repository}/collaborators?permission=push`, { token });
    matches("repos/list-collaborators", writers);
    expect(
      z
        .array(z.object({ login: z.string() }))
        .parse(writers.body)
        .map(({ login }) => login),
    ).not.toContain("stranger");
    matches("rate-limit/get", await hub.api("GET", "/rate_limit", { token }));
  }
  matches("users/get-authenticated", await hub.api("GET", "/user", { token: octocat }));
  const list = await hub.api("GET", "/installation/repositories", { token: installation });
  matches("apps/list-repos-accessible-to-installation", list);
  const installations = await hub.api("GET", "/user/installations", { token: octocat });
  matches("apps/list-installations-for-authenticated-user", installations);
  const { id } = z.object({ id: z.number() }).parse(hub.github.installations[0]);
  const path = `/user/installations/${id}/repositories`;
  matches("apps/list-installation-repos-for-authenticated-user", await hub.api("GET", path, { token: octocat }));
});

test("issues, comments, labels and reactions have GitHub's form", async () => {
  const issue = `${repository}/issues/1`;
  const token = installation;
  matches("issues/get", await hub.api("GET", issue, { token }));
  matches("issues/list-for-repo", await hub.api("GET", `${repository}/issues`, { token }));
  const created = await hub.api("POST", `${issue}/comments`, { token, body: { body: "By the App" } });
  matches("issues/create-comment", created);
  const { id } = z.object({ id: z.number() }).parse(created.body);
  const comment = `${repository}/issues/comments/${id}`;
  matches("issues/update-comment", await hub.api("PATCH", comment, { token, body: { body: "Edited" } }));
  for (const [target, name] of [
    [comment, "for-issue-comment"],
    [issue, "for-issue"],
  ] as const) {
    for (const status of [201, 200]) {
      const reacted = await hub.api("POST", `${target}/reactions`, { token, body: { content: "eyes" } });
      expect(reacted.status).toBe(status);
      matches(`reactions/create-${name}`, reacted);
    }
    matches(`reactions/list-${name}`, await hub.api("GET", `${target}/reactions`, { token }));
  }
  matches("issues/get-comment", await hub.api("GET", comment, { token }));
  matches("issues/list-comments", await hub.api("GET", `${issue}/comments`, { token }));
  const label = { name: "porter:queued", color: "ededed", description: "Waits for Porter" };
  matches("issues/create-label", await hub.api("POST", `${repository}/labels`, { token, body: label }));
  const body = { labels: ["porter:queued", "porter:running"] };
  matches("issues/add-labels", await hub.api("POST", `${issue}/labels`, { token, body }));
  matches("issues/list-labels-on-issue", await hub.api("GET", `${issue}/labels`, { token }));
  matches("issues/remove-label", await hub.api("DELETE", `${issue}/labels/porter%3Aqueued`, { token }));
});

test("pull requests and comparisons have GitHub's form", async () => {
  const token = installation;
  const content = Buffer.from("Bonjour\n").toString("base64");
  const main = await hub.api("GET", `${repository}/git/ref/heads/main`, { token });
  const { object } = z.object({ object: z.object({ sha: z.string() }) }).parse(main.body);
  const reference = { ref: "refs/heads/porter/french", sha: object.sha };
  expect((await hub.api("POST", `${repository}/git/refs`, { token, body: reference })).status).toBe(201);
  const file = { message: "Add French", content, branch: "porter/french" };
  expect((await hub.api("PUT", `${repository}/contents/fr.txt`, { token, body: file })).status).toBe(201);
  const wanted = { title: "Add French", head: "porter/french", base: "main", body: "Closes #1", draft: true };
  const created = await hub.api("POST", `${repository}/pulls`, { token, body: wanted });
  matches("pulls/create", created);
  const { number } = z.object({ number: z.number() }).parse(created.body);
  const pull = `${repository}/pulls/${number}`;
  matches("pulls/get", await hub.api("GET", pull, { token }));
  const reviewers = { token, body: { reviewers: ["octocat"] } };
  matches("pulls/request-reviewers", await hub.api("POST", `${pull}/requested_reviewers`, reviewers));
  matches("pulls/list", await hub.api("GET", `${repository}/pulls?head=octocat:porter/french`, { token }));
  matches("pulls/list-files", await hub.api("GET", `${pull}/files`, { token }));
  matches("pulls/list-commits", await hub.api("GET", `${pull}/commits`, { token }));
  matches("issues/get", await hub.api("GET", `${repository}/issues/${number}`, { token }));
  const { head } = z.object({ head: z.object({ sha: z.string() }) }).parse(created.body);
  await hub.github.setChecks({
    repo: "octocat/hello-porter",
    ref: "porter/french",
    runs: [{ name: "test", status: "completed", conclusion: "success" }],
    statuses: [{ context: "ci/lint", state: "pending" }],
  });
  const commit = `${repository}/commits/${head.sha}`;
  matches("checks/list-for-ref", await hub.api("GET", `${commit}/check-runs`, { token }));
  matches("repos/get-combined-status-for-ref", await hub.api("GET", `${commit}/status`, { token }));
  const comparison = await hub.api("GET", `${repository}/compare/main...octocat:porter/french`, { token });
  matches("repos/compare-commits-with-basehead", comparison);
});

test("what changes and merges a pull request has GitHub's form", async () => {
  const token = installation;
  const commit = async (branch: string, name: string) =>
    hub.api("PUT", `${repository}/contents/${name}`, {
      token,
      body: { message: `Add ${name}`, content: Buffer.from(name).toString("base64"), branch },
    });
  const main = await hub.api("GET", `${repository}/git/ref/heads/main`, { token });
  const { object } = z.object({ object: z.object({ sha: z.string() }) }).parse(main.body);
  await hub.api("POST", `${repository}/git/refs`, { token, body: { ref: "refs/heads/porter/ends", sha: object.sha } });
  expect((await commit("porter/ends", "ends.txt")).status).toBe(201);
  expect((await commit("main", "meanwhile.txt")).status).toBe(201);
  const wanted = { title: "It ends", head: "porter/ends", base: "main" };
  const created = await hub.api("POST", `${repository}/pulls`, { token, body: wanted });
  const { number } = z.object({ number: z.number() }).parse(created.body);
  const pull = `${repository}/pulls/${number}`;
  matches("pulls/update", await hub.api("PATCH", pull, { token, body: { title: "It ends well" } }));
  const comments = [{ path: "ends.txt", line: 1, body: "Why?" }];
  const review = { token: octocat, body: { event: "REQUEST_CHANGES", body: "Not yet", comments } };
  const reviewed = await hub.api("POST", `${pull}/reviews`, review);
  matches("pulls/create-review", reviewed);
  const { id: reviewId } = z.object({ id: z.number() }).parse(reviewed.body);
  matches("pulls/list-reviews", await hub.api("GET", `${pull}/reviews`, { token }));
  const said = await hub.api("GET", `${pull}/reviews/${reviewId}/comments`, { token });
  matches("pulls/list-comments-for-review", said);
  const [comment] = z.array(z.object({ id: z.number() })).parse(said.body);
  const replied = { token, body: { body: "Because." } };
  const replies = `${pull}/comments/${comment?.id}/replies`;
  matches("pulls/create-reply-for-review-comment", await hub.api("POST", replies, replied));
  matches("pulls/list-review-comments", await hub.api("GET", `${pull}/comments`, { token }));
  const reactions = `${repository}/pulls/comments/${comment?.id}/reactions`;
  const eyes = await hub.api("POST", reactions, { token, body: { content: "eyes" } });
  matches("reactions/create-for-pull-request-review-comment", eyes);
  matches("reactions/list-for-pull-request-review-comment", await hub.api("GET", reactions, { token }));
  matches("pulls/update-branch", await hub.api("PUT", `${pull}/update-branch`, { token, body: {} }));
  // Who asks first sets GitHub thinking.
  for (const mergeable of [null, true]) {
    const shown = await hub.api("GET", pull, { token });
    matches("pulls/get", shown);
    expect(shown.body).toMatchObject({ mergeable, commits: 2 });
  }
  matches("pulls/merge", await hub.api("PUT", `${pull}/merge`, { token: octocat, body: {} }));
  const merged = await hub.api("GET", pull, { token });
  matches("pulls/get", merged);
  expect(merged.body).toMatchObject({ state: "closed", merged: true, merged_by: { login: "octocat" } });
});

test("git objects, references and rules have GitHub's form, and so have their refusals", async () => {
  const token = installation;
  const git = `${repository}/git`;
  const post = (path: string, body: unknown): Promise<ApiAnswer> => hub.api("POST", `${git}/${path}`, { token, body });
  const shaOf = ({ body }: ApiAnswer): string => z.object({ sha: z.string() }).parse(body).sha;
  const main = await hub.api("GET", `${git}/ref/heads/main`, { token });
  matches("git/get-ref", main);
  const { sha } = z.object({ object: z.object({ sha: z.string() }) }).parse(main.body).object;
  const blob = await post("blobs", { content: "x", encoding: "utf-8" });
  matches("git/create-blob", blob);
  const entry = { path: "by/api", mode: "100644", type: "blob" };
  const tree = await post("trees", { base_tree: sha, tree: [{ ...entry, sha: shaOf(blob) }] });
  matches("git/create-tree", tree);
  matches("git/get-tree", await hub.api("GET", `${git}/trees/${shaOf(tree)}`, { token }));
  const commit = await post("commits", { message: "By API", tree: shaOf(tree), parents: [sha] });
  matches("git/create-commit", commit);
  matches("git/get-commit", await hub.api("GET", `${git}/commits/${shaOf(commit)}`, { token }));
  matches("git/create-ref", await post("refs", { ref: "refs/heads/by/api", sha }));
  const moved = await hub.api("PATCH", `${git}/refs/heads/by/api`, { token, body: { sha: shaOf(commit) } });
  matches("git/update-ref", moved);
  matches("git/list-matching-refs", await hub.api("GET", `${git}/matching-refs/heads/by`, { token }));
  const refusals: [string, number, ApiAnswer][] = [
    ["git/create-tree", 403, await post("trees", { tree: [{ ...entry, path: ".github/workflows/a", content: "" }] })],
    ["git/create-tree", 422, await post("trees", { tree: [{ ...entry, path: ".git/config", content: "" }] })],
    ["git/create-commit", 422, await post("commits", { message: "m", tree: sha, parents: [] })],
    ["git/create-ref", 422, await post("refs", { ref: "refs/heads/a..b", sha })],
    ["git/update-ref", 422, await hub.api("PATCH", `${git}/refs/heads/nothing`, { token, body: { sha } })],
  ];
  for (const [operation, status, refusal] of refusals) {
    expect(refusal.status).toBe(status);
    matches(operation, refusal);
  }
  const parameters = { operator: "starts_with" as const, pattern: "porter/" };
  hub.github.setRepository("octocat/hello-porter", {
    pushProtection: true,
    rules: [{ type: "required_signatures" }, { type: "branch_name_pattern", parameters }],
  });
  matches("repos/get-branch-rules", await hub.api("GET", `${repository}/rules/branches/main`, { token }));
  matches("repos/get-repo-ruleset", await hub.api("GET", `${repository}/rulesets/1`, { token }));
  const secret = await post("blobs", { content: `AKIA${"A".repeat(16)}` });
  expect(secret.status).toBe(422);
  matches("git/create-blob", secret);
  matches("git/create-ref", await post("refs", { ref: "refs/heads/other", sha }));
  hub.github.setRepository("octocat/hello-porter", {});
});

test("hook deliveries have GitHub's form", async () => {
  await hub.github.comment({ login: "octocat", repo: "octocat/hello-porter", issue: 1, body: "Hello" });
  await hub.webhooks(1);
  await hub.github.deliveriesSettled();
  const list = await hub.api("GET", "/app/hook/deliveries", { token: app });
  matches("apps/list-webhook-deliveries", list);
  const [first] = z.array(z.object({ id: z.number() })).parse(list.body);
  const one = `/app/hook/deliveries/${first?.id}`;
  matches("apps/get-webhook-delivery", await hub.api("GET", one, { token: app }));
  matches("apps/redeliver-webhook-delivery", await hub.api("POST", `${one}/attempts`, { token: app }));
});

test("the comparison notices a missing field and a wrong type", () => {
  const validate = answerValidator("rate-limit/get", 200);
  const limit = { limit: 1, remaining: 1, reset: 1, used: 1 };
  expect(validate({ resources: { core: limit, search: limit }, rate: limit })).toBe(true);
  expect(validate({ resources: { core: limit, search: limit } })).toBe(false);
  expect(validate({ resources: { core: limit, search: limit }, rate: { ...limit, used: "1" } })).toBe(false);
});

test("every operation Porter uses was compared", () => {
  expect([...untested]).toEqual([]);
});
