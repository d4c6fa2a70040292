import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import { createGitData } from "@/server/github/git-data";
import { createGitHubClient } from "@/server/github/github-client";
import { isInline } from "@/server/change-sets/inline-text";
import { planWriting } from "@/server/change-sets/plan-writing";
import type { PlannedEntry } from "@/server/change-sets/tree-entries";
import type { SetEntry } from "@/server/change-sets/facts";
import { writeCommits, type CommitsWritten } from "@/server/tasks/writing/write-commits";
import { GitTrees } from "@/server/testing/git-trees";
import { type Making, nothingMade } from "@/lib/write-progress";
import { startScriptedServer } from "@/server/testing/scripted-server";
import { type Files, smallSet } from "@/server/testing/small-set";

const idOf = (kind: string, content: Uint8Array): string =>
  createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");

const bodySchema = z.object({
  content: z.string().optional(),
  base_tree: z.string().optional(),
  tree: z
    .union([
      z.string(),
      z.array(
        z.object({
          path: z.string(),
          mode: z.string(),
          type: z.string(),
          sha: z.string().nullish(),
          content: z.string().optional(),
        }),
      ),
    ])
    .optional(),
  message: z.string().optional(),
  parents: z.array(z.string()).optional(),
  ref: z.string().optional(),
  sha: z.string().optional(),
});
type Row = Extract<NonNullable<z.infer<typeof bodySchema>["tree"]>, readonly unknown[]>[number];

const asPlanned = ({ path, mode, type, sha, content }: Row): PlannedEntry => {
  if (content === undefined && sha === null) {
    return {
      path,
      kind: "gone",
      what: type === "tree" ? "tree" : type === "commit" ? "commit" : "blob",
      mode: mode as SetEntry["mode"],
    };
  }
  return {
    path,
    kind: "id",
    mode: mode as SetEntry["mode"],
    sha: content === undefined ? (sha ?? "") : idOf("blob", Buffer.from(content)),
  };
};

/** GitHub's git data over HTTP, with trees that behave as its own. `lies` answers another id for a tree. */
async function startGitData(base: ReadonlyMap<string, SetEntry>, baseTree: string, lies = false) {
  const chains = new Map<string, PlannedEntry[][]>([[baseTree, []]]);
  const commits: { message: string; tree: string; parents: string[] }[] = [];
  const refs = new Map<string, string>();
  const server = await startScriptedServer((request) => {
    const body = bodySchema.parse(request.json);
    const what = request.url.split("/").at(-1);
    if (what === "blobs")
      return { status: 201, body: { sha: idOf("blob", Buffer.from(body.content ?? "", "base64")) } };
    if (what === "trees") {
      const rows = typeof body.tree === "string" ? [] : (body.tree ?? []);
      const chain = [...(chains.get(body.base_tree ?? "") ?? []), rows.map(asPlanned)];
      const trees = new GitTrees(base);
      for (const entries of chain) trees.request(entries);
      const sha = lies ? "0".repeat(40) : trees.id();
      chains.set(sha, chain);
      return { status: 201, body: { sha } };
    }
    if (what === "commits") {
      const tree = typeof body.tree === "string" ? body.tree : "";
      const commit = { message: body.message ?? "", tree, parents: body.parents ?? [] };
      commits.push(commit);
      const sha = idOf("commit", Buffer.from(JSON.stringify(commit)));
      return { status: 201, body: { sha, tree: { sha: tree }, verification: { verified: true } } };
    }
    if (refs.has(body.ref ?? "")) return { status: 422, body: { message: "Reference already exists" } };
    refs.set(body.ref ?? "", body.sha ?? "");
    return { status: 201, body: {} };
  });
  const client = createGitHubClient({ apiUrl: server.url, fetch, now: () => new Date(0) });
  const repository = { id: 1, owner: "alice", name: "demo" };
  const git = createGitData({
    client,
    repository,
    token: "fake",
    app: { appId: 1, appSlug: "porter" },
    knownLabels: new Set(),
    keptWriters: new Map(),
    now: () => new Date(0),
    fetch,
    webUrl: server.url,
  });
  return { server, git, commits, refs };
}

async function write(base: Files, steps: readonly Files[], lies = false) {
  const set = smallSet(base, steps);
  const manifest = { ...set.manifest, baseTree: new GitTrees(set.base).id() };
  const states = steps.map((_step, at) =>
    new GitTrees(smallSet(Object.assign({}, base, ...steps.slice(0, at + 1)), []).base).id(),
  );
  const commits = manifest.commits.map((commit, at) => ({ ...commit, tree: states[at] ?? "" }));
  const texts = new Map(
    [...set.contents].flatMap(([sha, content]) => (isInline(content) ? [[sha, content.length] as const] : [])),
  );
  const plan = planWriting({
    manifest: { ...manifest, commits },
    base: set.base,
    leftOut: new Set(),
    squash: false,
    texts,
  });
  if (plan === null) throw new Error("it cannot be planned");
  const far = await startGitData(set.base, manifest.baseTree, lies);
  /** Goes on with `progress`; `budget`: calls that are left. */
  const run = (progress = nothingMade(), budget = { calls: Infinity }): Promise<CommitsWritten> =>
    writeCommits({
      plan,
      base: { commit: manifest.base, tree: manifest.baseTree },
      progress,
      keep: async () => undefined,
      mayCall: async ({ calls }) => ((budget.calls -= calls) < 0 ? 1000 : null),
      treeOf: () => Promise.reject(new Error("every parent is of the set")),
      contentOf: async (sha) => set.contents.get(sha) ?? new Uint8Array(),
      messageOf: ({ messages }) => `Porter: ${messages.join()}`,
      git: far.git,
    });
  return { ...far, plan, states, manifest, run };
}

const BASE: Files = { a: "a", "only/x": "x", "run.sh": "#!/bin/sh\n" };
const STEPS: Files[] = [
  {
    "only/x": null,
    "größe.txt": "\ufeffü\r\n",
    "a.bin": Buffer.from([0, 255, 1]),
    "run.sh": { mode: "100755", content: "#!/bin/sh\n" },
  },
  { link: { mode: "120000", content: "a" }, sub: { mode: "160000", content: "s" }, a: null },
];

test("writes commits whose trees are the set's, one on the other, in the calls that were counted", async () => {
  const { server, git, commits, refs, plan, states, manifest, run } = await write(BASE, STEPS);
  await using _ = server;
  const result = await run();
  if (result.outcome !== "written") throw new Error(result.outcome);
  expect(commits.map(({ tree }) => tree)).toEqual(states);
  expect(commits.map(({ message }) => message)).toEqual(["Porter: step 0", "Porter: step 1"]);
  expect(commits[0]?.parents).toEqual([manifest.base]);
  expect(result).toMatchObject({ tree: states[1], verified: true });
  expect(await git.createBranch("porter/x", result.commit)).toBe("made");
  expect(await git.createBranch("porter/x", result.commit)).toBe("exists");
  expect([...refs]).toEqual([["refs/heads/porter/x", result.commit]]);
  expect(server.seen.length).toBe(plan.calls + 1);
});

test("writes the same once more after it was killed", async () => {
  const { server, run } = await write(BASE, STEPS);
  await using _ = server;
  expect(await run()).toEqual(await run());
});

test("goes on where the calls of one turn were over, and makes nothing twice", async () => {
  const { server, commits, states, plan, run } = await write(BASE, STEPS);
  await using _ = server;
  const progress = nothingMade();
  let [result, turns] = [await run(progress, { calls: 1 }), 1];
  for (; result.outcome === "paused"; turns += 1) {
    const kept: Making = JSON.parse(JSON.stringify(progress));
    Object.assign(progress, kept);
    result = await run(progress, { calls: 1 });
  }
  expect(result).toMatchObject({ outcome: "written", tree: states[1], verified: true });
  expect(commits).toHaveLength(2);
  expect([server.seen.length, turns]).toEqual([plan.calls - 1, plan.calls - 1]);
});

test("makes no commit of a tree that differs", async () => {
  const { server, commits, run, states } = await write(BASE, STEPS, true);
  await using _ = server;
  expect(await run()).toMatchObject({ outcome: "differs", expected: states[0], got: "0".repeat(40) });
  expect(commits).toEqual([]);
});
