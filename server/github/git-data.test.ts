import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { GitHubGitData, GitHubRepository } from "@/server/github/port";
import { type StartedGitHub, startLocalGitHub } from "@/server/testing/local-github";
import { githubFailureOf } from "@/server/testing/scripted-github";

let hub: StartedGitHub;
let git: GitHubGitData;
let repository: GitHubRepository;
let base = { commit: "", tree: "" };

beforeAll(async () => {
  hub = await startLocalGitHub();
  ({ git, repository } = hub);
  const commit = (await repository.branchSha("main")) ?? "";
  base = { commit, tree: (await repository.treeOf(commit)) ?? "" };
});
afterAll(() => hub.close());
afterEach(() => hub.setRepository({}));

let counter = 0;
const aBranch = (): string => `porter/test-${(counter += 1)}`;
const NOBODY = "1".repeat(40);

async function aCommit(content: string, parent = base): Promise<{ commit: string; tree: string }> {
  const tree = await git.createTree(parent.tree, [{ path: "notes.txt", mode: "100644", type: "blob", content }]);
  return { tree, commit: (await git.createCommit({ message: "Note", tree, parents: [parent.commit] })).sha };
}

test("makes a branch once", async () => {
  const [branch, { commit }] = [aBranch(), await aCommit("one")];
  expect(await git.createBranch(branch, commit)).toBe("made");
  expect(await git.createBranch(branch, base.commit)).toBe("exists");
  expect(await repository.branchSha(branch)).toBe(commit);
});

test("moves a branch only from where it is known to be", async () => {
  const branch = aBranch();
  const one = await aCommit("one");
  const [two, other] = [await aCommit("two", one), await aCommit("other")];
  await git.createBranch(branch, one.commit);
  const move = (from: string, to: string, replaces: boolean) => git.moveBranch(branch, { from, to, replaces });
  expect(await move(two.commit, other.commit, true), "somebody is elsewhere").toBe("elsewhere");
  expect(await move(one.commit, other.commit, false), "it does not descend").toBe("elsewhere");
  expect(await repository.branchSha(branch)).toBe(one.commit);
  expect(await move(one.commit, two.commit, false)).toBe("moved");
  expect(await move(two.commit, other.commit, true)).toBe("moved");
  expect(await repository.branchSha(branch)).toBe(other.commit);
});

test("never brings back what people took from the branch", async () => {
  const branch = aBranch();
  const one = await aCommit("one");
  const two = await aCommit("two", one);
  const ours = await aCommit("three", two);
  await git.createBranch(branch, two.commit);
  await git.moveBranch(branch, { from: two.commit, to: one.commit, replaces: true });
  expect(await git.moveBranch(branch, { from: two.commit, to: ours.commit, replaces: false })).toBe("elsewhere");
  expect(await repository.branchSha(branch)).toBe(one.commit);
});

test("tells the rules that a branch breaks, by REST and by GraphQL", async () => {
  const branch = aBranch();
  const [one, two] = [await aCommit("one"), await aCommit("two")];
  const pattern = { operator: "starts_with", pattern: "JIRA-", negate: false } as const;
  await git.createBranch(branch, one.commit);
  await hub.setRepository({
    rules: [{ type: "commit_message_pattern", parameters: pattern }, { type: "non_fast_forward" }],
  });
  const name = ["Commit message must start with a matching pattern: JIRA-"];
  expect(await githubFailureOf(git.createBranch(aBranch(), (await aCommit("new")).commit))).toMatchObject({
    refusedBy: { rules: name, secrets: [] },
  });
  expect(
    await githubFailureOf(git.moveBranch(branch, { from: one.commit, to: two.commit, replaces: true })),
  ).toMatchObject({ refusedBy: { rules: [...name, "Cannot force-push to this branch"] } });
});

test("tells what push protection found, and under which id a person lets it pass", async () => {
  await hub.setRepository({ pushProtection: true });
  const secret = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
  const failure = await githubFailureOf(git.createBlob(new TextEncoder().encode(secret)));
  expect(failure).toMatchObject({ kind: "invalid", refusedBy: { secrets: [{ placeholder: expect.any(String) }] } });
});

test("names the permission that is missing", async () => {
  const failure = await githubFailureOf(
    git.createTree(base.tree, [{ path: ".github/workflows/x.yml", mode: "100644", type: "blob", content: "on: push" }]),
  );
  expect(failure).toMatchObject({ kind: "lost", reason: "permission" });
});

test("writes a signed commit on a branch that is where it should be", async () => {
  const branch = aBranch();
  await git.createBranch(branch, base.commit);
  const content = new TextEncoder().encode("signed\n");
  const commit = { message: "Signed\n\nBody\n", additions: [{ path: "signed.txt", content }], deletions: [] };
  expect(await git.createCommitOnBranch(branch, { ...commit, on: NOBODY })).toBeNull();
  const head = await git.createCommitOnBranch(branch, { ...commit, on: base.commit });
  const read = await git.readCommit(head ?? "");
  expect(read).toMatchObject({ parents: [base.commit], verified: true });
  expect((await repository.treeFiles(read?.tree ?? ""))?.has("signed.txt")).toBe(true);
  expect(await git.readCommit(NOBODY)).toBeNull();
});

test("brings over a file as it is, whatever its bytes", async () => {
  const content = randomBytes(100_001);
  const sha = await git.createBlob(content);
  const tree = await git.createTree(base.tree, [{ path: "bytes", mode: "100755", type: "blob", sha }]);
  expect((await repository.treeFiles(tree))?.get("bytes")).toEqual({ mode: "100755", sha });
});

test("asks how pull requests look here, and for a review", async () => {
  const [branch, { commit }] = [aBranch(), await aCommit("review")];
  await git.createBranch(branch, commit);
  const pull = { head: branch, base: "main", title: "Note", body: "", draft: false };
  const { number } = await repository.createPullRequest(pull);
  expect(await repository.requestReview(number, "octocat")).toBe(true);
  expect(await repository.requestReview(number, "nobody-at-all")).toBe(false);
  expect(await repository.pullManners()).toEqual({ titles: [], template: null });
});

test("knows whether a branch's history has a commit", async () => {
  const branch = aBranch();
  const [one, other] = [await aCommit("one"), await aCommit("other")];
  const two = await aCommit("two", one);
  await git.createBranch(branch, two.commit);
  const has = (commit: string): Promise<boolean> => repository.isInHistory(commit, branch);
  expect([await has(base.commit), await has(one.commit), await has(two.commit)]).toEqual([true, true, true]);
  expect([await has(other.commit), await has(NOBODY)]).toEqual([false, false]);
  expect(await repository.isInHistory(two.commit, "main")).toBe(false);
});

test("reads a file by its id, up to a size", async () => {
  const content = randomBytes(5000);
  const sha = await git.createBlob(content);
  expect(Buffer.from((await repository.fileContent(sha, 5000)) ?? [])).toEqual(content);
  expect(await repository.fileContent(sha, 4999)).toBeNull();
  expect(await repository.fileContent(NOBODY, 5000)).toBeNull();
});

test("asks which rules a branch of a name would be held to, and whether the App may pass by them", async () => {
  const parameters = { name: "Team", operator: "starts_with" as const, pattern: "feature/" };
  const checks = { required_status_checks: [{ context: "ci" }], do_not_enforce_on_create: true };
  await hub.setRepository({
    rules: [
      { type: "branch_name_pattern", branches: "porter/**", parameters },
      { type: "creation" },
      { type: "required_status_checks", branches: "porter/**", parameters: checks },
    ],
  });
  const rule = { rulesetId: 1, pattern: null, checks: [], sparesNew: false };
  expect(await repository.branchRules("porter/task_x")).toEqual([
    { ...rule, type: "branch_name_pattern", pattern: { ...parameters, negate: false } },
    { ...rule, type: "creation" },
    { ...rule, type: "required_status_checks", checks: ["ci"], sparesNew: true },
  ]);
  expect(await repository.branchRules("feature/x")).toHaveLength(1);
  expect(await repository.mayBypass(1)).toBe(false);
  await hub.setRepository({ mayBypass: true });
  expect(await repository.mayBypass(1)).toBe(true);
});
