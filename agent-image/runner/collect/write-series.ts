import { readFile, rm } from "node:fs/promises";
import type { Git } from "../git/run-git.ts";
import type { Identity } from "../git/work-tree.ts";
import type { SeriesCommit } from "./series-plan.ts";

export type SeriesInput = {
  commits: readonly SeriesCommit[];
  /** Of commits that are the supervisor's, and of those whose own header is not to be used. */
  identity: Identity;
  messageOf: (commit: SeriesCommit) => Buffer;
  isUsable: (header: string) => boolean;
  ref: string;
  /** A file name of ours. */
  marksFile: string;
  now: number;
};

/**
 * Writes commits in the trusted repository with one process, and answers the new name of each id. Authors and dates stay;
 * signatures go, since they no longer fit.
 */
export async function writeSeries(git: Git, input: SeriesInput): Promise<Map<string, string>> {
  if (input.commits.length === 0) return new Map();
  const marks = new Map(input.commits.map(({ id }, at) => [id, `:${at + 1}`]));
  const stream = Buffer.concat([
    Buffer.from("feature done\n"),
    ...input.commits.flatMap((commit) => commitCommands(commit, { ...input, marks })),
    Buffer.from("done\n"),
  ]);
  await rm(input.marksFile, { force: true });
  const options = ["--quiet", "--force", "--date-format=raw-permissive", `--export-marks=${input.marksFile}`];
  await git.run(["fast-import", ...options], { input: stream });
  const written = new Map<string, string>();
  const names = new Map([...marks].map(([id, mark]) => [mark, id]));
  for (const line of (await readFile(input.marksFile, "utf8")).split("\n")) {
    const [mark = "", sha = ""] = line.split(" ");
    const id = names.get(mark);
    if (id !== undefined) written.set(id, sha);
  }
  return written;
}

function commitCommands(
  { id, commit, parents, paths }: SeriesCommit,
  input: SeriesInput & { marks: ReadonlyMap<string, string> },
): Buffer[] {
  const message = input.messageOf({ id, commit, parents, paths });
  const encoding = commit?.encoding && input.isUsable(commit.encoding) ? [`encoding ${commit.encoding}`] : [];
  const header = [
    `commit ${input.ref}`,
    `mark ${input.marks.get(id)}`,
    `author ${person(commit?.author, input)}`,
    `committer ${person(commit?.committer, input)}`,
    ...encoding,
    `data ${message.length}`,
    "",
  ].join("\n");
  const [first, ...others] = parents.map((parent) => input.marks.get(parent) ?? parent);
  // What goes comes first, so that its name is free.
  const changes = paths.toSorted((one, other) => Number(one.entry !== null) - Number(other.entry !== null));
  const commands = [
    "",
    `from ${first}`,
    ...others.map((other) => `merge ${other}`),
    ...changes.map(({ path, entry }) =>
      entry === null ? `D ${quoted(path)}` : `M ${entry.mode} ${entry.sha} ${quoted(path)}`,
    ),
    "",
  ].join("\n");
  return [Buffer.from(header, "latin1"), message, Buffer.from(commands)];
}

const PERSON = /^(?:[^<>\n\0]* )?<[^<>\n\0]*> \d{1,12} [+-]\d{4}$/;

/** A header as it was, in latin1, if git takes it; else Porter's. */
function person(header: string | undefined, { identity, isUsable, now }: SeriesInput): string {
  if (header !== undefined && PERSON.test(header) && isUsable(header)) return header;
  const name = Buffer.from(`${identity.userName} <${identity.userEmail}>`).toString("latin1");
  return `${name} ${Math.floor(now / 1000)} +0000`;
}

const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
