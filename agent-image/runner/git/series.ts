import type { Git } from "./run-git.ts";
import { WORKFLOW_DIR } from "./review.ts";

type Range = { base: string; tip: string };

export type SeriesPlan = Range & {
  /** Lines for the end of every message. */
  trailers: string[];
  /** sha → message that replaces the commit's own. */
  messages: Map<string, string>;
  /** Takes changes under `.github/workflows` out of every commit. */
  holdBackWorkflows: boolean;
  /** A file name of ours for a scratch index. */
  scratchIndex: string;
};

/** Raw parts of a commit; the message is bytes, because its encoding is the author's choice. */
type Commit = { tree: string; parents: string[]; kept: string[]; message: Buffer };

/**
 * Writes the commits of base..tip again in the trusted repository, with trailers (rulings 24) and, where asked,
 * without workflow changes (rulings 26); commits that become empty by that are dropped. Trees are otherwise the
 * same, authors and dates as well; signatures go, since they no longer fit. Returns the new tip (base: nothing left).
 */
export async function rewriteSeries(git: Git, plan: SeriesPlan): Promise<string> {
  const list = await git.text(["rev-list", "--reverse", "--topo-order", `${plan.base}..${plan.tip}`]);
  const written = new Map<string, string>();
  for (const sha of list.split("\n").filter(Boolean)) {
    const commit = parseCommit(await git.run(["cat-file", "commit", sha]));
    const parents = commit.parents.map((parent) => written.get(parent) ?? parent);
    let tree = commit.tree;
    if (plan.holdBackWorkflows) {
      tree = await withBaseWorkflows(git, plan, commit.tree);
      const emptied = await emptiedParent(git, { tree, parents, before: commit });
      if (emptied !== null) {
        written.set(sha, emptied);
        continue;
      }
    }
    const message = withTrailers(plan.messages.get(sha) ?? commit.message, plan.trailers);
    const raw = Buffer.concat([Buffer.from(header({ ...commit, tree, parents })), message]);
    written.set(sha, await git.text(["hash-object", "-t", "commit", "-w", "--stdin"], { input: raw }));
  }
  return written.get(plan.tip) ?? plan.tip;
}

/** The patch of what `rewriteSeries` holds back, at most `maxChars` long. */
export async function workflowPatch(git: Git, { base, tip }: Range, maxChars: number): Promise<string> {
  const diff = ["diff", "--no-color", "--no-ext-diff", "--no-textconv", base, tip, "--", WORKFLOW_DIR];
  const patch = await git.text(diff);
  const marker = "\n[cut here: the patch is longer]";
  return patch.length <= maxChars ? patch : patch.slice(0, maxChars - marker.length) + marker;
}

async function withBaseWorkflows(git: Git, plan: SeriesPlan, tree: string): Promise<string> {
  const scratch = git.with({ GIT_INDEX_FILE: plan.scratchIndex });
  await scratch.run(["read-tree", tree]);
  await scratch.run(["rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", WORKFLOW_DIR]);
  const before = await scratch.run(["ls-tree", "-r", "-z", "--full-tree", plan.base, "--", WORKFLOW_DIR]);
  await scratch.run(["update-index", "-z", "--index-info"], { input: before });
  return scratch.text(["write-tree"]);
}

/** The only parent of a commit that changed something before and changes nothing now, else null. */
async function emptiedParent(
  git: Git,
  { tree, parents, before }: { tree: string; parents: string[]; before: Commit },
): Promise<string | null> {
  const [parent] = parents;
  const [parentBefore] = before.parents;
  if (!parent || !parentBefore || parents.length !== 1 || tree !== (await treeOf(git, parent))) return null;
  return before.tree === (await treeOf(git, parentBefore)) ? null : parent;
}

async function treeOf(git: Git, commit: string): Promise<string> {
  return git.text(["rev-parse", `${commit}^{tree}`]);
}

function parseCommit(raw: Buffer): Commit {
  const cut = raw.indexOf("\n\n");
  const lines = raw
    .subarray(0, cut < 0 ? raw.length : cut)
    .toString("latin1")
    .split("\n");
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    kept: lines.filter((line) => /^(?:author|committer|encoding) /.test(line)),
    message: cut < 0 ? Buffer.alloc(0) : raw.subarray(cut + 2),
  };
}

function header(commit: Omit<Commit, "message">): Buffer {
  const lines = [`tree ${commit.tree}`, ...commit.parents.map((parent) => `parent ${parent}`), ...commit.kept];
  return Buffer.from(`${lines.join("\n")}\n\n`, "latin1");
}

/** The message with each trailer once, in its last paragraph where that holds nothing but trailers. */
export function withTrailers(message: Buffer | string, trailers: string[]): Buffer {
  // latin1 keeps every byte of a message in an encoding that is not ours to know.
  const text = Buffer.from(message).toString("latin1").replace(/\s+$/, "");
  const lines = text.split("\n");
  const wanted = trailers.map((trailer) => Buffer.from(trailer.replaceAll("\n", " ")).toString("latin1"));
  const missing = wanted.filter((trailer) => !lines.includes(trailer));
  if (missing.length === 0) return Buffer.from(`${text}\n`, "latin1");
  const paragraph = lines.slice(lines.lastIndexOf("") + 1);
  const isBlock = lines.includes("") && paragraph.every((line) => /^[A-Za-z][A-Za-z0-9-]*: \S/.test(line));
  return Buffer.from(`${text}${isBlock ? "\n" : "\n\n"}${missing.join("\n")}\n`, "latin1");
}
