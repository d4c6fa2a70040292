import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importBundle } from "./bundle-boundary.ts";
import { Git } from "./run-git.ts";
import { rewriteSeries } from "./series.ts";

let root = "";
let base = "";
const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, separate: false };
const finishBy = Date.now() + 600_000;

const run = (directory: string, args: string[], input?: string | Buffer): string =>
  execFileSync("git", ["-C", directory, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
    encoding: "utf8",
    input,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
  }).trimEnd();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "porter-boundary-"));
  for (const folder of ["theirs", "home"]) mkdirSync(join(root, folder));
  run(root, ["init", "-q", "-b", "main", "theirs"]);
  writeFileSync(join(root, "theirs/a"), "a\n");
  run(join(root, "theirs"), ["add", "-A"]);
  run(join(root, "theirs"), ["commit", "-qm", "base"]);
  base = run(join(root, "theirs"), ["rev-parse", "HEAD"]);
  run(root, ["clone", "-q", "--bare", "theirs", "trusted.git"]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const trusted = (): Git =>
  new Git({ home: join(root, "home"), user: null, env: { GIT_DIR: join(root, "trusted.git") } });

function bundleOf(tip: string): string {
  const path = join(root, "out.bundle");
  run(join(root, "theirs"), ["update-ref", "refs/heads/porter-out", tip]);
  run(join(root, "theirs"), ["bundle", "create", "-q", path, "refs/heads/porter-out", `^${base}`]);
  return path;
}

function commitFile(name: string): string {
  writeFileSync(join(root, "theirs", name), `${name}\n`);
  run(join(root, "theirs"), ["add", "-A"]);
  run(join(root, "theirs"), ["commit", "-qm", `add ${name}`]);
  return run(join(root, "theirs"), ["rev-parse", "HEAD"]);
}

test("takes sound work across", async () => {
  const tip = commitFile("b");
  expect(await importBundle(trusted(), { bundle: bundleOf(tip), user, finishBy })).toBe(tip);
  expect(await trusted().text(["rev-parse", `${tip}^`])).toBe(base);
});

test("refuses links, hard links, pipes and folders in the bundle's place", async () => {
  const real = bundleOf(commitFile("b"));
  const places = { link: join(root, "link"), hard: join(root, "hard"), pipe: join(root, "pipe") };
  symlinkSync(real, places.link);
  execFileSync("mkfifo", [places.pipe]);
  for (const bundle of [places.link, places.pipe, root]) {
    await expect(importBundle(trusted(), { bundle, user, finishBy })).rejects.toThrow();
  }
  linkSync(real, places.hard);
  await expect(importBundle(trusted(), { bundle: places.hard, user, finishBy })).rejects.toThrow(/plain file/);
});

test("refuses a file that somebody else owns", async () => {
  const bundle = bundleOf(commitFile("b"));
  const other = { ...user, uid: user.uid + 1 };
  await expect(importBundle(trusted(), { bundle, user: other, finishBy })).rejects.toThrow(/plain file/);
});

test("refuses objects that git would not make", async () => {
  const theirs = join(root, "theirs");
  const blob = run(theirs, ["hash-object", "-w", "--stdin"], "[core]\n");
  const entry = Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(blob, "hex")]);
  const tree = run(theirs, ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], entry);
  const commit = run(theirs, ["commit-tree", tree, "-p", base, "-m", "evil"]);
  await expect(importBundle(trusted(), { bundle: bundleOf(commit), user, finishBy })).rejects.toThrow(/index-pack/);
});

test("refuses a bundle of another make or a broken one", async () => {
  const bundle = bundleOf(commitFile("b"));
  const content = readFileSync(bundle);
  for (const bad of [Buffer.from("hello"), content.subarray(0, content.length - 30), Buffer.alloc(0)]) {
    writeFileSync(bundle, bad);
    await expect(importBundle(trusted(), { bundle, user, finishBy })).rejects.toThrow();
  }
});

test("rewrites messages only: trees, authors and dates stay, signatures go", async () => {
  const theirs = join(root, "theirs");
  const first = commitFile("b");
  const raw = run(theirs, ["cat-file", "commit", first]).replace(
    "\n\n",
    "\ngpgsig -----BEGIN PGP SIGNATURE-----\n fake\n -----END PGP SIGNATURE-----\nencoding ISO-8859-1\n\n",
  );
  const message = Buffer.concat([Buffer.from(raw), Buffer.from([0x0a, 0xe9, 0x0a])]);
  const signed = run(theirs, ["hash-object", "-t", "commit", "-w", "--stdin"], message);
  const git = trusted();
  const tip = await importBundle(git, { bundle: bundleOf(signed), user, finishBy });
  const rewritten = await rewriteSeries(git, {
    base,
    tip,
    trailers: ["Porter-Task: t"],
    messages: new Map(),
    holdBackWorkflows: false,
    scratchIndex: join(root, "home/index"),
  });
  const after = await git.run(["cat-file", "commit", rewritten]);
  expect(await git.text(["rev-parse", `${rewritten}^{tree}`])).toBe(await git.text(["rev-parse", `${tip}^{tree}`]));
  expect(after.toString("latin1")).toMatch(/^author A <a@example.com> \d+ .*\ncommitter A .*\nencoding ISO-8859-1$/m);
  expect(after.toString("latin1")).not.toContain("gpgsig");
  expect(after.toString("latin1")).toMatch(/\né\n\nPorter-Task: t\n$/);
});
