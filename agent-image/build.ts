import { randomUUID } from "node:crypto";
import { readFile, rename, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { z } from "zod";
import { readJson } from "../lib/json.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The programs that the image has, each one file without dependencies. */
export const PROGRAMS = ["runner", "side-program"] as const;
const SOURCES = { runner: here("runner/main.ts"), "side-program": here("runner/side-program.ts") };

/** Where a bundled program lies. */
export const bundleOf = (program: (typeof PROGRAMS)[number]): string => here(`dist/${program}.mjs`);

/** Bundles the runner with its side program, and returns the runner's path. */
export async function buildRunner(): Promise<string> {
  const { version } = readJson(z.object({ version: z.string() }), await readFile(here("package.json"), "utf8"));
  // Builds at the same time must not see each other's half-written files.
  const draft = here(`dist/${randomUUID()}`);
  await build({
    entryPoints: SOURCES,
    outdir: draft,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // Packages in the older form ask for Node's own modules by `require`.
    banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
    legalComments: "none",
    logLevel: "warning",
    define: { PORTER_RUNNER_VERSION: JSON.stringify(version) },
  });
  // The runner last: it starts the other.
  for (const program of PROGRAMS.toReversed()) await rename(join(draft, `${program}.mjs`), bundleOf(program));
  await rmdir(draft);
  return bundleOf("runner");
}

if (import.meta.main) process.stdout.write(`${await buildRunner()}\n`);
