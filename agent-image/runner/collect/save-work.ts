import { join } from "node:path";
import type { Git } from "../git/run-git.ts";
import type { Line } from "./lines.ts";
import { type Filter, planSeries } from "./series-plan.ts";
import { type SeriesInput, writeSeries } from "./write-series.ts";

export type SaveInput = Omit<SeriesInput, "commits" | "ref"> & {
  filter: Filter;
  /** The first one is the work; a bundle holds the others beside it. */
  lines: readonly Line[];
  folder: string;
};

const MOST_LINES = 10;

/**
 * All lines of work as a git bundle on the base, for whoever wants to push it by hand: without what is held back, and with
 * the texts that `messageOf` gives. Answers its path; null: there is nothing to save.
 */
export async function saveBundle(git: Git, input: SaveInput): Promise<string | null> {
  const { base } = input.filter;
  const refs: string[] = [];
  for (const [at, line] of input.lines.slice(0, MOST_LINES).entries()) {
    const { commits, tip } = planSeries(line, input.filter);
    const ref = at === 0 ? "refs/heads/work" : `refs/heads/other-${at}`;
    const written = await writeSeries(git, { ...input, commits, ref });
    if (written.has(tip)) refs.push(ref);
  }
  if (refs.length === 0) return null;
  const path = join(input.folder, "work.bundle");
  await git.run(["bundle", "create", "--quiet", path, ...refs, `^${base.commit}`]);
  return path;
}

const PATCH = ["diff", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];

/** The work as one patch that `git apply` takes. */
export const patchOf = async (git: Git, pair: { base: string; tip: string }, maxBytes: number): Promise<Buffer> =>
  git.run([...PATCH, pair.base, pair.tip], { maxBytes });
