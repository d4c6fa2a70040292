import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseJson } from "../../lib/json.ts";
import { type Toolchain, toolchainSchema } from "../../lib/toolchain.ts";

/** Made at the image's build. */
export const TOOLCHAIN_FILE = "/opt/porter/toolchain.json";

/** How each tool is asked for its version. */
export const TOOLS: Record<string, readonly [string, ...string[]]> = {
  node: ["node", "--version"],
  npm: ["npm", "--version"],
  pnpm: ["pnpm", "--version"],
  yarn: ["yarn", "--version"],
  corepack: ["corepack", "--version"],
  python: ["python3", "--version"],
  pip: ["pip", "--version"],
  uv: ["uv", "--version"],
  gcc: ["gcc", "-dumpfullversion"],
  make: ["make", "--version"],
  "pkg-config": ["pkg-config", "--version"],
  go: ["go", "version"],
  java: ["java", "-version"],
  maven: ["mvn", "--version"],
  ruby: ["ruby", "--version"],
  bundler: ["bundle", "--version"],
  php: ["php", "--version"],
  composer: ["composer", "--version"],
  rust: ["rustc", "--version"],
  cargo: ["cargo", "--version"],
  sqlite3: ["sqlite3", "--version"],
  postgresql: ["psql", "--version"],
  redis: ["redis-server", "--version"],
  git: ["git", "--version"],
  "git-lfs": ["git-lfs", "version"],
  ripgrep: ["rg", "--version"],
  zip: ["zip", "--version"],
  unzip: ["unzip", "-v"],
  xz: ["xz", "--version"],
  mise: ["mise", "--version"],
};

const ANSWER_MS = 60_000;
const VERSION = /\d+(?:\.\d+)+[\w.+~-]*/;

/** Asks every tool; one that is not there or does not answer is left out. */
export async function askToolchain(): Promise<Toolchain> {
  // Some write below their home, and none may leave anything in root's.
  const home = await mkdtemp(join(tmpdir(), "porter-tools-"));
  const env = { PATH: process.env.PATH ?? "", HOME: home, LANG: "C.UTF-8", COMPOSER_ALLOW_SUPERUSER: "1" };
  try {
    const asked = Object.entries(TOOLS).map(async ([name, [program, ...args]]) => {
      const answer = await promisify(execFile)(program, args, { env, timeout: ANSWER_MS }).catch(() => null);
      const version = answer === null ? undefined : VERSION.exec(`${answer.stdout}\n${answer.stderr}`)?.[0];
      return version === undefined ? [] : [[name, version.slice(0, 40)] as const];
    });
    return toolchainSchema.parse(Object.fromEntries((await Promise.all(asked)).flat()));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** What the image says that it has; null outside of an image, and where the file is not one. */
export async function readToolchain(file: string): Promise<Toolchain | null> {
  const parsed = toolchainSchema.safeParse(parseJson(await readFile(file, "utf8").catch(() => "")));
  return parsed.success ? parsed.data : null;
}
