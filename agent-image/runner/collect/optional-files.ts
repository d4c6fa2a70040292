import type { FileAnswer } from "./reader-answers.ts";

const MOST_FILES = 200;
const MOST_BYTES = 5 * 1024 ** 2;

/** What tools leave behind, a folder or a file at a time: few and small enough to go along for whoever wants them. */
export class OptionalFiles {
  readonly #groups = new Map<string, string[]>();

  /** `group`: the folder of tools that the file is in, or its own path. */
  add(group: string, path: string): void {
    const paths = this.#groups.get(group) ?? [];
    if (paths.length <= MOST_FILES) this.#groups.set(group, [...paths, path]);
  }

  /** Of whole folders, as long as there are not too many files. */
  get paths(): string[] {
    const some: string[] = [];
    for (const paths of this.#groups.values()) if (some.length + paths.length <= MOST_FILES) some.push(...paths);
    return some;
  }

  /** Of whole folders, as long as they are readable and small. `found`: what stands at `paths`. */
  choose(found: readonly FileAnswer[]): string[] {
    const sizes = new Map(this.paths.map((path, at) => [path, sizeOf(found[at])]));
    const chosen: string[] = [];
    let left = MOST_BYTES;
    for (const paths of this.#groups.values()) {
      const size = paths.reduce((sum, path) => sum + (sizes.get(path) ?? Infinity), 0);
      if (size > left) continue;
      left -= size;
      chosen.push(...paths);
    }
    return chosen;
  }
}

const sizeOf = (file: FileAnswer | undefined): number =>
  file?.readable === true && (file.kind === "file" || file.kind === "link") ? file.size : Infinity;
