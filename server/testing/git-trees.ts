import { createHash } from "node:crypto";
import type { SetEntry } from "@/server/change-sets/facts";
import type { PlannedEntry } from "@/server/change-sets/tree-entries";

type Folder = Map<string, SetEntry | Folder>;

const idOf = (kind: string, content: Buffer): string =>
  createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");

/** Trees as GitHub keeps them: a folder whose files were taken out one by one stays, empty, and makes another id. */
export class GitTrees {
  readonly #root: Folder = new Map();

  constructor(files: Iterable<readonly [path: string, entry: SetEntry]>) {
    for (const [path, entry] of files) this.#put(path, entry);
  }

  /** One request for a tree, by GitHub's rules: what goes has to be there, and no file stands where a folder has to. */
  request(entries: readonly PlannedEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === "gone") this.#take(entry.path, entry.what === "tree");
      else this.#put(entry.path, { mode: entry.mode, sha: entry.sha });
    }
  }

  id(folder: Folder = this.#root): string {
    const rows = [...folder].map(([name, node]) => {
      const isFolder = node instanceof Map;
      const { mode, sha } = isFolder ? { mode: "40000", sha: this.id(node) } : node;
      return { key: Buffer.from(isFolder ? `${name}/` : name), row: [`${mode} ${name}\0`, Buffer.from(sha, "hex")] };
    });
    rows.sort((one, other) => Buffer.compare(one.key, other.key));
    return idOf("tree", Buffer.concat(rows.flatMap(({ row }) => row.map((piece) => Buffer.from(piece)))));
  }

  files(folder: Folder = this.#root, at = ""): Map<string, SetEntry> {
    return new Map(
      [...folder].flatMap(([name, node]): [string, SetEntry][] =>
        node instanceof Map ? [...this.files(node, `${at}${name}/`)] : [[at + name, node]],
      ),
    );
  }

  #put(path: string, entry: SetEntry): void {
    const { folder, name } = this.#walk(path, true);
    folder.set(name, entry);
  }

  #take(path: string, isFolder: boolean): void {
    const { folder, name } = this.#walk(path, false);
    const node = folder.get(name);
    if (node === undefined || node instanceof Map !== isFolder) throw new Error(`422: ${path} is not there`);
    folder.delete(name);
  }

  #walk(path: string, makes: boolean): { folder: Folder; name: string } {
    const steps = path.split("/");
    const name = steps.pop() ?? "";
    let folder = this.#root;
    for (const step of steps) {
      const next = folder.get(step) ?? (makes ? new Map() : undefined);
      if (!(next instanceof Map)) throw new Error(`422: ${step} of ${path} is no folder`);
      folder.set(step, next);
      folder = next;
    }
    return { folder, name };
  }
}
