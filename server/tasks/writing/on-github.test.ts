import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import counts from "@/bench/writing.json";
import type { Manifest } from "@/lib/change-set";
import { nothingMade } from "@/lib/write-progress";
import { isInline } from "@/server/change-sets/inline-text";
import { planWriting, type WritingPlan } from "@/server/change-sets/plan-writing";
import { GitTrees } from "@/server/testing/git-trees";
import { type StartedGitHub, startLocalGitHub } from "@/server/testing/local-github";
import { type Files, smallSet } from "@/server/testing/small-set";
import { showBranch } from "./show-branch";
import { writeCommits } from "./write-commits";

const sent = { calls: 0, bytes: 0 };
const counting: typeof fetch = (input, init) => {
  if (init?.method !== "GET") {
    sent.calls += 1;
    const body = init?.body;
    sent.bytes += typeof body === "string" || body instanceof Uint8Array ? body.length : 0;
  }
  return fetch(input, init);
};

let hub: StartedGitHub;
beforeAll(async () => {
  hub = await startLocalGitHub({ fetch: counting });
});
afterAll(() => hub.close());
afterEach(() => hub.setRepository({}));

const text = (at: number): string => `export const value${at} = ${at};\n`.repeat(100);
const many = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`src/${at % 17}/deep/${at % 3}/file-${at}.ts`, text(at)]),
  );

const BASE: Files = {
  "text.txt": "x\n",
  "gone.txt": "x\n",
  "only/deep/a": "x\n",
  "only/b": "x\n",
  "file-to-folder": "x\n",
  "folder-to-file/a/b": "x\n",
  "file-to-link": "x\n",
  "run.sh": "#!/bin/sh\n",
  "image.bin": Buffer.from([0, 255, 1]),
  "old-name": "moved\n",
  link: { mode: "120000", content: "run.sh" },
};
const CASES: Record<keyof typeof counts, Files[]> = {
  "one file": [{ "bonjour.txt": "Bonjour\n" }],
  "every kind of entry": [
    {
      "text.txt": "x\ny\n",
      "run.sh": { mode: "100755", content: "#!/bin/sh\n" },
      "image.bin": Buffer.from([0, 255, 9]),
      "gone.txt": null,
      "old-name": null,
      "new-name": "moved\n",
      link: { mode: "120000", content: "a/new" },
      "a/new/folder/file": "new\n",
      "größe-日本.txt": "ümläut\n",
      empty: "",
      "crlf.txt": "a\r\nb\r\n",
      "no-newline": "x",
      "latin1.txt": Buffer.from("gr\xfc\xdfe\n", "latin1"),
      "bom.txt": "\ufeffbom\n",
      "nul.txt": "a\0b\n",
    },
    {
      "only/deep/a": null,
      "only/b": null,
      "file-to-folder": null,
      "file-to-folder/inner": "in\n",
      "folder-to-file/a/b": null,
      "folder-to-file": "now a file\n",
      "file-to-link": { mode: "120000", content: "nowhere" },
    },
  ],
  "250 files": [many(250)],
  "600 files": [many(600)],
  "12 commits": Array.from({ length: 12 }, (_, at) => ({ [`notes/${at % 4}/note-${at}.txt`]: text(at) })),
};

/** Writes the files of the base to a branch of their own, as a person's push would bring them. */
async function aBase(): Promise<{
  commit: string;
  files: ReadonlyMap<string, { mode: string; sha: string }>;
  tree: string;
}> {
  const main = (await hub.repository.branchSha("main")) ?? "";
  const set = smallSet(BASE, []);
  const below = (await hub.repository.treeOf(main)) ?? "";
  for (const content of set.before.values()) await hub.git.createBlob(content);
  const entries = [...set.base].map(([path, entry]) => ({ path, type: "blob" as const, ...entry }));
  const tree = await hub.git.createTree(below, entries);
  const { sha: commit } = await hub.git.createCommit({ message: "Base", tree, parents: [main] });
  return { commit, tree, files: (await hub.repository.treeFiles(tree)) ?? new Map() };
}

async function prepare(steps: readonly Files[]) {
  const base = await aBase();
  const set = smallSet(BASE, steps);
  const files = new Map((await hub.repository.treeFiles(base.tree)) ?? []);
  const state = new Map(files);
  const commits = set.manifest.commits.map((commit, at) => {
    for (const { path, entry } of commit.paths) {
      if (entry === null) state.delete(path);
      else state.set(path, entry);
    }
    const parents = at === 0 ? [base.commit] : commit.parents;
    return { ...commit, parents, tree: new GitTrees(state).id() };
  });
  const manifest: Manifest = {
    ...set.manifest,
    base: base.commit,
    baseTree: base.tree,
    commits,
    tree: commits.at(-1)?.tree ?? "",
  };
  const texts = new Map(
    [...set.contents].flatMap(([sha, content]) => (isInline(content) ? [[sha, content.length] as const] : [])),
  );
  const plan = planWriting({ manifest, base: files, leftOut: new Set(), squash: false, texts });
  if (plan === null) throw new Error("it cannot be planned");
  return { plan, manifest, contents: set.contents };
}

async function write({
  plan,
  manifest,
  contents,
}: {
  plan: WritingPlan;
  manifest: Manifest;
  contents: Map<string, Uint8Array>;
}) {
  const written = await writeCommits({
    plan,
    base: { commit: manifest.base, tree: manifest.baseTree },
    progress: nothingMade(),
    keep: async () => undefined,
    mayCall: async () => null,
    treeOf: async () => "",
    contentOf: async (sha) => contents.get(sha) ?? new Uint8Array(),
    messageOf: ({ messages }) => messages.join("\n"),
    git: hub.git,
  });
  if (written.outcome !== "written") throw new Error(JSON.stringify(written));
  const { commit, tree, verified } = written;
  return { commit, tree, verified };
}

describe("trees that GitHub makes are git's own, in the calls that were counted", () => {
  test.each(Object.entries(CASES))("%s", { timeout: 120_000 }, async (name, steps) => {
    const prepared = await prepare(steps);
    Object.assign(sent, { calls: 0, bytes: 0 });
    const head = await write(prepared);
    expect(head.tree).toBe(prepared.manifest.tree);
    await hub.git.createBranch(`porter/${name.replaceAll(" ", "-")}`, head.commit);
    expect(sent.calls).toBe(prepared.plan.calls);
    expect({ [name]: { calls: sent.calls, kilobytes: Math.ceil(sent.bytes / 1024) } }).toEqual({
      [name]: counts[name as keyof typeof counts],
    });
  });
});

describe("where a rule asks for signatures", () => {
  const CHANGE: Files[] = [{ "text.txt": "signed\n", "new.txt": "new\n", "gone.txt": null }];
  const rules = { rules: [{ type: "required_signatures" }], signsCommits: false };
  let counter = 0;
  async function show(steps: Files[], isPlain: boolean) {
    const prepared = await prepare(steps);
    await hub.setRepository(rules);
    const head = await write(prepared);
    const branch = `porter/signed-${(counter += 1)}`;
    const additions = [...prepared.contents].flatMap(([sha, content]) =>
      steps.flatMap((files) =>
        Object.entries(files).flatMap(([path, put]) =>
          put !== null && smallSet({}, [{ [path]: put }]).contents.has(sha) ? [{ path, content }] : [],
        ),
      ),
    );
    const deletions = steps.flatMap((files) => Object.keys(files).filter((path) => files[path] === null));
    const signed = async () => (isPlain ? { message: "Signed\n", additions, deletions } : null);
    const to = { branch, head, base: prepared.manifest.base, own: new Set<string>(), signed };
    return { head, branch, to, shown: () => showBranch({ git: hub.git, repository: hub.repository }, to) };
  }

  test("plain files become one commit that GitHub signs, with the same tree, however often it is asked", async () => {
    const { head, branch, shown } = await show(CHANGE, true);
    expect(head.verified).toBe(false);
    const first = await shown();
    expect(first).toMatchObject({ is: "shown", head: { tree: head.tree, verified: true } });
    expect(await shown()).toEqual(first);
    expect(await hub.repository.branchSha(branch)).toBe(first.is === "shown" ? first.head.commit : "");
  });

  test("anything else is told with the rule, and leaves no branch", async () => {
    const { branch, shown } = await show([{ "run.sh": { mode: "100755", content: "#!/bin/sh\n" } }], false);
    await expect(shown()).rejects.toMatchObject({
      failure: { refusedBy: { rules: ["Commits must have verified signatures."] } },
    });
    expect(await hub.repository.branchSha(branch)).toBeNull();
  });
});

test("a branch that stands where Porter's folder has to be is named", async () => {
  const prepared = await prepare([{ "a.txt": "a\n" }]);
  const head = await write(prepared);
  await hub.git.createBranch("blocked", prepared.manifest.base);
  const to = {
    branch: "blocked/task",
    head,
    base: prepared.manifest.base,
    own: new Set<string>(),
    signed: async () => null,
  };
  expect(await showBranch({ git: hub.git, repository: hub.repository }, to)).toEqual({
    is: "refused",
    refusal: { kind: "branch_blocked", by: "blocked" },
  });
});

test("Porter's own older head gives way, what it was killed over is taken as it is, and nobody else's commits move", async () => {
  const at = { git: hub.git, repository: hub.repository };
  const [first, second] = [await prepare([{ "a.txt": "a\n" }]), await prepare([{ "a.txt": "b\n" }])];
  const [one, two] = [await write(first), await write(second)];
  const to = (head: typeof one, base: string, own: string[] = []) => {
    const signed = async () => null;
    return { branch: "porter/own", head, base, own: new Set(own), signed };
  };
  expect(await showBranch(at, to(one, first.manifest.base))).toEqual({ is: "shown", head: one });
  expect(await showBranch(at, to({ ...one, commit: two.commit }, first.manifest.base))).toMatchObject({
    head: { commit: one.commit },
  });
  const moved = { is: "refused", refusal: { kind: "branch_moved", branch: "porter/own" } };
  expect(await showBranch(at, to(two, second.manifest.base))).toEqual(moved);
  expect(await hub.repository.branchSha("porter/own")).toBe(one.commit);
  expect(await showBranch(at, to(two, second.manifest.base, [one.commit]))).toEqual({ is: "shown", head: two });
  expect(await hub.repository.branchSha("porter/own")).toBe(two.commit);
});
