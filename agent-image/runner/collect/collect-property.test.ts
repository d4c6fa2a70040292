import fc from "fast-check";
import { expect, test } from "vitest";
import { type PathEntry, sameEntry } from "./base-tree.ts";
import type { WorkLine } from "./lines.ts";
import { remainingPaths } from "./series-plan.ts";
import { CollectWorld } from "./testing/collect-world.ts";
import { expectToHold, packWhole } from "./testing/packed-set.ts";
import { type ShellCommand, randomBase, randomWork } from "./testing/random-work.ts";

const isWhole = process.env["PORTER_TEST_RING"] === "all";
// The first ring plays the same few on every machine, the second one others each time; fast-check prints the seed.
const chance = isWhole ? { numRuns: 200 } : { numRuns: 4, seed: 14 };

type Delta = Map<string, PathEntry>;

/** What the agent's own git makes of a work tree, nested repositories as folders; it spoils them, so it comes last. */
const OWN_TREE = `
  git ls-files -s | grep ^160000 | cut -f2 | while read -r link; do
    grep -q "path = $link\\$" .gitmodules 2>/dev/null || git update-index --force-remove "$link"
  done
  find . -mindepth 2 -name .git | while read -r at; do if test -f "$at"; then rm -rf "$(dirname "$at")"; else rm -rf "$at"; fi; done
  git add -A --sparse --ignore-errors >/dev/null 2>&1 || true
  git write-tree`;

function delta(world: CollectWorld, ...trees: string[]): Delta {
  const changed: Delta = new Map();
  for (const tree of trees) {
    const raw = world.agent(`git diff-tree -r -z --raw --no-renames --no-abbrev ${tree}`).split("\0");
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const [, mode = "", , sha = ""] = (raw[at] ?? "").split(" ");
      changed.set(raw[at + 1] ?? "", mode === "000000" ? null : { mode, sha });
    }
  }
  return changed;
}

/** The line as the agent's own git has it, against the base. */
function reference(world: CollectWorld, { kind, name, commit }: WorkLine): Delta {
  const base = world.base.tree;
  if (kind === "head") return delta(world, `${base} ${world.agent(OWN_TREE).trim()}`);
  if (kind === "worktree") {
    const path = world.agent(`dirname "$(cat .git/worktrees/${name}/gitdir)"`).trim();
    return delta(world, `${base} ${world.agent(`cd "${path}"; ${OWN_TREE}`).trim()}`);
  }
  if (kind !== "stash") return delta(world, `${base} ${commit}^{tree}`);
  const [, , untracked] = world.agent(`git log -1 --format=%P '${name}'`).trim().split(" ");
  const more = untracked === undefined ? [] : [`4b825dc642cb6eb9a060e54bf8d69288fbee4904 ${untracked}^{tree}`];
  return delta(world, `${base} '${name}^{tree}'`, ...more);
}

async function compare(setUp: string, commands: readonly ShellCommand[]): Promise<void> {
  await using world = await CollectWorld.open(setUp);
  const untouched = world.agent("export GIT_INDEX_FILE=$HOME/i; git read-tree HEAD; git add -A; git write-tree").trim();
  const rewritten = delta(world, `${world.base.tree} ${untouched}`);
  const script = commands.map(({ sh }, at) => `n=${at}; ( ${sh} ) >/dev/null 2>&1 || true`).join("\n");
  world.agent(`base=$(git rev-parse HEAD)\n${script}`);
  const written = await world.collect();
  const { work, changes } = written;
  const touched = new Set(commands.flatMap(({ touches }) => touches));
  const isTouched = (path: string): boolean =>
    [...touched].some((at) => path === at || path.startsWith(`${at}/`) || (at === "nested" && path.startsWith(at)));
  const isHeld = (path: string): boolean =>
    work.heldBack.some(
      (held) =>
        held.path === path || held.path === `${path}/` || (held.path.endsWith("/") && path.startsWith(held.path)),
    );

  const lines = [...(work.line === null ? [] : [work.line]), ...work.others.map(({ line }) => line)];
  // Work trees first: what stands inside of another one is taken out of it by its reference.
  for (const line of lines.toSorted((one) => (one.kind === "worktree" ? -1 : 1))) {
    const expected = reference(world, line);
    const made = new Map(remainingPaths(line, work.filter).map(({ path, entry }) => [path, entry]));
    const context = `${line.kind} ${line.name}`;
    for (const [path, entry] of made) {
      expect([context, path, entry]).toEqual([context, path, expected.get(path)]);
      expect([context, path, isTouched(path)]).toEqual([context, path, true]);
    }
    for (const [path, entry] of expected) {
      const own = rewritten.get(path);
      if (made.has(path) || isHeld(path) || !isTouched(path) || (own !== undefined && sameEntry(own, entry))) continue;
      expect([context, path, entry]).toEqual([context, path, "collected"]);
    }
    // What is written is what was collected.
    if (line === work.line) {
      const told = changes.map((change) => change.slice("X 000000 ".length));
      // A file goes where a stash's untracked files make a folder of its name.
      const paths = [...made.keys()];
      const meant = told.filter((path) => made.has(path) || !paths.some((one) => one.startsWith(`${path}/`)));
      expect(meant.toSorted()).toEqual(paths.toSorted());
    }
  }
  const { manifest, parts } = await packWhole(world, written);
  await expectToHold(world, manifest, parts);
  // Nothing that is there is passed over.
  if (!lines.some(({ kind }) => kind === "head")) {
    const left = [...delta(world, `${world.base.tree} ${world.agent(OWN_TREE).trim()}`)].filter(
      ([path, entry]) => isTouched(path) && !isHeld(path) && !sameEntry(rewritten.get(path) ?? null, entry),
    );
    expect(left).toEqual([]);
  }
}

test("whatever an agent does with git, each line of its work is collected as its own git has it, and its set makes the same trees", async () => {
  await fc.assert(fc.asyncProperty(randomBase, randomWork, compare), { ...chance, endOnFailure: false });
});
