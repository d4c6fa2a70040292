import { z } from "zod";
import type { Emulator } from "./emulator.ts";
import { treeContent } from "./git-objects.ts";
import type { GitRepository, References } from "./git-repository.ts";
import type { GitHubWorld, Repository } from "./world.ts";

/** A repository on both sides: the emulator's, by full name, and the bare one that git clients talk to. */
export type SyncedRepository = { emulator: Emulator; fullName: string; owner: string; git: GitRepository };

export function syncedOf(world: GitHubWorld, { id, fullName, owner }: Repository): SyncedRepository | undefined {
  const git = world.bare.get(id);
  return git === undefined ? undefined : { emulator: world.emulator, fullName, owner, git };
}

const referenceSchema = z.object({ ref: z.string(), object: z.object({ sha: z.string() }) });
const identitySchema = z.object({ name: z.string(), email: z.string(), date: z.string() });
const commitSchema = z.object({
  sha: z.string(),
  message: z.string(),
  tree: z.object({ sha: z.string() }),
  parents: z.array(z.object({ sha: z.string() })),
  author: identitySchema,
  committer: identitySchema,
});
const treeSchema = z.object({
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() })),
});
const blobSchema = z.object({ content: z.string() });
const createdSchema = z.object({ sha: z.string() });

function url({ fullName }: SyncedRepository, rest: string): string {
  return `/repos/${fullName}/git/${rest}`;
}

function get<T>(repository: SyncedRepository, schema: z.ZodType<T>, rest: string): Promise<T> {
  const authorization = repository.emulator.owner(repository.owner);
  return repository.emulator.call(schema, { method: "GET", path: url(repository, rest), authorization });
}

/** Creates an object in the emulator, which must give it the id that git gave it. */
async function post(repository: SyncedRepository, kind: string, wanted: { id: string; body: unknown }): Promise<void> {
  const authorization = repository.emulator.owner(repository.owner);
  const call = { method: "POST", path: url(repository, kind), authorization, body: wanted.body };
  const created = await repository.emulator.call(createdSchema, call);
  if (created.sha !== wanted.id) throw new Error(`${kind} ${wanted.id} became ${created.sha} in the emulator`);
}

function same(kind: string, wanted: string, got: string): void {
  if (wanted !== got) throw new Error(`${kind} ${wanted} became ${got} in git`);
}

async function emulatorBranches(repository: SyncedRepository): Promise<References> {
  const references = await get(repository, z.array(referenceSchema), "matching-refs/heads/");
  return new Map(references.map(({ ref, object }): [string, string] => [ref, object.sha]));
}

/** Brings what changed in the emulator (a merge, a file written through the API) into the bare repository. */
export async function pullFromEmulator(repository: SyncedRepository): Promise<References> {
  const branches = await emulatorBranches(repository);
  await pullCommits(repository, [...branches.values()]);
  await repository.git.setBranches(branches);
  return branches;
}

/** Brings commits with everything below them into the bare repository; no process an object, there may be hundreds. */
export async function pullCommits(repository: SyncedRepository, tips: string[]): Promise<void> {
  const known = await repository.git.ids();
  const missing: z.infer<typeof commitSchema>[] = [];
  const waiting = [...tips];
  const visited = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (visited.has(id) || known.has(id)) continue;
    visited.add(id);
    const commit = await get(repository, commitSchema, `commits/${id}`);
    missing.push(commit);
    waiting.push(...commit.parents.map((parent) => parent.sha));
  }
  for (const commit of missing.toReversed()) {
    await pullTree(repository, commit.tree.sha, known);
    same("commit", commit.sha, await repository.git.write("commit", commitContent(commit)));
  }
}

function commitContent(commit: z.infer<typeof commitSchema>): Buffer {
  const person = ({ name, email, date }: z.infer<typeof identitySchema>): string => {
    const zone = /([+-]\d\d):?(\d\d)$/.exec(date);
    const offset = zone === null ? "+0000" : `${zone[1]}${zone[2]}`;
    return `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} ${offset}`;
  };
  const head = [
    `tree ${commit.tree.sha}`,
    ...commit.parents.map((parent) => `parent ${parent.sha}`),
    `author ${person(commit.author)}`,
    `committer ${person(commit.committer)}`,
  ];
  const message = commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`;
  return Buffer.from(`${head.join("\n")}\n\n${message}`);
}

async function pullTree(repository: SyncedRepository, id: string, known: Set<string>): Promise<void> {
  if (known.has(id)) return;
  const { tree } = await get(repository, treeSchema, `trees/${id}`);
  for (const entry of tree) {
    if (entry.type === "tree") await pullTree(repository, entry.sha, known);
    if (entry.type !== "blob" || known.has(entry.sha)) continue;
    const { content } = await get(repository, blobSchema, `blobs/${entry.sha}`);
    same("blob", entry.sha, await repository.git.write("blob", Buffer.from(content, "base64")));
    known.add(entry.sha);
  }
  same("tree", id, await repository.git.write("tree", treeContent(tree)));
  known.add(id);
}

/**
 * Replays into the emulator what a push brought: new blobs, trees and commits, then the branches that moved.
 * Answers which ones. Throws when an object would get another id there (a signed commit, for one).
 */
export async function pushToEmulator(repository: SyncedRepository, before: References): Promise<string[]> {
  const after = await repository.git.branches();
  const moved = [...after].filter(([name, id]) => before.get(name) !== id);
  await pushObjects(repository, { wanted: moved.map(([, id]) => id), known: [...before.values()] });
  for (const [name, id] of moved) await moveBranch(repository, name, { id, exists: before.has(name) });
  for (const name of before.keys()) if (!after.has(name)) await deleteBranch(repository, name);
  return moved.map(([name]) => name);
}

async function moveBranch(
  repository: SyncedRepository,
  name: string,
  to: { id: string; exists: boolean },
): Promise<void> {
  const authorization = repository.emulator.owner(repository.owner);
  const call = to.exists
    ? { method: "PATCH", path: url(repository, encodeURI(name)), body: { sha: to.id, force: true } }
    : { method: "POST", path: url(repository, "refs"), body: { ref: name, sha: to.id } };
  await repository.emulator.call(z.unknown(), { ...call, authorization });
}

async function deleteBranch(repository: SyncedRepository, name: string): Promise<void> {
  const authorization = repository.emulator.owner(repository.owner);
  await repository.emulator.call(z.unknown(), {
    method: "DELETE",
    path: url(repository, encodeURI(name)),
    authorization,
  });
}

async function pushObjects(repository: SyncedRepository, range: { wanted: string[]; known: string[] }): Promise<void> {
  if (range.wanted.length === 0) return;
  const { git } = repository;
  const revisions = [...range.wanted, ...range.known.map((id) => `^${id}`)].join("\n") + "\n";
  const listed = await git.lines(["rev-list", "--objects", "--stdin"], revisions);
  const objects = await git.read(listed.map((line) => line.slice(0, 40)));
  for (const [id, { type, content }] of objects) {
    if (type === "blob") {
      await post(repository, "blobs", { id, body: { content: content.toString("base64"), encoding: "base64" } });
    }
  }
  for (const id of await git.lines(["rev-list", "--reverse", "--topo-order", "--stdin"], revisions)) {
    const commit = objects.get(id);
    if (commit === undefined) throw new Error(`commit ${id} is not among the new objects`);
    await pushCommit(repository, id, commit.content.toString("utf8"));
  }
}

async function pushCommit(repository: SyncedRepository, id: string, raw: string): Promise<void> {
  const { tree, body } = parseCommit(id, raw);
  const listing = (await repository.git.git(["ls-tree", "-r", "-z", id])).toString("utf8").split("\0");
  const entries = listing.filter((line) => line !== "").map(parseTreeLine);
  await post(repository, "trees", { id: tree, body: { tree: entries } });
  await post(repository, "commits", { id, body });
}

function parseTreeLine(line: string): { mode: string; type: string; sha: string; path: string } {
  const tab = line.indexOf("\t");
  const [mode = "", type = "", sha = ""] = line.slice(0, tab).split(" ");
  return { mode, type, sha, path: line.slice(tab + 1) };
}

function parseCommit(id: string, raw: string): { tree: string; body: Record<string, unknown> } {
  const end = raw.indexOf("\n\n");
  const message = raw.slice(end + 2);
  let tree = "";
  const parents: string[] = [];
  const people: Record<string, unknown> = {};
  for (const line of raw.slice(0, end).split("\n")) {
    const [name, value] = splitOnce(line);
    if (name === "tree") tree = value;
    else if (name === "parent") parents.push(value);
    else if (name === "author" || name === "committer") people[name] = parsePerson(value);
    else throw new Error(`commit ${id} has a "${name}" header, which the emulator cannot keep`);
  }
  return { tree, body: { message: withoutLastNewline(message), tree, parents, ...people } };
}

function splitOnce(line: string): [string, string] {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}

function parsePerson(value: string): z.infer<typeof identitySchema> {
  const parts = /^(.*) <(.*)> (\d+) ([+-]\d\d)(\d\d)$/.exec(value);
  if (parts === null) throw new Error(`not a git identity: ${value}`);
  const [, name = "", email = "", seconds = "", hours = "", minutes = ""] = parts;
  const offsetMinutes = (Number(hours.slice(1)) * 60 + Number(minutes)) * (hours.startsWith("-") ? -1 : 1);
  const local = new Date((Number(seconds) + offsetMinutes * 60) * 1000).toISOString().slice(0, 19);
  return { name, email, date: `${local}${hours}:${minutes}` };
}

/** GitHub shows messages without their last newline, and the emulator adds it back when it computes the id. */
function withoutLastNewline(message: string): string {
  return message.endsWith("\n") && !message.endsWith("\n\n") ? message.slice(0, -1) : message;
}
