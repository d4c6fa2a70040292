import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChangedFile } from "./changed-files";
import { splitPatch } from "./split-patch";

let folder = "";
let files: ChangedFile[] = [];
const git = (...words: string[]): string =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...words], { encoding: "utf8" });
const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-split-"));
  git("init", "-q");
  put("a b.txt", "one\ntwo\n");
  put("gone", "x\n");
  put("to-link", "x\n");
  put("old name", "a\nb\nc\nd\n");
  git("add", "-A");
  git("commit", "-qm", "base");
  put("a b.txt", "one\ndiff --git a/x b/x\n");
  rmSync(join(folder, "gone"));
  rmSync(join(folder, "to-link"));
  symlinkSync("a b.txt", join(folder, "to-link"));
  renameSync(join(folder, "old name"), join(folder, "new name"));
  put("bin", Buffer.from([0, 1, 2, 255, 0, 10, 13]));
  put('ä "q"\\\t.txt', "x\n");
  put("empty", "");
  git("add", "-A");
  files = splitPatch(git("diff", "--binary", "--full-index", "--no-renames", "--cached"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("names every file of git's patch, however git writes its name", () => {
  expect(files.map(({ path }) => path).toSorted()).toEqual(
    ["a b.txt", "bin", "empty", "gone", "new name", "old name", "to-link", 'ä "q"\\\t.txt'].toSorted(),
  );
});

it("knows what became of each, and counts its lines", () => {
  const of = (path: string) => files.find((file) => file.path === path);
  expect(of("a b.txt")).toMatchObject({ kind: "changed", stat: { additions: 1, deletions: 1 } });
  expect(of("gone")).toMatchObject({ kind: "deleted", stat: { additions: 0, deletions: 1 } });
  expect(of("new name")).toMatchObject({ kind: "added", stat: { additions: 4, deletions: 0 } });
  expect(of("to-link")).toMatchObject({ kind: "changed" });
  expect(of("bin")).toMatchObject({ kind: "added", stat: null });
  expect(of("empty")).toMatchObject({ kind: "added", stat: { additions: 0, deletions: 0 } });
  expect(of("bin")?.patches[0]?.text).not.toMatch(/literal/);
});

it("makes nothing of nothing", () => expect(splitPatch("")).toEqual([]));
