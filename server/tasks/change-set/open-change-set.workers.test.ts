import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { AppContext } from "@/server/context";
import { aClaimedAttempt, packedSet } from "@/server/testing/hand-over";
import { smallSet } from "@/server/testing/small-set";
import { openChangeSet } from "./open-change-set";

/** A set in parts of ten bytes: `long` lies over three and a bit, `short` in one, `empty` nowhere. */
async function aWholeSet() {
  const run = await aClaimedAttempt();
  const set = smallSet({}, [{ long: "0123456789".repeat(3) + "x", short: "short", empty: "", after: "after it" }]);
  const { manifest, contents } = packedSet(set, 10);
  expect((await run.door.whole({ manifest, contents })).status).toBe(200);
  const row = await run.context.db.changeSets.get({ taskId: run.taskId, attempt: 1, number: 1 });
  if (row === null) throw new Error("no set");
  const keys = (await env.LOGS.list({ prefix: `changes/${run.taskId}/1/1/content` })).objects.map(({ key }) => key);
  return { ...run, row, manifest, keys, contents: set.contents };
}
type Whole = Awaited<ReturnType<typeof aWholeSet>>;

async function readAll({ context, row, manifest, contents }: Whole, other?: Partial<AppContext>): Promise<void> {
  const open = await openChangeSet({ ...context, ...other }, row);
  for (const { sha } of manifest.blobs) expect(await open?.contentOf(sha)).toEqual(contents.get(sha));
}

test("gives each file as it was, also one over several parts and an empty one, in any order", async () => {
  const set = await aWholeSet();
  await readAll(set);
  set.manifest.blobs.reverse();
  await readAll(set);
});

test("holds one part at a time, and takes each one once while files follow each other", async () => {
  const set = await aWholeSet();
  const taken: string[] = [];
  const { changeFiles } = set.context;
  const counting = { ...changeFiles, get: (key: string) => (taken.push(key), changeFiles.get(key)) };
  await readAll(set, { changeFiles: counting });
  expect(taken.filter((key) => key.includes("/content-"))).toEqual(set.keys);
});

test("a part that R2 has lost, cut or mixed up is not read", async () => {
  const set = await aWholeSet();
  const [first = "", second = ""] = set.keys;
  const [one, two] = [await set.context.changeFiles.get(first), await set.context.changeFiles.get(second)];
  if (one === null || two === null) throw new Error("no parts");
  await set.context.changeFiles.put(second, one);
  await expect(readAll(set), "another part's content").rejects.toMatchObject({ name: "SealError" });
  await set.context.changeFiles.put(second, { ...two, box: two.box.slice(0, -1) });
  await expect(readAll(set), "cut").rejects.toMatchObject({ name: "SealError" });
  await env.LOGS.delete(second);
  await expect(readAll(set), "lost").rejects.toMatchObject({ name: "BrokenSet", lacks: "file" });
  await set.context.changeFiles.put(second, two);
  await readAll(set);
});

test("the file of one set opens in no other", async () => {
  const [set, other] = [await aWholeSet(), await aWholeSet()];
  const stored = await other.context.changeFiles.get(other.keys[0] ?? "");
  if (stored === null) throw new Error("no part");
  await set.context.changeFiles.put(set.keys[0] ?? "", stored);
  await expect(readAll(set)).rejects.toMatchObject({ name: "SealError" });
});

test("a blob that no part has as it is named is not given", async () => {
  const set = await aWholeSet();
  const open = await openChangeSet(set.context, set.row);
  await expect(open?.contentOf("0".repeat(40))).rejects.toMatchObject({ name: "BrokenSet", lacks: "blob" });
});
