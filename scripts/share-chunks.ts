// Next writes a shared part of the server once for each kind of route, under several names: the same code up to six
// times, of which each Worker loads all. After `next build` every copy becomes a line that brings the first one.
import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./checks/command.ts";

/** What OpenNext bundles. */
const CHUNKS = join(".next", "standalone", ".next", "server", "chunks");
/** A smaller part is not worth its line. */
const LEAST_LENGTH = 4096;
const MAP = /\n\/\/# sourceMappingURL=.*\s*$/;

/** Answers how many characters became lines. Sharing is safe: a chunk is a list of modules that Next's runtime only reads. */
export function shareChunks(folder: string): number {
  const firsts = new Map<string, string>();
  let shared = 0;
  for (const path of globSync("**/*.js", { cwd: folder }).toSorted()) {
    const code = readFileSync(join(folder, path), "utf8").replace(MAP, "");
    if (code.length < LEAST_LENGTH) continue;
    const hash = createHash("sha256").update(code).digest("hex");
    const first = firsts.get(hash) ?? path;
    firsts.set(hash, first);
    if (first === path) continue;
    const from = relative(dirname(path), first);
    const request = from.startsWith(".") ? from : `./${from}`;
    writeFileSync(join(folder, path), `module.exports=require(${JSON.stringify(request)});\n`);
    shared += code.length;
  }
  return shared;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  console.log(
    `Parts of the server that were there more than once: ${shareChunks(join(ROOT, CHUNKS))} characters less.`,
  );
