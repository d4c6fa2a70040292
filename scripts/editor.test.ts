// An editor reads a file with the nearest tsconfig.json above it that holds the file, and with no rules of ours where
// none does: then it shows red lines that no check knows of. What it shows of the others is what `npm run check` says,
// since every tsconfig.json has the options of one of the two that the check compiles.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "./checks/command.ts";
import { readJson } from "../lib/json.ts";

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 });
const tsc = join(ROOT, "node_modules/.bin/tsc");
const shownSchema = z.object({ compilerOptions: z.record(z.string(), z.unknown()), files: z.array(z.string()) });
const configOf = (path: string): z.infer<typeof shownSchema> =>
  readJson(shownSchema, run(tsc, "--showConfig", "--project", path));

const tracked = run("git", "ls-files", "--cached", "--others", "--exclude-standard")
  .split("\n")
  .filter((path) => existsSync(join(ROOT, path)));
const configs = new Map(
  tracked.filter((path) => /(?:^|\/)tsconfig\.json$/.test(path)).map((path) => [dirname(path), configOf(path)]),
);
const filesOf = new Map(
  [...configs].map(([folder, { files }]) => [folder, new Set(files.map((file) => normalize(join(folder, file))))]),
);

function nearestFolder(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (filesOf.get(folder)?.has(path) === true) return folder;
    if (folder === ".") return undefined;
  }
}

describe("an editor", () => {
  test("finds a tsconfig.json for every TypeScript file", () => {
    // Made by Next, in a form of its own, and read by nobody here.
    const files = tracked.filter((path) => /\.(?:ts|tsx|mts)$/.test(path) && path !== "next-env.d.ts");
    expect(files.length).toBeGreaterThan(1000);
    expect(files.filter((path) => nearestFolder(path) === undefined)).toEqual([]);
  });

  test("reads each with options that the check compiles it with", () => {
    const tools = configOf("tsconfig.tools.json").compilerOptions;
    for (const [folder, { compilerOptions }] of configs) {
      const expected = folder === "." ? configOf("tsconfig.json").compilerOptions : tools;
      // Where the same file lies is said from where it is read.
      const { paths: _own, ...options } = compilerOptions;
      const { paths: _theirs, ...wanted } = expected;
      expect(options, folder).toEqual(wanted);
    }
  });

  test("finds in a fresh clone every file of types that options name, made by git or by the install", () => {
    const { scripts } = readJson(
      z.object({ scripts: z.record(z.string(), z.string()) }),
      readFileSync(join(ROOT, "package.json"), "utf8"),
    );
    expect(scripts["prepare"]).toBe("node scripts/prepare.mjs");
    const named = [...configs].flatMap(([folder, { compilerOptions }]) =>
      z
        .array(z.string())
        .parse(compilerOptions["types"] ?? [])
        .filter((one) => one.startsWith("."))
        .map((one) => normalize(join(folder, one))),
    );
    expect(named.filter((path) => !tracked.includes(path))).toEqual(["cloudflare-env.d.ts"]);
  });
});
