import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createWorkspace, removeWorkspace } from "../../agent-image/runner/workspace.ts";
import { isRoot } from "../../agent-image/testing/runner-process.ts";
import { removeFolder } from "./remove-folder.ts";

const FOLDERS = 40;
const NAMES = Array.from({ length: 20 }, (_, file) => String(file));
/** Puts links to somebody else's folder in the places of its own, and takes them back, as fast as it can. */
const SWAP = `my ($folder, $theirs) = @ARGV; $| = 1; print "on\\n";
  while (1) {
    for (0 .. ${FOLDERS - 1}) { rename "$folder/d$_", "$folder/../away$_" and symlink $theirs, "$folder/d$_" }
    for (0 .. ${FOLDERS - 1}) { -l "$folder/d$_" and unlink "$folder/d$_" and rename "$folder/../away$_", "$folder/d$_" }
  }`;

/** Files of the same names as another folder's: whoever goes by names would delete these. */
function fill(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of NAMES) writeFileSync(join(folder, name), "");
}

/** What is left of somebody's folder when another one is removed in which a process swaps folders for links to it. */
async function leftAfter(remove: () => Promise<void> | void, at: { work: string; root: string }): Promise<string[]> {
  const theirs = join(at.root, "theirs");
  fill(theirs);
  for (let folder = 0; folder < FOLDERS; folder += 1) fill(join(at.work, `d${folder}`));
  const swapper = spawn("perl", ["-e", SWAP, at.work, theirs], { stdio: ["ignore", "pipe", "ignore"] });
  await once(swapper.stdout, "data");
  await remove();
  swapper.kill("SIGKILL");
  await once(swapper, "exit");
  return readdirSync(theirs).toSorted();
}

it("deletes nothing of others while somebody swaps its folders for links", async () => {
  for (let round = 0; round < 5; round += 1) {
    const root = mkdtempSync(join(tmpdir(), "porter-remove-test-"));
    const folder = join(root, "machine");
    const left = await leftAfter(() => removeFolder(folder), { root, work: join(folder, "work") });
    spawnSync("rm", ["-rf", root]);
    expect(left).toEqual(NAMES.toSorted());
  }
});

it.runIf(isRoot)("leaves a run's folders alone as root while a process of its agent may live", async () => {
  const root = mkdtempSync(join(tmpdir(), "porter-remove-test-"));
  const user = { uid: 61_444, gid: 61_444, separate: true };
  const workspace = await createWorkspace(root, user);
  const left = await leftAfter(() => removeWorkspace(workspace, { user, isQuiet: false }), {
    root,
    work: workspace.work,
  });
  const kept = readdirSync(workspace.root);
  await removeWorkspace(workspace, { user, isQuiet: true });
  const after = readdirSync(root);
  spawnSync("rm", ["-rf", root]);
  expect(left).toEqual(NAMES.toSorted());
  expect(kept).toContain("private");
  expect(after).toEqual(["theirs"]);
});
