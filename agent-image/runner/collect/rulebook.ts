import { join } from "node:path";
import type { Git } from "../git/run-git.ts";
import type { Workspace } from "../workspace.ts";
import { type BaseTree, isAttributes, LINK_MODE } from "./base-tree.ts";
import { nulFields, nulInput } from "./git-paths.ts";
import type { Rulebook } from "./hold-back.ts";
import type { WorkLine } from "./lines.ts";
import type { ObjectReader } from "./object-reader.ts";
import { isLeftover } from "../../../lib/review/kept-out.ts";
import { baseIndexPath } from "./read-base.ts";
import { ignoredOf } from "./survey.ts";
import type { PathChange } from "./tree-diff.ts";

export type RuleSources = {
  trusted: Git;
  collector: Git;
  workspace: Workspace;
  base: BaseTree;
  objects: ObjectReader;
  containsOwnSecret: Rulebook["containsOwnSecret"];
  mayPushWorkflows: boolean;
  timeoutMs: number;
};

const LARGEST_ATTRIBUTES = 1024 * 1024;

/** Asks git for what the rules need to know of these lines, and only for what they need. */
export async function makeRulebook(lines: readonly WorkLine[], sources: RuleSources): Promise<Rulebook> {
  const { base, objects, containsOwnSecret, mayPushWorkflows } = sources;
  const changes = lines.flatMap(({ steps, total }) => [...steps.flatMap((step) => step.changes), ...total]);
  const paths = [...new Set(changes.filter(({ isText, after }) => isText && after !== null).map(({ path }) => path))];
  const suspects = paths.filter((path) => base.newArtefactFolder(path) !== null || isLeftover(path));
  const here = { cwd: sources.workspace.work, timeoutMs: sources.timeoutMs };
  const ignored = await ignoredOf(sources.collector, suspects, here);
  return {
    base,
    objects,
    containsOwnSecret,
    mayPushWorkflows,
    isIgnored: (path) => ignored.has(path),
    filters: { base: await baseFilters(paths, sources), now: await newFilters(lines, paths, sources) },
    modules: await modulesOf(lines, changes, sources),
    conflicts: new Map(),
    imports: new Map(),
  };
}

/** The filters that the base's attributes give these paths. */
async function baseFilters(
  paths: string[],
  { trusted, workspace, base, objects, timeoutMs }: RuleSources,
): Promise<Map<string, string>> {
  for (const [path, { sha }] of base.entries) {
    if (!isAttributes(path)) continue;
    const rules = await objects.read(sha, LARGEST_ATTRIBUTES);
    if (rules?.content?.includes("filter") === false) continue;
    return filtersIn(trusted.with({ GIT_INDEX_FILE: baseIndexPath(workspace) }), paths, timeoutMs);
  }
  return new Map();
}

/** The filters that attributes give which the agent changed. */
async function newFilters(
  lines: readonly WorkLine[],
  paths: string[],
  sources: RuleSources,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const index = { GIT_INDEX_FILE: join(sources.workspace.privateDir, "attributes.index") };
  const git = sources.trusted.with(index);
  for (const line of lines) {
    if (!line.total.some(({ path, after }) => isAttributes(path) && after !== null)) continue;
    await git.run(["read-tree", line.end], { timeoutMs: sources.timeoutMs });
    for (const [path, filter] of await filtersIn(git, paths, sources.timeoutMs)) found.set(path, filter);
  }
  return found;
}

async function filtersIn(git: Git, paths: string[], timeoutMs: number): Promise<Map<string, string>> {
  const output = await git.run(["check-attr", "--cached", "-z", "--stdin", "filter"], {
    timeoutMs,
    input: nulInput(paths),
  });
  const fields = nulFields(output).map((field) => field.toString("utf8"));
  const filters = new Map<string, string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = "", , value = ""] = fields.slice(at, at + 3);
    if (!["unspecified", "unset", "set"].includes(value)) filters.set(path, value);
  }
  return filters;
}

/** Links to other repositories that may stay: the base's, and those that a line's `.gitmodules` names. */
async function modulesOf(
  lines: readonly WorkLine[],
  changes: readonly PathChange[],
  sources: RuleSources,
): Promise<Set<string>> {
  const { base, trusted, timeoutMs } = sources;
  const modules = new Set([...base.entries].filter(([, { mode }]) => mode === LINK_MODE).map(([path]) => path));
  if (!changes.some(({ path, after }) => after?.mode === LINK_MODE && !modules.has(path))) return modules;
  for (const line of lines) {
    const change = line.total.find(({ path }) => path === ".gitmodules");
    const entry = change === undefined ? base.entry(".gitmodules") : change.after;
    if (entry === null || !entry.mode.startsWith("100")) continue;
    const query = ["config", "-z", "--no-includes", "--blob", entry.sha, "--get-regexp", "^submodule\\..*\\.path$"];
    const output = await trusted.text(query, { timeoutMs }).catch(() => "");
    for (const field of output.split("\0")) modules.add(field.slice(field.indexOf("\n") + 1).replace(/\/+$/, ""));
  }
  return modules;
}
