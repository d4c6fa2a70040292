import type { SetPart } from "@/lib/change-set";
import type { PartKind } from "@/lib/change-set-upload";
import type { HeldBack } from "@/lib/held-back";
import type { AppContext } from "@/server/context";
import type { ChangeSetKey, ChangeSetRow, WritingPatch } from "@/server/db/change-set-store";
import { boxOf, newDataKey, putManifest, putPart, sha256Of } from "@/server/tasks/change-set/set-files";
import { type Files, smallSet } from "./small-set";

export type HandOver = {
  base?: Files;
  steps?: readonly Files[];
  heldBack?: HeldBack[];
  /** Files of what is held back, handed over for the case that somebody wants them. */
  held?: Files;
  patch?: string[];
  bundle?: Uint8Array<ArrayBuffer>[];
  writing?: WritingPatch;
  expiresAt?: string;
};

/** A whole set of an attempt, as its machine hands it over. */
export async function handOver(
  context: AppContext,
  key: ChangeSetKey & { userId: number },
  given: HandOver,
): Promise<ChangeSetRow> {
  const now = context.clock.now().toISOString();
  const { userId, ...set } = key;
  const dataKey = await newDataKey(context, set, userId);
  const row = await context.db.changeSets.open(set, {
    dataKey,
    expiresAt: given.expiresAt ?? "2027-01-01T00:00:00.000Z",
    now,
  });
  const box = row === null ? null : await boxOf(context, row);
  if (row === null || box === null) throw new Error("the attempt takes no set");
  const add = async (kind: PartKind, contents: readonly Uint8Array<ArrayBuffer>[]): Promise<SetPart[]> => {
    const parts: SetPart[] = [];
    for (const [index, content] of contents.entries()) {
      const part = { number: index + 1, size: content.length, sha256: await sha256Of(content) };
      await putPart(context, { row, box }, { kind, part: part.number, sha256: part.sha256, content });
      await context.db.changeSets.addPart(set, kind, part);
      parts.push(part);
    }
    return parts;
  };
  const { manifest, contents } = smallSet(given.base ?? {}, given.steps ?? []);
  const entries = smallSet({}, [given.held ?? {}]);
  const heldEntries = entries.manifest.commits.flatMap(({ paths }) =>
    paths.flatMap(({ path, entry }) => (entry === null ? [] : [{ path, entry }])),
  );
  const all = [...contents, ...entries.contents];
  const content = Uint8Array.from(all.flatMap(([, bytes]) => [...bytes]));
  const at = (index: number): number => all.slice(0, index).reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const blobs = all.map(([sha, { length }], index) => ({ sha, size: length, part: 1, at: at(index) }));
  const parts = content.length === 0 ? [] : await add("content", [content]);
  await add(
    "patch",
    (given.patch ?? []).map((text) => new TextEncoder().encode(text)),
  );
  await add("bundle", given.bundle ?? []);
  const heldBack = given.heldBack ?? [];
  const text = JSON.stringify({ ...manifest, parts, blobs, heldBack, heldEntries });
  await putManifest(context, { row, box }, { text, requestHash: "hash" });
  await context.db.changeSets.makeWhole(set, {
    content: "files",
    base: manifest.base,
    tree: manifest.tree,
    commits: manifest.commits.length,
    files: new Set(manifest.commits.flatMap(({ paths }) => paths.map(({ path }) => path))).size,
    heldBack: JSON.stringify(heldBack),
    requestHash: "hash",
    now,
  });
  if (given.writing !== undefined) await context.db.changeSets.update(set, given.writing);
  const made = await context.db.changeSets.get(set);
  if (made === null) throw new Error("the set is gone");
  return made;
}
