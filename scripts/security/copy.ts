// A copy of the source in which guards are taken out: the work tree itself is never touched.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../checks/command.ts";
import type { SourceGuard } from "./abuse.ts";

/** Copies what git knows or would take, as it lies there now, with the same dependencies. */
export function copySource(to: string): void {
  rmSync(to, { recursive: true, force: true });
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const made = new Set<string>();
  for (const file of listed.split("\0").filter(Boolean)) {
    const folder = dirname(join(to, file));
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    copyFileSync(join(ROOT, file), join(to, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(to, "node_modules"));
}

/** The source without the guard; null where its text does not stand there exactly once. */
export function withoutGuard(source: string, { text, without }: SourceGuard): string | null {
  const at = source.indexOf(text);
  if (at === -1 || source.includes(text, at + 1)) return null;
  return source.slice(0, at) + without + source.slice(at + text.length);
}

/** Does `work` while the guard is out of the copy. */
export async function whileOut<T>(copy: string, guard: SourceGuard, work: () => Promise<T>): Promise<T> {
  const path = join(copy, guard.file);
  const source = readFileSync(path, "utf8");
  const mutated = withoutGuard(source, guard);
  if (mutated === null) throw new Error(`${guard.file} does not have this exactly once: ${guard.text}`);
  writeFileSync(path, mutated);
  try {
    return await work();
  } finally {
    writeFileSync(path, source);
  }
}
