import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CollectWorld } from "./testing/collect-world.ts";

const MORE = "M 100644 a";

/** A folder that every user may write to, where whatever runs leaves a trace. */
function dropOf(world: CollectWorld): string {
  const drop = join(world.root, "drop");
  mkdirSync(drop);
  chmodSync(drop, 0o777);
  return drop;
}

const plant = (drop: string, gitDir: string): string => `
  mkdir -p ${gitDir}/hooks
  printf '#!/bin/sh\\necho "$0" >> ${drop}/ran; cat\\n' > ${gitDir}/evil; chmod +x ${gitDir}/evil
  for hook in post-index-change reference-transaction post-checkout fsmonitor-watchman; do cp ${gitDir}/evil ${gitDir}/hooks/$hook; done
  for key in core.fsmonitor core.sshCommand core.editor core.pager diff.external gpg.program core.alternateRefsCommand \\
    filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.textconv uploadpack.packObjectsHook; do
    git --git-dir=${gitDir} config $key "$(realpath ${gitDir}/evil)"
  done
  git --git-dir=${gitDir} config include.path ${drop}/included
  git --git-dir=${gitDir} config core.worktree ${drop}
  git --git-dir=${gitDir} config core.bare true
  mkdir -p ${gitDir}/info; echo '* filter=evil diff=evil' > ${gitDir}/info/attributes`;

test("nothing runs that the agent's repository, its work trees and those inside it name", async () => {
  await using world = await CollectWorld.open("echo a > a; echo b > b");
  const drop = dropOf(world);
  world.agent(`
    git worktree add -q "$HOME/wt" -b wt; (cd "$HOME/wt"; echo w > w)
    git init -q lib; (cd lib; git -c user.name=A -c user.email=a@example.com commit -q --allow-empty -m lib; ${plant(drop, ".git")}; ${plant(drop, ".git")})
    printf '[submodule "lib"]\\n\\tpath = lib\\n\\turl = https://example.com/lib\\n' > .gitmodules
    git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),lib
    echo more >> a; seq 9 >> a; echo '* filter=evil diff=evil' > .gitattributes; git add a .gitattributes .gitmodules
    ${plant(drop, ".git")}
    rm -f ${drop}/ran
    printf '[core]\\n\\tfsmonitor = ${drop}/x\\n' > "$HOME/.gitconfig"`);
  const { changes } = await world.collect();
  expect(readdirSync(drop)).toEqual([]);
  expect(changes).toContain(MORE);
});

const BESIDE: [string, string][] = [
  ["an index that is too large", "truncate -s 400M .git/index"],
  [
    "pipes in the place of its files",
    "rm -f .git/index .git/HEAD .git/packed-refs; mkfifo .git/index .git/HEAD .git/packed-refs .git/refs/heads/p",
  ],
  ["pipes among its objects", "mkfifo .git/objects/info/alternates"],
  ["objects of another folder that is not there", "echo /nowhere > .git/objects/info/alternates"],
  ["a link in the place of its repository", `mv .git "$HOME/real"; ln -s "$HOME/real" .git`],
  ["a link to itself in the place of its repository", "rm -rf .git; ln -s .git .git"],
  [
    "a commit graph that lies",
    "git commit-graph write --reachable 2>/dev/null; f=.git/objects/info/commit-graph; chmod u+w $f; printf '\\377\\377\\377' | dd of=$f bs=1 seek=1100 conv=notrunc 2>/dev/null",
  ],
  ["a folder of refs that leads elsewhere", "rm -rf .git/refs/heads; ln -s /etc .git/refs/heads"],
  [
    "a configuration of another age",
    "printf '[core]\\n\\trepositoryformatversion = 99\\n[extensions]\\n\\tnope = 1\\n' > .git/config",
  ],
  [
    "an object that is no object",
    "echo nonsense > x; h=$(git hash-object -w x); f=.git/objects/$(echo $h | cut -c1-2)/$(echo $h | cut -c3-); chmod u+w $f; echo broken > $f; git update-index --add --cacheinfo 100644,$h,x; rm x",
  ],
];
// In the first ring every third; all of them in the second.
const isWhole = process.env["PORTER_TEST_RING"] === "all";

test.each(BESIDE.filter((_, at) => isWhole || at % 3 === 0))("work arrives beside %s", async (_, sh) => {
  await using world = await CollectWorld.open("echo a > a; echo b > b");
  world.agent(`echo more >> a; ${sh}`);
  expect((await world.collect()).changes).toContain(MORE);
});

test("a tree that git would not make takes the commits with it, not the files", async () => {
  await using world = await CollectWorld.open("echo a > a");
  world.agent(`
    echo more >> a; blob=$(echo x | git hash-object -w --stdin)
    tree=$(printf '100644 .git\\0%b' "$(echo $blob | sed 's/../\\\\x&/g')" | git hash-object -t tree -w --literally --stdin)
    git update-ref HEAD $(git commit-tree $tree -p HEAD -m evil)`);
  const { changes, work } = await world.collect();
  expect(changes).toEqual([MORE]);
  expect(work.notes).toContainEqual({ kind: "files_only" });
});

test("no link of the agent's leads whoever reads to a file that only the supervisor may read", async () => {
  await using world = await CollectWorld.open("echo a > a; mkdir d; echo x > d/x");
  const { privateDir } = world.workspace;
  world.agent(`
    ln -s ${privateDir} new; rm -r d; ln -s ${privateDir} d; mkdir -p .git/info; ln -s ${privateDir}/base.index .git/info/exclude
    rm .git/index; ln -s ${privateDir}/base.index .git/index; ln -s ${privateDir}/trusted.git/refs/heads .git/refs/stolen`);
  const { changes } = await world.collect();
  expect(changes.toSorted()).toEqual(["A 120000 d", "A 120000 new", "D 000000 d/x"]);
  expect(existsSync(join(privateDir, "base.index"))).toBe(true);
});
