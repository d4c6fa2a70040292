import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { CollectWorld } from "./testing/collect-world.ts";

const PATH = process.env["PATH"] ?? "";
afterEach(() => {
  process.env["PATH"] = PATH;
});

/** The commands of git that collecting and writing start, through a git in front of the real one. */
async function commandsOf(world: CollectWorld): Promise<string[]> {
  const folder = join(world.root, "bin");
  const log = join(world.root, "git.log");
  mkdirSync(folder);
  writeFileSync(log, "");
  chmodSync(log, 0o666);
  writeFileSync(join(folder, "git"), `#!/bin/sh\necho "$@" >> ${log}\nPATH=${PATH} exec git "$@"\n`);
  chmodSync(join(folder, "git"), 0o755);
  process.env["PATH"] = `${folder}${delimiter}${PATH}`;
  await world.collect();
  process.env["PATH"] = PATH;
  const settings = /(?:^| )-[cC] \S+/g;
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines.map((line) => line.replace(settings, "").trim().split(" ")[0] ?? "");
}

// What the test itself asks afterwards.
const ASKED = ["diff-tree", "log"];

test("collecting plain work takes eleven processes of git", async () => {
  await using world = await CollectWorld.open("echo a > a");
  world.agent("echo more >> a; git commit -qam one; echo n > n");
  const commands = await commandsOf(world);
  const expected =
    "ls-files status update-index write-tree cat-file pack-objects index-pack cat-file rev-list diff-tree fast-import";
  // Two of them run side by side.
  expect(commands.toSorted()).toEqual([...expected.split(" "), ...ASKED].toSorted());
});

test("attributes, removals, forty commits, five branches and a stash take fewer than fifteen", async () => {
  await using world = await CollectWorld.open("echo a > a; echo b > b; echo '*.psd filter=lfs' > .gitattributes");
  world.agent(`
    for n in $(seq 40); do echo $n >> a; git commit -qam $n; done
    for n in 1 2 3 4 5; do git checkout -qb b$n HEAD~1; echo $n > n$n; git add -A; git commit -qm b$n; git checkout -q -; done
    echo s >> a; git stash -q; rm b; echo x > x`);
  expect((await commandsOf(world)).length - ASKED.length).toBeLessThan(15);
});
