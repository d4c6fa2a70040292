import { appendFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { RepositorySettingsInput } from "./repository-rules.ts";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const name = "octocat/hello-porter";
const repository = `/repos/${name}`;
/** No key of anybody. */
const secret = `AKIA${"A".repeat(16)}`;

let hub: TestGitHub;
let token = "";
let base = { sha: "", tree: "" };
let folder = "";
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
  folder = `${hub.directory}/work`;
  await hub.git(["clone", "--quiet", hub.cloneUrl(name, token), folder]);
  base = {
    sha: await hub.git(["rev-parse", "HEAD"], folder),
    tree: await hub.git(["rev-parse", "HEAD^{tree}"], folder),
  };
});
afterAll(() => hub.close());
afterEach(() => hub.github.setRepository(name, {}));

const post = (path: string, body: unknown): Promise<ApiAnswer> =>
  hub.api("POST", `${repository}/git/${path}`, { token, body });
const shaOf = ({ body }: ApiAnswer): string => z.object({ sha: z.string() }).parse(body).sha;

let written = 0;
/** A commit by REST on the base, not yet on a branch. */
async function commitByApi(message: string, more: Record<string, unknown> = {}): Promise<string> {
  written += 1;
  const entry = { path: `notes/${written}.txt`, mode: "100644", type: "blob", content: `${written}\n` };
  const tree = shaOf(await post("trees", { base_tree: base.tree, tree: [entry] }));
  return shaOf(await post("commits", { message, tree, parents: [base.sha], ...more }));
}

async function push(branch: string, message: string, text: string): Promise<{ sha: string; refusal: string }> {
  await hub.git(["checkout", "--quiet", "--detach", base.sha], folder);
  await appendFile(`${folder}/README.md`, `${text}\n`);
  await hub.git(["commit", "--quiet", "-am", message], folder);
  const sha = await hub.git(["rev-parse", "HEAD"], folder);
  const refusal = await hub.git(["push", "origin", `HEAD:refs/heads/${branch}`], folder).then(
    () => "",
    (error: unknown) => String(error),
  );
  return { sha, refusal };
}

const pattern = (operator: "starts_with" | "ends_with" | "contains" | "regex", text: string, negate = false) => ({
  operator,
  pattern: text,
  negate,
});

type Refused = { rule: RepositorySettingsInput["rules"]; says: string; branch?: string; message?: string };
const refused: Refused[] = [
  { rule: [{ type: "creation" }], says: "creations being restricted" },
  { rule: [{ type: "pull_request" }], says: "Changes must be made through a pull request." },
  {
    rule: [{ type: "branch_name_pattern", parameters: pattern("starts_with", "feature/") }],
    says: "Branch name must start",
  },
  { rule: [{ type: "branch_name_pattern", parameters: pattern("regex", "^[a-z]+$") }], says: "Branch name must match" },
  {
    rule: [{ type: "branch_name_pattern", parameters: pattern("contains", "porter", true) }],
    says: "Branch name must not contain",
  },
  {
    rule: [{ type: "commit_message_pattern", parameters: pattern("regex", "^[A-Z]+-\\d+") }],
    says: "Commit message must match",
  },
  {
    rule: [{ type: "commit_message_pattern", parameters: pattern("contains", "Signed-off-by:") }],
    says: "Commit message must contain",
  },
  {
    rule: [{ type: "commit_author_email_pattern", parameters: pattern("ends_with", "@corp.example") }],
    says: "Commit author email must end",
  },
  {
    rule: [{ type: "committer_email_pattern", parameters: pattern("ends_with", "@corp.example") }],
    says: "Committer email must end",
  },
];

test.each(refused)(
  "$says: an update against the rule is refused by REST and by git, and is shown before",
  async ({ rule, says }) => {
    hub.github.setRepository(name, { rules: rule });
    const branch = `porter/refused-${written}`;
    const shown = await hub.api("GET", `${repository}/rules/branches/${branch}`, { token });
    expect(shown.body).toMatchObject([{ type: rule?.[0]?.type, ruleset_source: name }]);
    const answer = await post("refs", { ref: `refs/heads/${branch}`, sha: await commitByApi("Change") });
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining(says) } });
    const { refusal } = await push(branch, "Change", "text");
    expect(refusal).toContain(`GH013: Repository rule violations found for refs/heads/${branch}.`);
    expect(refusal).toContain(says);
    expect(await hub.git(["ls-remote", "origin", branch], folder)).toBe("");
  },
);

test("what keeps to the rules is taken", async () => {
  hub.github.setRepository(name, {
    rules: [
      { type: "branch_name_pattern", parameters: pattern("starts_with", "porter/") },
      { type: "commit_message_pattern", parameters: pattern("regex", "^[A-Z]+-\\d+") },
      { type: "update", branches: "release/**" },
      { type: "non_fast_forward", branches: "~DEFAULT_BRANCH" },
    ],
  });
  const sha = await commitByApi("ABC-1 Change");
  expect((await post("refs", { ref: "refs/heads/porter/kept", sha })).status).toBe(201);
  expect((await push("porter/pushed", "ABC-2 Change", "text")).refusal).toBe("");
  const ruled = await hub.api("GET", `${repository}/rules/branches/release/1`, { token });
  expect(
    z
      .array(z.object({ type: z.string() }))
      .parse(ruled.body)
      .map(({ type }) => type),
  ).toContain("update");
});

test("signed commits: GitHub's own pass, others are refused with their ids", async () => {
  hub.github.setRepository(name, { rules: [{ type: "required_signatures" }] });
  const signed = await commitByApi("Signed");
  expect((await post("refs", { ref: "refs/heads/signed", sha: signed })).status).toBe(201);
  const author = { name: "Agent", email: "agent@example.com" };
  const answer = await post("refs", { ref: "refs/heads/unsigned", sha: await commitByApi("Unsigned", { author }) });
  expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining("verified signatures") } });
  const { sha, refusal } = await push("unsigned", "Unsigned", "text");
  expect(refusal).toContain("Commits must have verified signatures.");
  expect(refusal).toContain(sha);
});

test("a moved or deleted reference is judged too", async () => {
  const first = await commitByApi("First");
  expect((await post("refs", { ref: "refs/heads/held", sha: first })).status).toBe(201);
  const path = `${repository}/git/refs/heads/held`;
  const force = { sha: await commitByApi("Other"), force: true };
  hub.github.setRepository(name, { rules: [{ type: "non_fast_forward" }, { type: "deletion" }] });
  expect((await hub.api("PATCH", path, { token, body: force })).status).toBe(422);
  expect((await hub.api("DELETE", path, { token })).status).toBe(422);
  hub.github.setRepository(name, { rules: [{ type: "update" }] });
  expect((await hub.api("PATCH", path, { token, body: force })).status).toBe(422);
});

test("push protection names the secret, where it is, and where a person may let it pass", async () => {
  hub.github.setRepository(name, { pushProtection: true });
  const { sha, refusal } = await push("leaky", "Leak", `one\nkey = ${secret}`);
  expect(refusal).toContain("GITHUB PUSH PROTECTION");
  expect(refusal).toContain("Amazon AWS Access Key ID");
  expect(refusal).toContain(`commit: ${sha}`);
  expect(refusal).toMatch(/path: README\.md:\d+/);
  const [, placeholder = ""] = /\/security\/secret-scanning\/unblock-secret\/(\w+)/.exec(refusal) ?? [];
  const named = { metadata: { secret_scanning: { bypass_placeholders: [{ placeholder_id: placeholder }] } } };
  const blob = await post("blobs", { content: Buffer.from(secret).toString("base64"), encoding: "base64" });
  expect(blob).toMatchObject({ status: 422, body: named });
  const entry = { path: "key", mode: "100644", type: "blob", content: secret };
  expect(await post("trees", { base_tree: base.tree, tree: [entry] })).toMatchObject({ status: 422, body: named });
  const content = { message: "Key", content: Buffer.from(secret).toString("base64"), branch: "main" };
  const put = await hub.api("PUT", `${repository}/contents/key`, { token, body: content });
  expect(put).toMatchObject({ status: 409, body: named });
  hub.github.setRepository(name, { pushProtection: true, allowedSecrets: [placeholder] });
  expect((await push("leaky", "Leak", secret)).refusal).toBe("");
  expect((await post("blobs", { content: secret })).status).toBe(201);
});

test("rules are set by the control API", async () => {
  const order = { repo: name, rules: [{ type: "required_signatures", branches: "main" }] };
  expect((await hub.api("POST", "/_control/repository", { body: order })).status).toBe(204);
  const shown = await hub.api("GET", `${repository}/rules/branches/main`, { token });
  expect(shown.body).toMatchObject([{ type: "required_signatures" }]);
  expect((await hub.api("GET", `${repository}/rules/branches/other`, { token })).body).toEqual([]);
  const odd = await hub.api("POST", "/_control/repository", { body: { repo: name, rules: [{ type: "nonsense" }] } });
  expect(odd.status).toBe(400);
});
