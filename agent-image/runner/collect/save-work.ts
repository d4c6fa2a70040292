import type { SetPart } from "../../../lib/change-set.ts";
import { type Git, GitError } from "../git/run-git.ts";
import type { WorkLine } from "./lines.ts";
import { PartCutter } from "./part-cutter.ts";
import { type Filter, planSeries } from "./series-plan.ts";
import { type SeriesInput, writeSeries } from "./write-series.ts";

/** How a file is cut: `mostBytes` of it are taken, else none. */
export type Cutting = {
  onPart: (part: SetPart, content: Buffer) => void;
  mostBytes: number;
  timeoutMs: number;
  signal: AbortSignal;
};

export type BundleInput = Omit<SeriesInput, "commits" | "ref"> & {
  filter: Filter;
  /** The first one is the work; the others stand beside it. */
  lines: readonly WorkLine[];
};

const MOST_LINES = 10;

/**
 * Lines of work as a git bundle on the base, for whoever wants to push it by hand: without what is held back, and with the
 * texts that `messageOf` gives. null: there is nothing to save, or it is too large.
 */
export async function bundleParts(git: Git, input: BundleInput, cutting: Cutting): Promise<SetPart[] | null> {
  const { base } = input.filter;
  // A base of the name `work/…` would leave no room for `work`.
  await git.succeeds(["update-ref", "-d", "HEAD"]);
  const refs: string[] = [];
  for (const [at, line] of input.lines.slice(0, MOST_LINES).entries()) {
    const { commits, tip } = planSeries(line, input.filter);
    const ref = at === 0 ? "refs/heads/work" : `refs/heads/other-${at}`;
    const written = await writeSeries(git, { ...input, commits, ref });
    if (written.has(tip)) refs.push(ref);
  }
  return refs.length === 0
    ? null
    : printParts(git, ["bundle", "create", "-q", "-", ...refs, `^${base.commit}`], cutting);
}

const PATCH = ["diff", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];

/** The work as one patch that `git apply` takes. null: it is empty or too large. */
export const patchParts = async (
  git: Git,
  pair: { base: string; tip: string },
  cutting: Cutting,
): Promise<SetPart[] | null> => printParts(git, [...PATCH, pair.base, pair.tip], cutting);

/** What git prints. null: nothing, or too much. */
async function printParts(
  git: Git,
  command: string[],
  { onPart, mostBytes, timeoutMs, signal }: Cutting,
): Promise<SetPart[] | null> {
  const cutter = new PartCutter(onPart);
  const running = git.start(command, { timeoutMs, signal });
  running.child.stdin.end();
  running.child.stdout.on("data", (chunk: Buffer) => {
    if (cutter.bytes + chunk.length > mostBytes) running.cut();
    else cutter.push(chunk);
  });
  try {
    await running.done;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
  const parts = cutter.end();
  return parts.length === 0 ? null : parts;
}
