import type { Git } from "../git/run-git.ts";
import type { PathEntry } from "./base-tree.ts";
import { decodePath, type GitPath } from "./git-paths.ts";

/** What differs at a path. Lines are null where the content is no text. */
export type PathChange = GitPath & {
  before: PathEntry;
  after: PathEntry;
  additions: number | null;
  deletions: number | null;
};

export type TreePair = { from: string; to: string };

export const emptyTreeLike = (sha: string): string =>
  sha.length === 64
    ? "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
    : "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const DIFF = [
  "diff-tree",
  "--stdin",
  "-r",
  "-z",
  "--raw",
  "--numstat",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
];

/** The changes of each pair of trees, all with one process. */
export async function diffTrees(git: Git, pairs: readonly TreePair[], timeoutMs: number): Promise<PathChange[][]> {
  const different = pairs.filter(({ from, to }) => from !== to);
  if (different.length === 0) return pairs.map(() => []);
  const input = different.map(({ from, to }) => `${from} ${to}\n`).join("");
  const output = await git.run(DIFF, { input, timeoutMs, maxBytes: 512 * 1024 ** 2 });
  const answers = parsePairs(output);
  const byPair = new Map(answers.map((answer) => [`${answer.from} ${answer.to}`, answer.changes]));
  return pairs.map(({ from, to }) => (from === to ? [] : (byPair.get(`${from} ${to}`) ?? fail(from, to))));
}

function fail(from: string, to: string): never {
  throw new Error(`git compared no ${from} with ${to}`);
}

/** A line with both trees, then records: first all of `--raw`, then all of `--numstat`, in the same order. */
function parsePairs(output: Buffer): (TreePair & { changes: PathChange[] })[] {
  const pairs: (TreePair & { changes: PathChange[] })[] = [];
  let at = 0;
  const until = (end: number): Buffer => {
    const stop = output.indexOf(end, at);
    const field = output.subarray(at, stop < 0 ? output.length : stop);
    at = stop < 0 ? output.length : stop + 1;
    return field;
  };
  let numbered = 0;
  while (at < output.length) {
    const open = pairs.at(-1);
    if (open !== undefined && output[at] === 0x3a) {
      const [oldMode = "", mode = "", oldSha = "", sha = ""] = until(0).subarray(1).toString("latin1").split(" ");
      const path = decodePath(until(0));
      const change = { before: entryOf(oldMode, oldSha), after: entryOf(mode, sha), additions: null, deletions: null };
      open.changes.push({ ...path, ...change });
    } else if (open !== undefined && numbered < open.changes.length) {
      const [additions = "", deletions = ""] = until(0).toString("latin1").split("\t", 2);
      const change = open.changes[numbered];
      numbered += 1;
      if (change === undefined || additions === "-") continue;
      change.additions = Number(additions);
      change.deletions = Number(deletions);
    } else {
      const [from = "", to = ""] = until(10).toString("latin1").split(" ");
      pairs.push({ from, to, changes: [] });
      numbered = 0;
    }
  }
  return pairs;
}

const entryOf = (mode: string, sha: string): PathEntry => (mode === "000000" ? null : { mode, sha });
