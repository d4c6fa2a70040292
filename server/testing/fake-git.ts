import { createHash } from "node:crypto";
import type { PlannedEntry } from "@/server/change-sets/tree-entries";
import { GitHubError, type GitHubGitData, type GitTreeEntry, type GitTreeFile } from "@/server/github/port";
import { GitTrees } from "./git-trees";

type Files = ReadonlyMap<string, GitTreeFile>;
export type FakeCommit = { message: string; tree: string; parents: readonly string[] };

const idOf = (kind: string, content: Uint8Array): string =>
  createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Runs one call of the port: counts it, and lets a test disturb it. */
export type FakeCall = <T>(name: string, run: () => T) => Promise<T>;

/** What a fake GitHub keeps of objects and branches: trees have git's own ids, a commit made twice has two. */
export type FakeGitState = {
  branches: Map<string, string>;
  /** The files of whatever the tests do not make themselves. */
  files: Map<string, GitTreeFile>;
  trees: Map<string, Files>;
  commits: Map<string, FakeCommit>;
  /** Every head that a branch was given, in order. */
  shown: { branch: string; commit: string; tree: string }[];
  /** Whether GitHub signs what an App writes. */
  signs: boolean;
};

export const newGitState = (): FakeGitState => ({
  branches: new Map(),
  files: new Map(),
  trees: new Map(),
  commits: new Map(),
  shown: [],
  signs: true,
});

let made = 0;

/** The tree of the base, as everything that is in the repository before. */
export function baseTreeOf(state: FakeGitState): string {
  const id = new GitTrees(state.files).id();
  state.trees.set(id, new Map(state.files));
  return id;
}

const refused = (message: string): GitHubError => new GitHubError({ kind: "invalid", message, errors: [message] });

/** The writing side of a fake repository, over what it keeps. */
export function createFakeGit(state: FakeGitState, call: FakeCall): GitHubGitData {
  const filesOf = (tree: string): Files => {
    baseTreeOf(state);
    const files = state.trees.get(tree);
    if (files === undefined) throw refused(`${tree} is no tree`);
    return files;
  };
  const show = (branch: string, commit: string): void => {
    state.branches.set(branch, commit);
    state.shown.push({ branch, commit, tree: state.commits.get(commit)?.tree ?? "" });
  };
  const descends = (commit: string, from: string): boolean =>
    commit === from || (state.commits.get(commit)?.parents ?? []).some((parent) => descends(parent, from));
  const addTree = (base: string, entries: readonly PlannedEntry[]): string => {
    const trees = new GitTrees(filesOf(base));
    try {
      trees.request(entries);
    } catch (error) {
      throw refused(String(error));
    }
    const id = trees.id();
    state.trees.set(id, trees.files());
    return id;
  };
  const addCommit = (commit: FakeCommit): string => {
    const sha = idOf("commit", bytes(`${JSON.stringify(commit)} ${(made += 1)}`));
    state.commits.set(sha, commit);
    return sha;
  };
  return {
    createBlob: (content) => call("createBlob", () => idOf("blob", content)),
    createTree: (base, entries) => call("createTree", () => addTree(base, entries.map(asPlanned))),
    createCommit: (commit) => call("createCommit", () => ({ sha: addCommit({ ...commit }), verified: state.signs })),
    readCommit: (sha) =>
      call("readCommit", () => {
        const found = state.commits.get(sha);
        return found === undefined ? null : { tree: found.tree, parents: [...found.parents], verified: state.signs };
      }),
    createBranch: (name, sha) =>
      call("createBranch", () => {
        if (state.branches.has(name)) return "exists";
        show(name, sha);
        return "made";
      }),
    moveBranch: (name, { from, to, replaces }) =>
      call("moveBranch", () => {
        if (state.branches.get(name) !== from || (!replaces && !descends(to, from))) return "elsewhere";
        if (/^0+$/.test(to)) state.branches.delete(name);
        else show(name, to);
        return "moved";
      }),
    createCommitOnBranch: (branch, { on, message, additions, deletions }) =>
      call("createCommitOnBranch", () => {
        if (state.branches.get(branch) !== on) return null;
        const tree = addTree(state.commits.get(on)?.tree ?? baseTreeOf(state), [
          ...deletions.map((path) => ({ path, kind: "gone", what: "blob", mode: "100644" }) as const),
          ...additions.map(
            ({ path, content }) => ({ path, kind: "id", mode: "100644", sha: idOf("blob", content) }) as const,
          ),
        ]);
        const sha = addCommit({ message, tree, parents: [on] });
        show(branch, sha);
        return sha;
      }),
  };
}

function asPlanned(entry: GitTreeEntry): PlannedEntry {
  const { path, type } = entry;
  const mode = modeOf(entry.mode);
  if ("content" in entry) return { path, kind: "id", mode, sha: idOf("blob", bytes(entry.content)) };
  return entry.sha === null
    ? { path, kind: "gone", what: type, mode: type === "tree" ? "040000" : mode }
    : { path, kind: "id", mode, sha: entry.sha };
}

const modeOf = (mode: string): GitTreeFile["mode"] =>
  mode === "100755" || mode === "120000" || mode === "160000" ? mode : "100644";
