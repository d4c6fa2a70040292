import { writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const name = "octocat/hello-porter";
const repository = `/repos/${name}`;

let hub: TestGitHub;
let token = "";
let base = { sha: "", tree: "" };
beforeAll(async () => {
  hub = await startTestGitHub({ repositories: [{ owner: "octocat", name: "blank", empty: true }] });
  token = await hub.installationToken("octocat");
  const main = await hub.api("GET", `${repository}/git/ref/heads/main`, { token });
  const { object } = z.object({ object: z.object({ sha: z.string() }) }).parse(main.body);
  const commit = await hub.api("GET", `${repository}/git/commits/${object.sha}`, { token });
  base = { sha: object.sha, tree: z.object({ tree: z.object({ sha: z.string() }) }).parse(commit.body).tree.sha };
});
afterAll(() => hub.close());
afterEach(() => hub.github.setRepository(name, {}));

const post = (path: string, body: unknown, as = token): Promise<ApiAnswer> =>
  hub.api("POST", `${repository}/git/${path}`, { token: as, body });
const shaOf = ({ body }: ApiAnswer): string => z.object({ sha: z.string() }).parse(body).sha;
const file = (path: string, content: string) => ({ path, mode: "100644", type: "blob", content });

async function tree(...entries: unknown[]): Promise<string> {
  return shaOf(await post("trees", { base_tree: base.tree, tree: entries }));
}

async function commit(treeSha: string, more: Record<string, unknown> = {}, as = token): Promise<ApiAnswer> {
  return post("commits", { message: "Change\n\nBody", tree: treeSha, parents: [base.sha], ...more }, as);
}

describe("trees", () => {
  test.each([
    ".git/config",
    "a/.git/hooks/post-checkout",
    ".GIT/config",
    "git~1/config",
    "../up",
    "a//b",
    "./here",
    "/root",
    "",
  ])("a path that no clone could take is refused: %j", async (path) => {
    expect((await post("trees", { base_tree: base.tree, tree: [file(path, "x")] })).status).toBe(422);
  });

  test.each([
    file(".github/workflows/ci.yml", "on: push"),
    { path: ".github/workflows/ci.yml", mode: "100644", type: "blob", sha: null },
    { path: ".github/workflows", mode: "040000", type: "tree", sha: null },
    { path: ".github", mode: "040000", type: "tree", sha: null },
  ])("an App without the permission cannot touch workflows: $path $sha", async (entry) => {
    const refused = await post("trees", { base_tree: base.tree, tree: [entry] });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ message: "Resource not accessible by integration" });
  });

  test("a person may write workflows, and an App what lies beside them", async () => {
    const workflow = { base_tree: base.tree, tree: [file(".github/workflows/ci.yml", "on: push")] };
    expect((await post("trees", workflow, hub.userToken("octocat"))).status).toBe(201);
    const beside = { base_tree: base.tree, tree: [file(".github/dependabot.yml", "version: 2")] };
    expect((await post("trees", beside)).status).toBe(201);
  });

  test("a commit's id is taken for its tree's", async () => {
    const entry = file("new.txt", "new\n");
    const byCommit = shaOf(await post("trees", { base_tree: base.sha, tree: [entry] }));
    expect(byCommit).toBe(await tree(entry));
  });

  test("too many entries, too much text and too large a blob are refused in GitHub's words", async () => {
    const entries = Array.from({ length: 251 }, (_, index) => file(`many/${index}`, "x"));
    const many = await post("trees", { base_tree: base.tree, tree: entries });
    expect(many).toMatchObject({ status: 422, body: { message: expect.stringContaining("timed out") } });
    const long = await post("trees", { base_tree: base.tree, tree: [file("long", "x".repeat(2_600_000))] });
    expect(long.status).toBe(422);
    const blob = await post("blobs", { content: "A".repeat(41 * 1024 * 1024), encoding: "base64" });
    expect(blob).toMatchObject({ status: 422, body: { message: expect.stringContaining("too large") } });
  });

  test("deleting what is not there is refused", async () => {
    const entry = { path: "no/such/file", mode: "100644", type: "blob", sha: null };
    expect((await post("trees", { base_tree: base.tree, tree: [entry] })).status).toBe(422);
  });
});

test("nothing can be written into a repository without a commit", async () => {
  const write = (path: string, body: unknown): Promise<ApiAnswer> =>
    hub.api("POST", `/repos/octocat/blank/git/${path}`, { token, body });
  const answers = await Promise.all([
    write("blobs", { content: "x" }),
    write("trees", { tree: [file("a", "x")] }),
    write("commits", { message: "m", tree: base.tree, parents: [] }),
    write("refs", { ref: "refs/heads/a", sha: base.sha }),
    hub.api("GET", "/repos/octocat/blank/git/ref/heads/main", { token }),
  ]);
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 409, body: { message: "Git Repository is empty." } });
});

describe("signatures", () => {
  const verification = ({ body }: ApiAnswer): unknown =>
    z.object({ verification: z.unknown() }).parse(body).verification;
  const person = { name: "Somebody", email: "somebody@example.com" };

  test("GitHub signs what an App writes under no other name, wherever the commit is shown", async () => {
    const written = await commit(await tree(file("signed.txt", "x\n")));
    expect(written.body).toMatchObject({
      author: { name: "porter-local[bot]" },
      committer: { name: "GitHub", email: "noreply@github.com" },
      verification: { verified: true, reason: "valid" },
    });
    const again = await hub.api("GET", `${repository}/git/commits/${shaOf(written)}`, { token });
    expect(verification(again)).toEqual(verification(written));
    const asCommit = await hub.api("GET", `${repository}/commits/${shaOf(written)}`, { token });
    expect(asCommit.body).toMatchObject({ commit: { verification: { verified: true } } });
  });

  test.each(["author", "committer"])("a given %s leaves it unsigned", async (role) => {
    const written = await commit(await tree(file("named.txt", role)), { [role]: person });
    expect(verification(written)).toMatchObject({ verified: false, reason: "unsigned" });
  });

  test("a person's commit, and one where GitHub does not sign, are unsigned", async () => {
    const treeSha = await tree(file("person.txt", "x\n"));
    const theirs = await commit(treeSha, {}, hub.userToken("octocat"));
    expect(verification(theirs)).toMatchObject({ verified: false });
    hub.github.setRepository(name, { signsCommits: false });
    expect(verification(await commit(treeSha, { message: "Unsigned" }))).toMatchObject({ verified: false });
  });
});

test("a file that an App writes by the contents API is signed too", async () => {
  const body = { message: "By contents", content: "eAo=", branch: "contents" };
  await post("refs", { ref: "refs/heads/contents", sha: base.sha });
  const written = await hub.api("PUT", `${repository}/contents/by-contents.txt`, { token, body });
  expect(written).toMatchObject({ status: 201, body: { commit: { verification: { verified: true } } } });
});

test("the first push fills a repository without a commit, and then it can be written", async () => {
  const folder = `${hub.directory}/blank`;
  await hub.git(["clone", "--quiet", hub.cloneUrl("octocat/blank", token), folder]);
  await hub.git(["commit", "--quiet", "--allow-empty", "-m", "First"], folder);
  await hub.git(["push", "--quiet", "origin", "HEAD:main"], folder);
  const blob = await hub.api("POST", "/repos/octocat/blank/git/blobs", { token, body: { content: "x" } });
  expect(blob.status).toBe(201);
});

describe("references", () => {
  const ref = (wanted: string, sha = base.sha): Promise<ApiAnswer> =>
    post("refs", { ref: `refs/heads/${wanted}`, sha });

  test.each([
    "a..b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[",
    "a\\b",
    "a.lock",
    ".a",
    "a/.b",
    "a//b",
    "a/",
    "a.",
    "@{",
  ])("a name that git refuses is refused: %j", async (wanted) => {
    const refused = await ref(wanted);
    expect(refused).toMatchObject({ status: 422, body: { message: `refs/heads/${wanted} is not a valid ref name.` } });
  });

  test("a name beside one of its own folders is refused, from both sides", async () => {
    expect((await ref("beside/one")).status).toBe(201);
    expect(await ref("beside/one/two")).toMatchObject({ status: 422, body: { message: "Reference update failed" } });
    expect(await ref("beside")).toMatchObject({ status: 422, body: { message: "Reference update failed" } });
    expect(await ref("beside/one")).toMatchObject({ status: 422, body: { message: "Reference already exists" } });
    expect((await ref("beside/other")).status).toBe(201);
  });

  test("what is not there, or no descendant, is refused in GitHub's words", async () => {
    expect(await ref("nothing", "1".repeat(40))).toMatchObject({
      status: 422,
      body: { message: "Object does not exist" },
    });
    const path = `${repository}/git/refs/heads/moves`;
    const missing = await hub.api("PATCH", path, { token, body: { sha: base.sha } });
    expect(missing).toMatchObject({ status: 422, body: { message: "Reference does not exist" } });
    const ahead = shaOf(await commit(await tree(file("ahead.txt", "x\n"))));
    expect((await ref("moves", ahead)).status).toBe(201);
    const back = await hub.api("PATCH", path, { token, body: { sha: base.sha } });
    expect(back).toMatchObject({ status: 422, body: { message: "Update is not a fast forward" } });
    expect((await hub.api("PATCH", path, { token, body: { sha: base.sha, force: true } })).status).toBe(200);
    expect((await hub.api("DELETE", path, { token })).status).toBe(204);
    expect((await hub.api("DELETE", path, { token })).status).toBe(422);
  });

  test("hundreds of files written so are in the next clone", async () => {
    const entries = Array.from({ length: 240 }, (_, index) => file(`many/${index % 7}/${index}.txt`, `${index}\n`));
    const written = shaOf(await commit(await tree(...entries)));
    expect((await ref("many", written)).status).toBe(201);
    const folder = `${hub.directory}/many`;
    await hub.git(["clone", "--quiet", "--branch", "many", hub.cloneUrl(name, token), folder]);
    expect(await hub.git(["rev-parse", "HEAD"], folder)).toBe(written);
    expect((await hub.git(["ls-files", "many"], folder)).split("\n")).toHaveLength(240);
    await hub.git(["fsck", "--strict"], folder);
  });
});

test("a pushed file over 100 MB is refused with its name and size", async () => {
  const folder = `${hub.directory}/large`;
  await hub.git(["clone", "--quiet", hub.cloneUrl(name, token), folder]);
  await writeFile(`${folder}/big name.bin`, Buffer.alloc(101 * 1024 * 1024));
  await hub.git(["add", "."], folder);
  await hub.git(["commit", "--quiet", "-m", "Large"], folder);
  await expect(hub.git(["push", "origin", "HEAD:refs/heads/large"], folder)).rejects.toThrow(
    /File big name\.bin is 101\.00 MB; this exceeds GitHub's file size limit of 100\.00 MB[^]*GH001/,
  );
});
