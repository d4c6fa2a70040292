import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logRecordSchema } from "../../../lib/agent-protocol.ts";
import { RecordStream } from "../record-stream.ts";
import { fileRecords, type PushedFile, readPushedFiles } from "./pushed-files.ts";
import { Git } from "./run-git.ts";

let root = "";
let base = "";

const run = (...args: string[]): string =>
  execFileSync("git", ["-C", root, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
  }).trimEnd();

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function commit(): string {
  run("add", "-A");
  run("commit", "-qm", "work");
  return run("rev-parse", "HEAD");
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "porter-pushed-"));
  run("init", "-q", "-b", "main");
  write("a.txt", "one\ntwo\n");
  base = commit();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = async (tip: string, from = base): Promise<PushedFile[]> => {
  const git = new Git({ home: root, user: null, env: { GIT_DIR: join(root, ".git") } });
  return readPushedFiles(git, { base: from, tip }, Date.now() + 60_000);
};

test("tells every kind of change with its own patch and numbers", async () => {
  for (const path of ["moved", "file-to-link", "script.sh", "gone/deep.txt", "windows.txt"])
    write(path, `${path}\n2\n3\n4\n5\n6\n`);
  write("image", Buffer.from([0, 1]));
  const from = commit();
  run("mv", "moved", "somewhere-else");
  rmSync(join(root, "file-to-link"));
  symlinkSync("a.txt", join(root, "file-to-link"));
  chmodSync(join(root, "script.sh"), 0o755);
  rmSync(join(root, "gone"), { recursive: true });
  write("windows.txt", "windows.txt\r\n2\n3\n4\n5\n6\n");
  write("image", Buffer.from([0, 2]));
  write('qu"oted\tñ/пример.md', "x\n");
  write("empty", "");
  write("a.txt", "one\ndiff --git a/x b/x\n");
  const files = await read(commit(), from);

  expect(files.map(({ path, additions, deletions }) => [path, additions, deletions])).toEqual([
    ["a.txt", 1, 1],
    ["empty", 0, 0],
    ["file-to-link", 1, 6],
    ["gone/deep.txt", 0, 6],
    ["image", null, null],
    ['qu"oted\tñ/пример.md', 1, 0],
    ["script.sh", 0, 0],
    ["somewhere-else", 0, 0],
    ["windows.txt", 1, 1],
  ]);
  const patchOf = new Map(files.map(({ path, patch }) => [path, patch]));
  expect(patchOf.get("a.txt")).toMatch(/\n@@ -1,2 \+1,2 @@\n one\n-two\n\+diff --git a\/x b\/x$/);
  expect(patchOf.get("file-to-link")).toMatch(/deleted file mode 100644[^]*new file mode 120000/);
  expect(patchOf.get("image")).toContain("Binary files");
  expect(patchOf.get("script.sh")).toBe("old mode 100644\nnew mode 100755");
  expect(patchOf.get("windows.txt")).toContain("+windows.txt\r\n");
  expect(patchOf.get("somewhere-else")).toContain("rename from moved\nrename to somewhere-else");
});

test("cuts a file that is long, not the ones after it, and keeps its numbers", async () => {
  write("b-lock.json", `${"entry\n".repeat(50_000)}`);
  write("c-one-line.js", "x".repeat(3_000_000));
  write("d.txt", "here\n");
  const files = await read(commit());
  expect(files.map(({ path, additions }) => [path, additions])).toEqual([
    ["b-lock.json", 50_000],
    ["c-one-line.js", 1],
    ["d.txt", 1],
  ]);
  expect(files.map(({ isCut }) => isCut)).toEqual([true, true, false]);
  expect(fileRecords(files).flatMap((record) => (record.cut === true ? [record.path] : []))).toEqual([
    "b-lock.json",
    "c-one-line.js",
  ]);
  const [lock, line, last] = files.map(({ patch }) => patch);
  expect(lock?.length).toBeLessThanOrEqual(96 * 1024);
  expect(lock?.endsWith("+entry")).toBe(true);
  expect(line?.endsWith("@@")).toBe(true);
  expect(last).toMatch(/\n\+here$/);
});

test("ends reading when there is enough, and still names every file", async () => {
  for (let n = 10; n < 40; n++) write(`${n}.txt`, `${"some line of text\n".repeat(5_000)}`);
  const files = await read(commit());
  expect(files).toHaveLength(30);
  const total = files.reduce((sum, { patch }) => sum + Buffer.byteLength(patch), 0);
  expect(total).toBeGreaterThan(700 * 1024);
  expect(total).toBeLessThanOrEqual(770 * 1024);
  expect(files.at(-1)).toEqual({ path: "39.txt", additions: 5_000, deletions: 0, patch: "", isCut: true });
});

test("answers nothing where git cannot tell", async () => {
  expect(await read("0".repeat(40))).toEqual([]);
});

test("becomes records in parts that fit, in whole lines, and past a full log", async () => {
  write("b.txt", "a line of a file that is not short\n".repeat(1_000));
  write("c.txt", "c\n");
  const files = await read(commit());
  const stream = new RecordStream({ redact: (text) => text, maxLines: 1 });
  stream.add({ k: "o", s: "1" });
  stream.add({ k: "o", s: "2" });
  for (const record of fileRecords(files)) stream.add(record);
  const { records } = stream.takeBatch();
  for (const record of records) expect(logRecordSchema.parse(record)).toEqual(record);
  const parts = records.filter((record) => record.k === "f");
  const ofFirst = parts.filter(({ path }) => path === "b.txt");
  expect(ofFirst.length).toBeGreaterThan(3);
  expect(ofFirst.map(({ s }) => s).join("\n")).toBe(files[0]?.patch);
  expect(ofFirst.map(({ add, del }) => [add, del])).toEqual([
    [1000, 0],
    ...ofFirst.slice(1).map(() => [undefined, undefined]),
  ]);
  expect(parts.at(-1)).toMatchObject({ path: "c.txt", add: 1, del: 0 });
});
