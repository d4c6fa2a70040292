import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hidePaths, markHidden } from "./hidden-paths.ts";
import { Git } from "./run-git.ts";

const PATHS = [".opencode", "opencode.json", "opencode.jsonc"];
let root = "";
let work = "";

const git = (...args: string[]): string =>
  execFileSync("git", ["-C", work, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
  }).trimEnd();
const inWork = (index = join(work, ".git/index")): Git =>
  new Git({ home: root, user: null, env: { GIT_DIR: join(work, ".git"), GIT_WORK_TREE: work, GIT_INDEX_FILE: index } });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "porter-hidden-"));
  work = join(root, "work");
  mkdirSync(join(work, ".opencode/plugin"), { recursive: true });
  writeFileSync(join(root, "outside"), "stays\n");
  writeFileSync(join(work, ".opencode/plugin/a b.js"), "bad\n");
  symlinkSync(join(root, "outside"), join(work, "opencode.json"));
  writeFileSync(join(work, "code.js"), "code\n");
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "base");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What the supervisor's own index makes of the work tree. */
async function collectedTree(): Promise<string> {
  const collector = inWork(join(root, "collector.index"));
  const here = { cwd: work };
  await collector.run(["read-tree", "HEAD"], here);
  await markHidden(collector, PATHS, here);
  await collector.run(["add", "--all", "--", "."], here);
  return collector.text(["write-tree"], here);
}

it("takes the files away without a change that git would see", async () => {
  await hidePaths(inWork(), work, PATHS);
  expect([existsSync(join(work, ".opencode")), existsSync(join(work, "opencode.json"))]).toEqual([false, false]);
  expect(readFileSync(join(root, "outside"), "utf8")).toBe("stays\n");
  expect(git("status", "--porcelain")).toBe("");
  writeFileSync(join(work, "code.js"), "changed\n");
  git("commit", "-qam", "change");
  expect(git("diff", "--name-only", "HEAD~1")).toBe("code.js");
  expect(await collectedTree()).toBe(git("rev-parse", "HEAD^{tree}"));
});

it("still collects what the agent wrote there", async () => {
  await hidePaths(inWork(), work, PATHS);
  mkdirSync(join(work, ".opencode/plugin"), { recursive: true });
  writeFileSync(join(work, ".opencode/plugin/new.js"), "new\n");
  writeFileSync(join(work, ".opencode/plugin/a b.js"), "better\n");
  const tree = await collectedTree();
  expect(git("diff", "--name-status", "HEAD", tree).split("\n")).toEqual([
    "M\t.opencode/plugin/a b.js",
    "A\t.opencode/plugin/new.js",
  ]);
});

it("changes nothing in a repository without them, and for an agent that needs none hidden", async () => {
  await hidePaths(inWork(), work, []);
  expect(existsSync(join(work, ".opencode"))).toBe(true);
  await hidePaths(inWork(), work, [".amp"]);
  expect(git("status", "--porcelain")).toBe("");
});
