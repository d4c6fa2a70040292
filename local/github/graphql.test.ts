import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const name = "octocat/hello-porter";
const repository = `/repos/${name}`;
const nothing = "0".repeat(40);

let hub: TestGitHub;
let token = "";
let base = "";
let repositoryId = "";
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
  base = (await headOf("main")) ?? "";
  const { body } = await hub.api("GET", repository, { token });
  repositoryId = z.object({ node_id: z.string() }).parse(body).node_id;
});
afterAll(() => hub.close());
afterEach(() => {
  hub.github.setRepository(name, {});
  hub.github.setLag({});
});

async function headOf(branch: string): Promise<string | undefined> {
  const { status, body } = await hub.api("GET", `${repository}/git/ref/heads/${branch}`, { token });
  return status === 200 ? z.object({ object: z.object({ sha: z.string() }) }).parse(body).object.sha : undefined;
}

async function commit(content: string, parent = base): Promise<string> {
  const post = async (path: string, body: unknown): Promise<string> => {
    const answer = await hub.api("POST", `${repository}/git/${path}`, { token, body });
    return z.object({ sha: z.string() }).parse(answer.body).sha;
  };
  const entry = { path: "note.txt", mode: "100644", type: "blob", content };
  const tree = await post("trees", { base_tree: parent, tree: [entry] });
  return post("commits", { message: content, tree, parents: [parent] });
}

type Update = { name: string; afterOid: string; beforeOid?: string; force?: boolean };

function mutate(field: string, input: unknown, as = token): Promise<ApiAnswer> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { clientMutationId } }`;
  return hub.api("POST", "/graphql", { token: as, body: { query, variables: { input } } });
}

const update = (...refUpdates: Update[]): Promise<ApiAnswer> => mutate("updateRefs", { repositoryId, refUpdates });
const done = { status: 200, body: { data: { updateRefs: { clientMutationId: null } } } };
const refused = { status: 200, body: { data: { updateRefs: null }, errors: [{ path: ["updateRefs"] }] } };

describe("updateRefs", () => {
  test("makes, moves and deletes where the branch is as expected", async () => {
    const [first, second] = [await commit("first"), await commit("second")];
    const ref = "refs/heads/porter/one";
    expect(await update({ name: ref, beforeOid: nothing, afterOid: first })).toMatchObject(done);
    expect(await update({ name: ref, beforeOid: first, afterOid: second, force: true })).toMatchObject(done);
    expect(await headOf("porter/one")).toBe(second);
    expect(await update({ name: ref, beforeOid: second, afterOid: nothing })).toMatchObject(done);
    expect(await headOf("porter/one")).toBeUndefined();
  });

  test("an older place is never written over, and of several updates all or none happens", async () => {
    const [mine, theirs] = [await commit("mine"), await commit("theirs")];
    const ref = "refs/heads/porter/two";
    expect(await update({ name: ref, afterOid: theirs })).toMatchObject(done);
    const late = { name: ref, beforeOid: base, afterOid: mine, force: true };
    expect(await update({ name: "refs/heads/porter/new", afterOid: mine }, late)).toMatchObject(refused);
    expect(await update({ ...late, beforeOid: nothing })).toMatchObject(refused);
    expect([await headOf("porter/two"), await headOf("porter/new")]).toEqual([theirs, undefined]);
  });

  test("without force only a descendant is taken", async () => {
    const first = await commit("one");
    const ref = "refs/heads/porter/three";
    expect(await update({ name: ref, afterOid: first })).toMatchObject(done);
    expect(await update({ name: ref, beforeOid: first, afterOid: base })).toMatchObject(refused);
    expect(await update({ name: ref, beforeOid: first, afterOid: await commit("two", first) })).toMatchObject(done);
  });

  test.each([
    ["a name that git refuses", "refs/heads/a..b", undefined],
    ["a name beside its own folder", "refs/heads/main/x", undefined],
    ["what is no commit", "refs/heads/porter/no", "1".repeat(40)],
  ])("%s is refused", async (_what, ref, id) => {
    expect(await update({ name: ref, afterOid: id ?? base })).toMatchObject(refused);
  });

  test("the rules of the branch hold here too", async () => {
    const first = await commit("ruled");
    hub.github.setRepository(name, { rules: [{ type: "creation" }] });
    const answer = await update({ name: "refs/heads/porter/ruled", afterOid: first });
    const message = expect.stringContaining("creations being restricted");
    expect(answer.body).toMatchObject({ errors: [{ type: "UNPROCESSABLE", message }] });
    expect(await headOf("porter/ruled")).toBeUndefined();
  });

  test("who may not see gets NOT_FOUND, who may only read FORBIDDEN, an odd input no data", async () => {
    const input = { repositoryId, refUpdates: [{ name: "refs/heads/x", afterOid: base }] };
    const reader = await hub.installationToken("octocat", { permissions: { contents: "read" } });
    expect(await mutate("updateRefs", input, reader)).toMatchObject({ body: { errors: [{ type: "FORBIDDEN" }] } });
    const unseen = await mutate("updateRefs", { ...input, repositoryId: "R_nothing" });
    expect(unseen).toMatchObject({ body: { errors: [{ type: "NOT_FOUND" }] } });
    const odd = await mutate("updateRefs", { ...input, refUpdates: [{ name: "refs/heads/x" }] });
    expect(odd.body).not.toHaveProperty("data");
    expect(odd.body).toMatchObject({ errors: [{ message: expect.stringContaining("afterOid") }] });
  });
});

describe("createCommitOnBranch", () => {
  const input = (branchName: string, expectedHeadOid: string, path = "by-graphql.txt") => ({
    branch: { repositoryNameWithOwner: name, branchName },
    expectedHeadOid,
    message: { headline: "By GraphQL", body: "Body" },
    fileChanges: { additions: [{ path, contents: Buffer.from("x\n").toString("base64") }] },
  });

  test("commits on the expected head, signed", async () => {
    expect(await update({ name: "refs/heads/porter/made", afterOid: base })).toMatchObject(done);
    const answer = await mutate("createCommitOnBranch", input("porter/made", base));
    const head = await headOf("porter/made");
    expect(answer.body).toMatchObject({ data: { createCommitOnBranch: { commit: { oid: head } } } });
    const written = await hub.api("GET", `${repository}/git/commits/${head}`, { token });
    expect(written.body).toMatchObject({ message: "By GraphQL\n\nBody", verification: { verified: true } });
    const stale = await mutate("createCommitOnBranch", input("porter/made", base));
    expect(stale.body).toMatchObject({ errors: [{ type: "STALE_DATA" }] });
    expect(await headOf("porter/made")).toBe(head);
  });

  test.each([".git/config", ".github/workflows/ci.yml"])("refuses %s", async (path) => {
    const answer = await mutate("createCommitOnBranch", input("main", base, path));
    expect(answer.body).toMatchObject({ data: { createCommitOnBranch: null } });
    expect(await headOf("main")).toBe(base);
  });
});

describe("lag", () => {
  const open = (head: string): Promise<ApiAnswer> =>
    hub.api("POST", `${repository}/pulls`, { token, body: { title: head, head, base: "main" } });

  test("a new branch and a new pull request are denied as often as told, and then there", async () => {
    const control = await hub.api("POST", "/_control/lag", { body: { pulls: 2, refs: 1, heads: 1, commits: 1 } });
    expect(control.status).toBe(204);
    const sha = await commit("lags");
    const made = { ref: "refs/heads/porter/lags", sha };
    expect((await hub.api("POST", `${repository}/git/refs`, { token, body: made })).status).toBe(201);
    expect([await headOf("porter/lags"), await headOf("porter/lags")]).toEqual([undefined, sha]);
    expect(await open("porter/lags")).toMatchObject({ status: 422, body: { errors: [{ field: "head" }] } });
    const message = "No commits between main and porter/lags";
    expect(await open("porter/lags")).toMatchObject({ status: 422, body: { errors: [{ message }] } });
    const opened = await open("porter/lags");
    expect(opened.status).toBe(201);
    const { number } = z.object({ number: z.number() }).parse(opened.body);
    const reads = [];
    for (let read = 0; read < 3; read += 1) {
      reads.push((await hub.api("GET", `${repository}/pulls/${number}`, { token })).status);
    }
    expect(reads).toEqual([404, 404, 200]);
  });
});

test("an open pull request becomes a draft, a closed one does not, and REST makes none of it", async () => {
  const sha = await commit("drafted");
  await hub.api("POST", `${repository}/git/refs`, { token, body: { ref: "refs/heads/porter/drafted", sha } });
  const { body } = await hub.api("POST", `${repository}/pulls`, {
    token,
    body: { title: "T", head: "porter/drafted", base: "main" },
  });
  const { number, node_id: pullRequestId } = z.object({ number: z.number(), node_id: z.string() }).parse(body);
  const one = `${repository}/pulls/${number}`;
  await hub.api("PATCH", one, { token, body: { draft: true } });
  expect((await hub.api("GET", one, { token })).body).toMatchObject({ draft: false });
  for (let count = 0; count < 2; count += 1) {
    expect((await mutate("convertPullRequestToDraft", { pullRequestId })).body).toMatchObject({
      data: { convertPullRequestToDraft: { pullRequest: { isDraft: true } } },
    });
  }
  expect((await hub.api("GET", one, { token })).body).toMatchObject({ draft: true });
  await mutate("markPullRequestReadyForReview", { pullRequestId });
  expect((await hub.api("GET", one, { token })).body).toMatchObject({ draft: false });
  await hub.api("PATCH", one, { token, body: { state: "closed" } });
  expect((await mutate("convertPullRequestToDraft", { pullRequestId })).body).toMatchObject({
    errors: [{ type: "UNPROCESSABLE" }],
  });
});

describe("a repository's pull requests", () => {
  const ask = (fields: string, variables: unknown = { owner: "octocat", name: "hello-porter" }): Promise<ApiAnswer> => {
    const query = `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields} } }`;
    return hub.api("POST", "/graphql", { token, body: { query, variables } });
  };
  const fields =
    "pullRequestTemplates { filename body } pullRequests(states: MERGED, first: 40) { nodes { title author { __typename } } }";

  test("templates are found in any case, in three folders and in a folder of theirs", async () => {
    const paths = [
      "Pull_Request_Template.txt",
      "docs/pull_request_template.md",
      ".github/PULL_REQUEST_TEMPLATE/bug.md",
    ];
    for (const path of paths) {
      const content = Buffer.from(`of ${path}`).toString("base64");
      await hub.api("PUT", `${repository}/contents/${path}`, { token, body: { message: path, content } });
    }
    expect((await ask(fields)).body).toMatchObject({
      data: {
        repository: {
          pullRequestTemplates: expect.arrayContaining([
            { filename: "Pull_Request_Template.txt", body: `of ${paths[0]}` },
            { filename: "pull_request_template.md", body: `of ${paths[1]}` },
            { filename: "bug.md", body: `of ${paths[2]}` },
          ]),
          pullRequests: { nodes: [] },
        },
      },
    });
  });

  test("what GitHub's types do not have is refused, and what nobody may see is not there", async () => {
    const odd = await ask("pullRequestTemplates { filename path }");
    expect(odd.body).toMatchObject({ errors: [{ message: "Field 'path' doesn't exist" }] });
    const other = await ask(fields, { owner: "octocat", name: "nothing" });
    expect(other.body).toMatchObject({ data: { repository: null }, errors: [{ type: "NOT_FOUND" }] });
  });
});
