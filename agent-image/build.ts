import { randomUUID } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { z } from "zod";
import { readJson } from "../lib/json.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the runner into one file without dependencies and returns its path. */
export async function buildRunner(): Promise<string> {
  const outfile = here("dist/runner.mjs");
  // Builds at the same time must not see each other's half-written file.
  const draft = `${outfile}.${randomUUID()}.tmp.mjs`;
  const { version } = readJson(z.object({ version: z.string() }), await readFile(here("package.json"), "utf8"));
  await build({
    entryPoints: [here("runner/main.ts")],
    outfile: draft,
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
  await rename(draft, outfile);
  return outfile;
}

if (import.meta.main) process.stdout.write(`${await buildRunner()}\n`);
