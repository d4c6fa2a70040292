import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./command.ts";

/** The rules, and the program that keeps them. */
const COPIED = [
  ".dependency-cruiser.mjs",
  ".gitignore",
  ".oxfmtrc.json",
  ".oxlintrc.json",
  "cloudflare-env.d.ts",
  "knip.json",
  // What the program is made of besides.
  "lib/agents",
  "lib/agents.ts",
  "lib/concurrency.ts",
  "lib/json.ts",
  "lib/mention.ts",
  "lib/providers.ts",
  "lib/task.ts",
  "package-lock.json",
  "package.json",
  "scripts/check.ts",
  "scripts/checks",
  "scripts/lock-check.mjs",
  "scripts/lock-stubs.json",
  "scripts/tsconfig.json",
  "tsconfig.json",
  "tsconfig.product.json",
  "tsconfig.tools.json",
  "wrangler.toml",
];

/** A small project of its own under the real rules, for tests to plant in what `npm run check` must refuse. */
export function plantingGround() {
  const copy = mkdtempSync(join(tmpdir(), "porter-check-"));
  for (const path of COPIED) {
    // The types of the Worker are made, not committed: the check makes them in the copy where the tree has none.
    if (!existsSync(join(ROOT, path)) && path === "cloudflare-env.d.ts") continue;
    cpSync(join(ROOT, path), join(copy, path), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "dir");
  execFileSync("git", ["init", "--quiet", copy]);
  return {
    copy,
    plant(path: string, text: string): void {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    },
    /** `check` as a person runs it, in the copy. */
    check: (...args: string[]): Promise<{ code: number; output: string }> =>
      new Promise((resolve) => {
        const program = [join(copy, "scripts", "check.ts"), ...args];
        const options = { maxBuffer: 2 ** 26, env: { ...process.env, CI: "" } };
        execFile(process.execPath, program, options, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
        });
      }),
    remove: (): void => rmSync(copy, { recursive: true, force: true }),
  };
}
