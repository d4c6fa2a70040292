import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHANGE_SET_LIMITS } from "../../../lib/change-set.ts";
import { leaveOut } from "./collect-work.ts";
import { bundleParts, type Cutting, patchParts } from "./save-work.ts";
import { CollectWorld, OWN_SECRET } from "./testing/collect-world.ts";
import { expectToHold, packWork, packWhole } from "./testing/packed-set.ts";
import { writeSeries } from "./write-series.ts";

const BASE =
  "echo a > a; mkdir -p src docs; echo x > src/x; echo d > docs/d; printf '#!/bin/sh\\n' > run.sh; echo f > f";

/** Keeps a file's parts. */
function cutting(): { parts: Buffer[]; cut: Cutting } {
  const parts: Buffer[] = [];
  const { signal } = new AbortController();
  const onPart: Cutting["onPart"] = (_, content) => void parts.push(content);
  return { parts, cut: { onPart, mostBytes: 1024 ** 2, timeoutMs: 60_000, signal } };
}

test("a set makes the same trees from the base, commit by commit", async () => {
  await using world = await CollectWorld.open(BASE);
  world.agent(`
    echo more >> a; chmod +x run.sh; ln -s a link; printf '\\000\\001' > bin; printf '\\357\\273\\277b\\r\\n' > bom; : > empty
    git rm -q docs/d; git mv src/x src/y; printf x > "größe-日本"; git add -A; git commit -qm "every kind: ü"
    rm f; mkdir f; echo in > f/in; rm -r src; echo file > src; git add -A; git commit -qm shapes
    git checkout -qb side HEAD~2; echo s > s; git add s; git commit -qm side; git checkout -q -; git merge -q --no-edit side
    mkdir many; for n in $(seq 120); do echo $n > many/$n; done; git add -A; git commit -qm many
    cp a copy; echo ${OWN_SECRET} > key; echo P=1 > .env; echo left > over`);
  const written = await world.collect();
  const { manifest, parts } = await packWhole(world, written);
  expect(manifest.commits.map(({ message }) => message.split("\n")[0])).toEqual([
    "every kind: ü",
    "shapes",
    "side",
    "Merge branch 'side' into porter/abc",
    "many",
    "left over",
  ]);
  await expectToHold(world, manifest, parts);
  expect(manifest.tree).toBe(await world.trusted.text(["rev-parse", `${written.tip}^{tree}`]));
  expect(manifest.heldBack.map(({ path }) => path).toSorted()).toEqual([".env", "key"]);
  expect(Buffer.concat(parts).includes(OWN_SECRET)).toBe(false);
  // A file that the base has costs nothing.
  expect(Buffer.concat(parts).toString()).not.toMatch(/^#!/m);

  const patch = cutting();
  await patchParts(world.trusted, { base: world.base.commit, tip: written.tip ?? "" }, patch.cut);
  const index = world.trusted.with({ GIT_INDEX_FILE: join(world.root, "patch.index") });
  await index.run(["read-tree", world.base.commit]);
  await index.run(["apply", "--cached", "-"], { input: Buffer.concat(patch.parts) });
  expect(await index.text(["write-tree"])).toBe(manifest.tree);
});

test("cuts what is handed over into parts of at most 8 MB", async () => {
  await using world = await CollectWorld.open(BASE);
  // What repeats itself costs git little, and what is moved in it is still seen.
  world.agent(`for n in 1 2; do
    { printf '\\000'; yes "$(head -c 9000 /dev/urandom | base64 -w 0)" 2> /dev/null | head -c 8999999; } > $n.bin; done`);
  const { manifest, parts } = await packWhole(world, await world.collect());
  expect(parts.map(({ length }) => length)).toEqual([
    CHANGE_SET_LIMITS.partBytes,
    CHANGE_SET_LIMITS.partBytes,
    18_000_000 - 2 * CHANGE_SET_LIMITS.partBytes,
  ]);
  await expectToHold(world, manifest, parts);
});

// In the first ring a whole run shows it (hand-over.test.ts).
test.runIf(process.env["PORTER_TEST_RING"] === "all")("hands nothing over of what has too many paths", async () => {
  await using world = await CollectWorld.open(BASE);
  world.agent("mkdir many; for n in $(seq 5001); do : > many/$n; done");
  const { packed, parts } = await packWork(world, await world.collect());
  expect(packed).toEqual({ kind: "too_large", bytes: 0, paths: 5001 });
  expect(parts).toEqual([]);
});

test("keeps every line of work in the bundle, without what is held back", async () => {
  await using world = await CollectWorld.open(BASE);
  world.agent(`seq 9 > big; git add -A; git commit -qm big
    git checkout -qb other HEAD~1; echo o > o; echo ${OWN_SECRET} > key; git add -A; git commit -qm other; git checkout -q -`);
  const { work } = await world.collect();
  const lines = [work.line, ...work.others.map(({ line }) => line)].flatMap((line) => line ?? []);
  const { parts, cut } = cutting();
  const bundle = join(world.root, "work.bundle");
  await bundleParts(world.trusted, { ...world.series(), filter: work.filter, lines }, cut);
  writeFileSync(bundle, Buffer.concat(parts));
  const git = world.trusted.with({ GIT_DIR: join(world.root, "origin/.git"), GIT_ALLOW_PROTOCOL: "file" });
  await git.run(["fetch", "-q", bundle, "refs/heads/*:refs/restored/*"]);
  const files = async (ref: string): Promise<string> => git.text(["ls-tree", "-r", "--name-only", ref]);
  expect((await files("refs/restored/work")).split("\n")).toContain("big");
  expect((await files("refs/restored/other-1")).split("\n")).toContain("o");
  expect(await files("refs/restored/other-1")).not.toContain("key");
});

test("hands over what is held back and may be wanted, but never a secret of the run", async () => {
  await using world = await CollectWorld.open(
    "echo a > a; mkdir -p .github/workflows; echo on > .github/workflows/ci.yml",
  );
  world.agent(`
    echo more >> a; echo P=1 > .env; echo ${OWN_SECRET} > .env.local; echo left > a.orig; mkfifo pipe
    mkdir -p dist out/target node_modules/x; echo d > dist/d; echo ${OWN_SECRET} > dist/key; echo t > out/target/t
    for n in $(seq 201); do echo $n > node_modules/x/$n; done; head -c 21000000 /dev/zero > big
    echo changed > .github/workflows/ci.yml; echo new > .github/workflows/new.yml`);
  const { manifest, parts } = await packWhole(world, await world.collect());
  const { heldEntries, heldBack, blobs } = manifest;
  const contents = new Map(
    blobs.map(({ sha, size, part, at }) => [sha, Buffer.concat(parts.slice(part - 1)).subarray(at, at + size)]),
  );
  expect(heldEntries.map(({ path, entry }) => `${path}: ${contents.get(entry.sha)?.toString()}`).toSorted()).toEqual([
    ".env: P=1\n",
    ".github/workflows/ci.yml: changed\n",
    ".github/workflows/new.yml: new\n",
    "a.orig: left\n",
    "dist/d: d\n",
    "out/target/t: t\n",
  ]);
  expect(heldBack.map(({ path }) => path)).toContain("node_modules/");
  expect(Buffer.concat(parts).includes(OWN_SECRET)).toBe(false);
});

test("is the same work without what Porter does not write, which is held back then", async () => {
  await using world = await CollectWorld.open(BASE);
  world.agent(`echo one >> a; git commit -qam one; echo bad > bad; git add -A; git commit -qm bad
    echo two >> a; rm docs/d; git add -A; git commit -qm two; git checkout -qb other HEAD~3; echo bad > bad; git add -A; git commit -qm other; git checkout -q -`);
  const { work } = await world.collect();
  const left = leaveOut(work, ["bad", "docs/d"]);
  const written = await writeSeries(world.trusted, {
    ...world.series(),
    commits: left.commits,
    ref: "refs/porter/set",
  });
  const { manifest, parts } = await packWhole(world, { work: left, written });
  await expectToHold(world, manifest, parts);
  expect(manifest.commits.map(({ message, paths }) => [message.trim(), paths.map(({ path }) => path)])).toEqual([
    ["one", ["a"]],
    ["two", ["a"]],
  ]);
  expect(manifest.heldBack).toEqual([
    { path: "bad", reason: { kind: "asked" } },
    { path: "docs/d", reason: { kind: "asked" } },
  ]);
  expect(manifest.heldEntries.map(({ path }) => path)).toEqual(["bad"]);
  expect(manifest.otherLines).toEqual([]);
});

const commit = "git add -A; git commit -qm work";
test.each([
  ["work on an old commit", "git checkout -q HEAD~1; echo more >> a", ["a"]],
  [
    "commits on an old commit",
    `git checkout -q HEAD~1; echo more >> a; ${commit}; git merge -q --no-edit porter/abc`,
    ["a"],
  ],
  [
    "a merge the other way round",
    `git checkout -qb x; echo x > x; ${commit}; git checkout -qb y HEAD~1; git merge -q --no-edit --no-ff x`,
    ["x"],
  ],
  [
    "a stash whose untracked file is in the place of another",
    "git rm -q --cached a; echo new > a; rm docs/d; git stash -q -u",
    ["a", "docs/d"],
  ],
])("%s stands on the base by first parents", async (_, script, changed) => {
  await using world = await CollectWorld.open(`${BASE}; git add -A; git commit -qm first; echo b > b`);
  world.agent(script);
  const { manifest, parts } = await packWhole(world, await world.collect());
  await expectToHold(world, manifest, parts);
  const paths = manifest.commits.flatMap((one) => one.paths.map(({ path }) => path));
  expect([...new Set(paths)].toSorted()).toEqual(changed);
});
