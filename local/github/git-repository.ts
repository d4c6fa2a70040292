import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type ObjectType, writeLooseObject } from "./git-objects.ts";

/** A reference's full name → the object id it points to. */
export type References = Map<string, string>;
type Person = { name: string; email: string };
type NewCommit = { tree: string; parents: string[]; message: string; author: Person; committer: Person };
type GitObject = { type: string; content: Buffer };

/** GitHub refuses larger files, pushed or written by the API. */
export const largestFileBytes = 100 * 1024 * 1024;

/** Only git's own settings apply here: no system file, no user's file, no prompt. */
export const gitEnvironment: Record<string, string> = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

/**
 * Runs in receive-pack before any reference moves. GitHub's rule for Apps without the `workflows` permission, its limit
 * of a file's size and its care for large files' pointers, the repository's own rules where it has any (in Node), and ours: tags would not survive the way to
 * the emulator.
 */
const preReceiveHook = `#!/bin/sh
zero=0000000000000000000000000000000000000000
updates=$(cat)
printf '%s\\n' "$updates" | while read -r old new ref; do
  case "$ref" in
    refs/heads/*) ;;
    *) echo "the local GitHub keeps branches only, not $ref" >&2; exit 1 ;;
  esac
  if [ "$new" = "$zero" ]; then continue; fi
  objects=$(git rev-list --objects "$new" --not --all |
    git cat-file --batch-check='%(objecttype) %(objectsize) %(objectname) %(rest)')
  large=$(printf '%s\\n' "$objects" |
    awk '$1 == "blob" && $2 > ${largestFileBytes} { size = $2; sub(/^[^ ]+ [^ ]+ [^ ]+ /, ""); printf "%s is %.2f MB", $0, size / 1048576; exit }')
  if [ -n "$large" ]; then
    echo "error: File $large; this exceeds GitHub's file size limit of 100.00 MB" >&2
    echo "error: GH001: Large files detected. You may want to try Git Large File Storage - https://git-lfs.github.com." >&2
    exit 1
  fi
  for oid in $(printf '%s\\n' "$objects" | awk '$1 == "blob" && $2 > 110 && $2 < 170 { print $3 }' |
    git cat-file --batch | sed -n 's/^oid sha256:\\([0-9a-f]\\{64\\}\\)$/\\1/p'); do
    case " $PORTER_LFS_OBJECTS " in
      *" $oid "*) ;;
      *)
        echo "error: GH008: Your push referenced at least 1 unknown Git LFS object:" >&2
        echo "error:     $oid" >&2
        echo "error: Try to push them with 'git lfs push --all'." >&2
        exit 1 ;;
    esac
  done
  if [ -z "$PORTER_REFUSE_WORKFLOWS" ]; then continue; fi
  file=$(git log --format= --name-only "$new" --not --all -- .github/workflows | head -n 1)
  if [ -n "$file" ]; then
    echo "refusing to allow a GitHub App to create or update workflow \\\`$file\\\` without \\\`workflows\\\` permission" >&2
    exit 1
  fi
done || exit 1
if [ -z "$PORTER_GATE" ]; then exit 0; fi
printf '%s\\n' "$updates" | "$PORTER_NODE" "$PORTER_GATE_PROGRAM"
`;

/** Runs a program and answers what it wrote to stdout. Throws with its stderr when it fails. */
export function runProgram(
  command: string,
  args: string[],
  options: { input?: Buffer | string; env?: Record<string, string> } = {},
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const child = spawn(command, args, { env: { ...gitEnvironment, ...options.env }, stdio: "pipe" });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.on("error", reject);
  child.on("close", (code) => {
    if (code === 0) resolve(Buffer.concat(out));
    else reject(new Error(`${command} ${args.join(" ")}: exit ${code}: ${Buffer.concat(err).toString("utf8").trim()}`));
  });
  // A program that ends before it has read its input closes the pipe; its exit code tells what happened.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return promise;
}

/** One bare repository, the form in which git clients see what the emulator holds. */
export class GitRepository {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(directory: string, defaultBranch: string): Promise<GitRepository> {
    await mkdir(directory, { recursive: true });
    const repository = new GitRepository(directory);
    await runProgram("git", ["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, directory]);
    for (const [name, value] of [
      ["http.receivepack", "true"],
      ["receive.fsckObjects", "true"],
      ["uploadpack.allowFilter", "true"],
      ["uploadpack.allowReachableSHA1InWant", "true"],
    ] as const) {
      await repository.git(["config", name, value]);
    }
    await mkdir(path.join(directory, "hooks"), { recursive: true });
    await writeFile(path.join(directory, "hooks", "pre-receive"), preReceiveHook, { mode: 0o755 });
    return repository;
  }

  git(args: string[], options: { input?: Buffer | string; env?: Record<string, string> } = {}): Promise<Buffer> {
    return runProgram("git", ["--git-dir", this.directory, ...args], options);
  }

  async text(args: string[], options: { input?: Buffer | string; env?: Record<string, string> } = {}): Promise<string> {
    return (await this.git(args, options)).toString("utf8").trim();
  }

  async lines(args: string[], input = ""): Promise<string[]> {
    return (await this.text(args, { input })).split("\n").filter((line) => line !== "");
  }

  async branches(): Promise<References> {
    const lines = await this.lines(["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"]);
    return new Map(lines.map((line): [string, string] => [line.slice(0, -41), line.slice(-40)]));
  }

  /** The ids of all objects, with one process. */
  async ids(): Promise<Set<string>> {
    return new Set(await this.lines(["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]));
  }

  /** Stores an object and answers its id. */
  write(type: ObjectType, content: Buffer): Promise<string> {
    return writeLooseObject(this.directory, type, content);
  }

  /** Reads many objects with one process. Throws for an id the repository does not hold. */
  async read(ids: string[]): Promise<Map<string, GitObject>> {
    const objects = new Map<string, GitObject>();
    if (ids.length === 0) return objects;
    const output = await this.git(["cat-file", "--batch"], { input: ids.map((id) => `${id}\n`).join("") });
    for (let at = 0; at < output.length;) {
      const end = output.indexOf("\n", at);
      const [id = "", type = "", size = ""] = output.subarray(at, end).toString("utf8").split(" ");
      if (type === "missing") throw new Error(`git object ${id} is missing`);
      const start = end + 1;
      objects.set(id, { type, content: output.subarray(start, start + Number(size)) });
      at = start + Number(size) + 1;
    }
    return objects;
  }

  /** Makes the branches exactly these, in one transaction. */
  async setBranches(wanted: References): Promise<void> {
    const current = await this.branches();
    const updates = [...wanted].filter(([name, id]) => current.get(name) !== id);
    const deletions = [...current.keys()].filter((name) => !wanted.has(name));
    if (updates.length + deletions.length === 0) return;
    const commands = [
      ...deletions.map((name) => `delete ${name}\n`),
      ...updates.map(([name, id]) => `update ${name} ${id}\n`),
    ];
    await this.git(["update-ref", "--stdin"], { input: commands.join("") });
  }

  /** The tree that a merge of two commits has; null where they are in conflict. */
  async mergedTree(base: string, head: string): Promise<string | null> {
    try {
      return await this.text(["merge-tree", "--write-tree", "--no-messages", base, head]);
    } catch (error) {
      // It ends with 1 for a conflict, and with more for whatever else is wrong.
      if (error instanceof Error && error.message.includes(": exit 1:")) return null;
      throw error;
    }
  }

  /** A commit of this tree; answers its id. */
  commit({ tree, parents, message, author, committer }: NewCommit): Promise<string> {
    const date = new Date().toISOString().replace(/\.\d+Z$/, "+00:00");
    const env = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: date,
    };
    return this.text(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", message], { env });
  }

  /** A commit of these files on a branch that does not exist yet. Times are fixed, so ids are the same in every run. */
  async commitFiles(
    branch: string,
    files: Record<string, string>,
    author: { name: string; email: string },
  ): Promise<void> {
    const index = { GIT_INDEX_FILE: path.join(this.directory, "seed-index") };
    const entries: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      entries.push(`100644 ${await this.write("blob", Buffer.from(text))}\t${name}\n`);
    }
    await this.git(["update-index", "--add", "--index-info"], { input: entries.join(""), env: index });
    const tree = await this.text(["write-tree"], { env: index });
    const date = "2026-01-05T09:00:00+00:00";
    const identity = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    };
    const commit = await this.text(["commit-tree", tree, "-m", "Initial commit"], { env: identity });
    await this.git(["update-ref", `refs/heads/${branch}`, commit]);
  }
}
