import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What git itself says about a pull request's branch, read back over HTTP. */
export type BranchFacts = {
  commits: number;
  filesChanged: number;
  additions: number;
  deletions: number;
  diff: string;
  /** `git log -p` of the branch's own commits, messages and authors included. */
  log: string;
};

/** Clones `repo` (owner/name) from `githubUrl` and compares `head` with `base`. Throws what git says. */
export async function readBranch(input: {
  githubUrl: string;
  repo: string;
  token: string;
  base: string;
  head: string;
}): Promise<BranchFacts> {
  const folder = await mkdtemp(join(tmpdir(), "porter-demo-read-"));
  // The token stays out of the command line and of the clone's own configuration.
  const credentials = Buffer.from(`x-access-token:${input.token}`).toString("base64");
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
  };
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("git", args, { cwd: folder, env: env as NodeJS.ProcessEnv, maxBuffer: 20_000_000 });
    return stdout;
  };
  try {
    await git("clone", "--quiet", "--bare", `${input.githubUrl}/${input.repo}.git`, "repository");
    const inside = ["-C", "repository"];
    const range = `${input.base}..${input.head}`;
    const numbers = (await git(...inside, "diff", "--numstat", `${input.base}...${input.head}`))
      .split("\n")
      .filter(Boolean);
    const column = (index: number): number =>
      numbers.reduce((sum, line) => sum + (Number(line.split("\t")[index]) || 0), 0);
    return {
      commits: Number(await git(...inside, "rev-list", "--count", range)),
      filesChanged: numbers.length,
      additions: column(0),
      deletions: column(1),
      diff: await git(...inside, "diff", `${input.base}...${input.head}`),
      log: await git(...inside, "log", "-p", "--format=fuller", range),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
