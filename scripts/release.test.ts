// The command as a person runs it, in a repository of its own.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT } from "./checks/command.ts";

let folder = "";
const git = (...args: string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
const at = (path: string): string => readFileSync(join(folder, path), "utf8");
const commit = (message: string): void => {
  git("commit", "--quiet", "--allow-empty", "--message", message);
};
function release(...args: string[]): { code: number | null; out: string; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/release.ts"), ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, out: stdout, said: stderr };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-release-"));
  git("init", "--quiet", "--initial-branch=main");
  for (const [name, value] of [
    ["user.name", "Fake Maintainer"],
    ["user.email", "fake@porter.test"],
    ["commit.gpgsign", "false"],
  ] as const)
    git("config", name, value);
  mkdirSync(join(folder, "agent-image"));
  for (const place of [".", "agent-image"]) {
    const named = { name: "porter", version: "0.1.0" };
    writeFileSync(join(folder, place, "package.json"), JSON.stringify(named));
    const lock = { ...named, lockfileVersion: 3, requires: true, packages: { "": named } };
    writeFileSync(join(folder, place, "package-lock.json"), JSON.stringify(lock));
  }
  git("add", ".");
  commit("feat: begin");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("shows a release and changes nothing, until it is told to", () => {
  const before = git("rev-parse", "HEAD");
  const shown = release("0.1.0");
  expect(shown).toMatchObject({ code: 0, said: expect.stringContaining("Nothing was changed.") });
  expect(shown.out).toMatch(/^## 0\.1\.0 \(\d{4}-\d\d-\d\d\)\n\n### Added\n\n- begin /);
  expect([git("rev-parse", "HEAD"), git("status", "--porcelain"), git("tag")]).toEqual([before, "", ""]);
});

test("makes changelog, both versions, one commit and a tag; the next one tells what came since", () => {
  expect(release("0.1.0", "--write").code).toBe(0);
  commit("fix(tasks): end it once");
  expect(release("0.2.0", "--write")).toMatchObject({ code: 0, said: expect.stringContaining("Made v0.2.0") });
  for (const place of ["", "agent-image/"])
    for (const file of ["package.json", "package-lock.json"])
      expect(JSON.parse(at(`${place}${file}`)).version, place + file).toBe("0.2.0");
  expect(git("log", "-1", "--format=%s %(describe)")).toBe("chore(release): v0.2.0 v0.2.0");
  expect(git("status", "--porcelain")).toBe("");
  const notes = release("0.2.0", "--notes");
  expect(notes.out).toContain("end it once");
  expect(notes.out).not.toContain("begin");
  expect(release("0.1.0", "--notes").out).toContain("begin");
});

test.each([
  [["1.2"], "say one version"],
  [["1.2.0", "1.3.0"], "say one version"],
  [["0.0.9"], "is not newer than 0.1.0"],
  [["9.9.9", "--notes"], "has no section 9.9.9"],
])("refuses %j, and changes nothing", (args, reason) => {
  const { code, said } = release(...args, "--write");
  expect([code, git("log", "--format=%s"), git("tag")]).toEqual([1, "feat: begin", ""]);
  expect(said).toContain(reason);
});

test("refuses a version that is tagged, without a commit since, and a work tree with changes", () => {
  git("tag", "v0.2.0");
  expect(release("0.2.0").said).toContain("there is a tag v0.2.0 already");
  expect(release("0.10.0").said).toContain("no commit since v0.2.0");
  commit("fix: more");
  writeFileSync(join(folder, "note.txt"), "left over");
  expect(release("0.10.0", "--write").said).toContain("changes that are in no commit");
  expect(git("tag")).toBe("v0.2.0");
});
