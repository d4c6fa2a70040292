import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHANGE_SET_VERSION, type Manifest, manifestSchema } from "@/lib/change-set";
import type { SetEntry } from "@/server/change-sets/facts";
import { isInline, REQUEST_TEXT_BYTES } from "@/server/change-sets/inline-text";
import { differingPaths, filesAfter, planWriting, type WritingPlan } from "@/server/change-sets/plan-writing";
import { GitTrees } from "@/server/testing/git-trees";
import { type Files, smallSet } from "@/server/testing/small-set";

type Set = { manifest: Manifest; base: Map<string, SetEntry>; texts: Map<string, number> };

const planned = (set: Set, leftOut: readonly string[] = []): WritingPlan => {
  const plan = planWriting({ ...set, leftOut: new Set(leftOut), squash: false });
  if (plan === null) throw new Error("it cannot be planned");
  return plan;
};

/** Sends the plan's requests to trees that behave as GitHub's, and answers the tree of each commit. */
function written({ manifest, base }: Set, plan: WritingPlan): string[] {
  const made = new Map<string, PlannedRequests>();
  return plan.commits.map(({ id, parents: [parent = ""], requests }) => {
    const chain: PlannedRequests = [
      ...(made.get(parent) ?? (parent === manifest.base ? [] : fail(parent))),
      ...requests,
    ];
    made.set(id, chain);
    const trees = new GitTrees(base);
    for (const request of chain) trees.request(request);
    return trees.id();
  });
}
type PlannedRequests = WritingPlan["commits"][number]["requests"];
function fail(parent: string): never {
  throw new Error(`nobody made ${parent}`);
}

function expectWithin(plan: WritingPlan, texts: Set["texts"]): void {
  for (const request of plan.commits.flatMap(({ requests }) => requests)) {
    expect(request.length).toBeLessThanOrEqual(100);
    const bytes = request.reduce((sum, one) => sum + (one.kind === "text" ? (texts.get(one.sha) ?? 0) : 0), 0);
    expect(bytes).toBeLessThanOrEqual(REQUEST_TEXT_BYTES);
  }
}

/** More than one request takes; the second ring has many times as much. */
const MANY = process.env["PORTER_TEST_RING"] === "all" ? 600 : 150;

describe("trees equal to git's own", () => {
  let root = "";
  let base = "";
  const git = (...args: string[]): string =>
    execFileSync(
      "git",
      ["-C", root, "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false", ...args],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: 1 << 28,
        env: { NODE_ENV: "test", PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
      },
    ).replace(/\n$/, "");
  const put = (path: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), mode);
  };
  const gone = (path: string): void => rmSync(join(root, path), { recursive: true });
  const commit = (message: string): void => {
    git("add", "-A");
    git("commit", "-qm", message);
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "porter-plan-"));
    git("init", "-q", "-b", "main");
    for (const path of [
      "text.txt",
      "gone.txt",
      "only/deep/a",
      "only/b",
      "most/a",
      "most/b",
      "file-to-folder",
      "folder-to-file/a/b",
    ]) {
      put(path, "x\n");
    }
    put("file-to-link", "x\n");
    put("run.sh", "#!/bin/sh\n");
    put("image.bin", Buffer.from([0, 255, 1]));
    put("old-name", "moved\n");
    symlinkSync("run.sh", join(root, "link"));
    commit("base");
    base = git("rev-parse", "HEAD");
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const entries = (commitId: string): Map<string, SetEntry> =>
    new Map(
      git("ls-tree", "-r", "-z", commitId)
        .split("\0")
        .filter(Boolean)
        .map((row) => {
          const [mode = "", , sha = ""] = row.slice(0, row.indexOf("\t")).split(" ");
          return [row.slice(row.indexOf("\t") + 1), { mode: mode as SetEntry["mode"], sha }];
        }),
    );

  /** The commits since the base as the runner hands them over. */
  function setOf(tip: string): Set {
    const known = entries(base);
    const old = new Set([...known.values()].map(({ sha }) => sha));
    const commits = git("rev-list", "--reverse", "--topo-order", "--parents", `${base}..${tip}`)
      .split("\n")
      .filter(Boolean)
      .map((ids) => {
        const [sha = "", ...parents] = ids.split(" ");
        const fields = git("diff-tree", "-r", "-z", "--no-renames", parents[0] ?? "", sha).split("\0");
        const paths = [];
        for (let at = 0; at + 1 < fields.length; at += 2) {
          const [, mode, , id] = (fields[at] ?? "").slice(1).split(" ");
          paths.push({ path: fields[at + 1], entry: mode === "000000" ? null : { mode, sha: id } });
        }
        return {
          sha,
          parents,
          tree: git("rev-parse", `${sha}^{tree}`),
          message: git("show", "-s", "--format=%B", sha),
          author: "",
          paths,
        };
      });
    const used = commits.flatMap(({ paths }) =>
      paths.flatMap(({ entry }) => (entry === null || entry.mode === "160000" ? [] : [entry.sha ?? ""])),
    );
    const handed = [...new Set(used)].filter((sha) => !old.has(sha));
    const contents = new Map(
      handed.map((sha) => [sha, execFileSync("git", ["-C", root, "cat-file", "blob", sha], { maxBuffer: 1 << 28 })]),
    );
    const manifest = manifestSchema.parse({
      version: CHANGE_SET_VERSION,
      base,
      baseTree: git("rev-parse", `${base}^{tree}`),
      tree: git("rev-parse", `${tip}^{tree}`),
      commits,
      parts: [],
      blobs: [...contents].map(([sha, { length }]) => ({ sha, size: length, part: 1, at: 0 })),
      heldBack: [],
      heldEntries: [],
      notes: [],
      otherLines: [],
    });
    const texts = new Map(
      [...contents].flatMap(([sha, content]) => (isInline(content) ? [[sha, content.length] as const] : [])),
    );
    return { manifest, base: known, texts };
  }

  /** Begins again at the base, works, and expects each commit's tree of the plan to be git's. */
  function worked(work: () => void): { set: Set; plan: WritingPlan } {
    git("checkout", "-q", "-f", "-B", "work", base);
    git("clean", "-qfdx");
    work();
    const set = setOf("HEAD");
    const plan = planned(set);
    expect(written(set, plan)).toEqual(plan.commits.map(({ tree }) => tree));
    expect(plan.commits.at(-1)?.tree).toBe(set.manifest.tree);
    expectWithin(plan, set.texts);
    return { set, plan };
  }

  test("every kind of file, and shapes that change", () => {
    const { set, plan } = worked(() => {
      put("text.txt", "x\ny\n");
      put("run.sh", "#!/bin/sh\n", 0o755);
      put("image.bin", Buffer.from([0, 255, 9]));
      gone("gone.txt");
      gone("link");
      symlinkSync("a/new", join(root, "link"));
      renameSync(join(root, "old-name"), join(root, "new-name"));
      put("größe-日本.txt", "ümläut\n");
      put("bom.txt", "\ufeffbom\n");
      put("empty", "");
      put("crlf.txt", "a\r\nb\r\n");
      put("latin1.txt", Buffer.from("gr\xfc\xdfe\n", "latin1"));
      put("nul.txt", "a\0b\n");
      put("large.txt", "a line\n".repeat(200_000));
      commit("every kind");
      for (const path of ["only", "most/a", "file-to-folder", "folder-to-file", "file-to-link"]) gone(path);
      put("file-to-folder/inner", "in\n");
      put("folder-to-file", "now a file\n");
      symlinkSync("nowhere", join(root, "file-to-link"));
      git("add", "-A");
      git("update-index", "--add", "--cacheinfo", `160000,${base},vendored`);
      git("commit", "-qm", "shapes");
      git("rm", "-q", "--cached", "vendored");
      put("only/again", "again\n");
      git("add", "only");
      git("commit", "-qm", "back");
    });
    const shaOf = (path: string): string => git("rev-parse", `HEAD:${path}`);
    expect(new Set(plan.uploads.map(({ sha }) => sha))).toEqual(
      new Set(["image.bin", "latin1.txt", "nul.txt", "large.txt"].map(shaOf)),
    );
    const kinds = plan.commits
      .flatMap(({ requests }) => requests.flat())
      .filter(({ path }) => path === "only" || path.startsWith("only/"));
    expect(kinds.map(({ path, kind }) => `${kind} ${path}`)).toEqual(["gone only", "text only/again"]);
    // A file under another name, and one with another mode, are named and not sent.
    const byId = plan.commits[0]?.requests
      .flat()
      .filter(({ kind }) => kind === "id")
      .map(({ path }) => path);
    expect(byId).toEqual(expect.arrayContaining(["new-name", "run.sh"]));
    expect(set.texts.has(shaOf("run.sh"))).toBe(false);
  });

  test("250 text files are five requests", () => {
    const { plan } = worked(() => {
      for (let at = 0; at < 250; at += 1)
        put(`src/${at % 10}/file-${at}.ts`, `export const value${at} = ${at};\n`.repeat(100));
      commit("250");
    });
    expect(plan.calls).toBe(5);
  });

  test(`${MANY} files that come, and most of them go`, () => {
    const { plan } = worked(() => {
      for (let at = 0; at < MANY; at += 1) put(`many/${at % 7}/${at}.txt`, `${at}\n`);
      commit("many");
      for (let at = 0; at < MANY; at += 1) if (at % 7 !== 3 || at % 2 === 0) gone(`many/${at % 7}/${at}.txt`);
      commit("most of them go");
    });
    expect(plan.commits.map(({ requests }) => requests.length)).toEqual([Math.ceil(MANY / 100), 1]);
  });

  test("twelve commits, with a merge", () => {
    const { plan } = worked(() => {
      for (let at = 0; at < 9; at += 1) {
        put(`steps/${at}/x`, `${at}\n`);
        if (at > 1) gone(`steps/${at - 1}`);
        commit(`step ${at}`);
      }
      git("checkout", "-q", "-b", "side", "HEAD~4");
      put("side", "side\n");
      commit("side");
      git("checkout", "-q", "work");
      git("merge", "-q", "--no-edit", "side");
      put("after", "x\n");
      commit("after");
    });
    expect(plan.commits).toHaveLength(12);
    expect(plan.calls).toBe(12 * 2 + 1);
    expect(plan.commits.filter(({ parents }) => parents.length === 2)).toHaveLength(1);
  });
});

const inSet = (base: Files, steps: readonly Files[]): Set => {
  const { manifest, base: files, contents } = smallSet(base, steps);
  return { manifest, base: files, texts: new Map([...contents].map(([sha, { length }]) => [sha, length])) };
};

test("more than forty commits are one", () => {
  const steps = [...Array(41).keys()].map((at): Files => (at === 0 ? { "only/x": null, a: "0" } : { a: String(at) }));
  const set = inSet({ "only/x": "x", a: "a" }, steps);
  const plan = planned(set);
  expect(plan.commits).toHaveLength(1);
  expect(plan.commits[0]).toMatchObject({ parents: [set.manifest.base], tree: set.manifest.tree });
  expect(plan.commits[0]?.messages).toHaveLength(41);
  expect(written(set, plan)).toEqual([new GitTrees(smallSet({ a: "40" }, []).base).id()]);
  expect(plan.calls).toBe(3);
  const most = planned(inSet({ a: "a" }, steps.slice(1)));
  expect(most.commits).toHaveLength(40);
});

describe("what is left out where the machine is gone", () => {
  test("is in no request, and the rest is one commit that is compared file by file", () => {
    const set = inSet({ a: "a", ".github/workflows/ci.yml": "on" }, [
      { a: "b", ".github/workflows/ci.yml": "off", ".env": "x" },
      { c: "c" },
    ]);
    const plan = planned(set, [".github/workflows/ci.yml", ".env"]);
    expect(plan.commits.map(({ tree }) => tree)).toEqual([null]);
    const after = filesAfter(plan, set.base);
    expect([...after.keys()].toSorted()).toEqual([".github/workflows/ci.yml", "a", "c"]);
    expect(differingPaths(after, set.base)).toEqual(["a", "c"]);
    expect(written(set, plan)).toEqual([new GitTrees(after).id()]);
  });

  test("keeps the room that it needs", () => {
    const folder = inSet({ a: "file", "b/x": "x" }, [{ a: null, "a/inner": "in", "b/x": null, b: "file", c: "c" }]);
    const plan = planned(folder, ["a", "b/x"]);
    expect([...filesAfter(plan, folder.base).keys()].toSorted()).toEqual(["a", "b/x", "c"]);
    expect(plan.leftOut.toSorted()).toEqual(["a", "a/inner", "b", "b/x"]);
    expect(written(folder, plan)).toEqual([new GitTrees(filesAfter(plan, folder.base)).id()]);
  });

  test("does not plan one commit of work that does not begin at the base", () => {
    const set = inSet({ a: "a" }, [{ a: "b" }]);
    const [first] = set.manifest.commits;
    const elsewhere = {
      ...set.manifest,
      commits: first === undefined ? [] : [{ ...first, parents: ["f".repeat(40)] }],
    };
    expect(planWriting({ ...set, manifest: elsewhere, leftOut: new Set(["b"]), squash: false })).toBeNull();
  });
});

const PATHS = ["a", "a/b", "a/b/c", "d/e", "d/f", "d/g/h", "i", "i/j/k/l", "m/n"];
const content = fc.constantFrom("1", "2", "3");
/** Files of which none stands where another one needs a folder. */
const files = fc.dictionary(fc.constantFrom(...PATHS), content, { noNullPrototype: true }).map((all) => {
  const names = new Set(Object.keys(all));
  const isFree = (path: string): boolean => ![...names].some((other) => path.startsWith(`${other}/`));
  return Object.fromEntries(Object.entries(all).filter(([path]) => isFree(path)));
});

/** What makes the second of the first, path by path. */
const between = (from: Record<string, string>, to: Record<string, string>): Files => ({
  ...Object.fromEntries(
    Object.keys(from)
      .filter((path) => !(path in to))
      .map((path) => [path, null]),
  ),
  ...Object.fromEntries(Object.entries(to).filter(([path, text]) => from[path] !== text)),
});

test("any files become any others, commit by commit and as one, without a folder that is empty", () => {
  fc.assert(
    fc.property(files, fc.array(files, { minLength: 1, maxLength: 4 }), (first, states) => {
      const steps = states.map((state, at) => between(states[at - 1] ?? first, state));
      const set = inSet(first, steps);
      const treeOf = (state: Record<string, string>): string => new GitTrees(smallSet(state, []).base).id();
      // An agent that takes away everything is told so before.
      fc.pre(states.every((state) => Object.keys(state).length > 0));
      expect(written(set, planned(set))).toEqual(states.map(treeOf));
      expect(written(set, planned(set, ["nothing of it"]))).toEqual([treeOf(states.at(-1) ?? first)]);
    }),
    { seed: 20261130, numRuns: 500 },
  );
});

test("what is left out is as the base has it, and the rest as the set has it", () => {
  fc.assert(
    fc.property(files, files, fc.subarray(PATHS, { minLength: 1 }), (first, last, leftOut) => {
      const set = inSet(first, [between(first, last)]);
      const plan = planned(set, leftOut);
      const after = filesAfter(plan, set.base);
      const end = smallSet(last, []).base;
      const out = new Set([...leftOut, ...plan.leftOut]);
      for (const path of PATHS) {
        const from = out.has(path) ? set.base : end;
        expect([path, after.get(path)]).toEqual([path, from.get(path)]);
      }
      expect(written(set, plan)).toEqual([new GitTrees(after).id()]);
    }),
    { seed: 20261130, numRuns: 500 },
  );
});
