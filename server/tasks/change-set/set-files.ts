import { z } from "zod";
import { partSchema, type SetPart } from "@/lib/change-set";
import type { PartKind } from "@/lib/change-set-upload";
import { readJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { ChangeSetKey, ChangeSetRow } from "@/server/db/change-set-store";
import type { SealedValue } from "@/server/db/sealed-store";
import { type FileAt, type FileBox, newFileKey, openFileBox } from "@/server/secrets/file-box";

type Context = Pick<AppContext, "sealer" | "changeFiles">;

const partsSchema = z.array(partSchema);
const COLUMN = { content: "contentParts", bundle: "bundleParts", patch: "patchParts" } as const;

/** The parts of a kind that are there. */
export const partsOf = (row: ChangeSetRow, kind: PartKind): SetPart[] => readJson(partsSchema, row[COLUMN[kind]]);

const keyAt = ({ taskId, attempt, number }: ChangeSetKey, userId: number) => ({
  table: "change_sets",
  row: `${taskId}/${attempt}/${number}`,
  user: String(userId),
  field: "data_key",
});

/** A key for the files of a set, sealed for its row. */
export const newDataKey = (context: Context, set: ChangeSetKey, userId: number): Promise<SealedValue> =>
  context.sealer.seal(newFileKey(), keyAt(set, userId));

/** What opens and seals the files of a set; null: they are deleted, and their key with them. Throws `SealError`. */
export async function boxOf(context: Context, row: ChangeSetRow): Promise<FileBox | null> {
  const { dataKeyValue, dataKeyIv, dataKeyTag, dataKeyKeyVersion } = row;
  if (dataKeyValue === null || dataKeyIv === null || dataKeyTag === null || dataKeyKeyVersion === null) return null;
  const sealed = { encryptedValue: dataKeyValue, iv: dataKeyIv, tag: dataKeyTag, keyVersion: dataKeyKeyVersion };
  return openFileBox(await context.sealer.open({ ...sealed, alg: "A256GCM" }, keyAt(row, row.userId)));
}

const fileAt = ({ taskId, attempt, number }: ChangeSetKey, kind: string, part: number): FileAt => ({
  taskId,
  attempt,
  number,
  kind,
  part,
});

type PartName = { kind: PartKind; part: number; sha256: string };

export async function putPart(
  context: Context,
  { row, box }: { row: ChangeSetRow; box: FileBox },
  { content, ...name }: PartName & { content: Uint8Array<ArrayBuffer> },
): Promise<void> {
  const sealed = await box.seal(content, fileAt(row, name.kind, name.part));
  await context.changeFiles.put(context.changeFiles.partKey(row, name), sealed);
}

/** A part as it was handed over; null: it is gone, or not what its hash says. */
export async function readPart(
  context: Context,
  { row, box }: { row: ChangeSetRow; box: FileBox },
  { kind, part }: { kind: PartKind; part: SetPart },
): Promise<Uint8Array<ArrayBuffer> | null> {
  const name = { kind, part: part.number, sha256: part.sha256 };
  const stored = await context.changeFiles.get(context.changeFiles.partKey(row, name));
  if (stored === null) return null;
  const content = await box.open(stored, fileAt(row, kind, part.number));
  return content.length === part.size && (await sha256Of(content)) === part.sha256 ? content : null;
}

export async function putManifest(
  context: Context,
  { row, box }: { row: ChangeSetRow; box: FileBox },
  { text, requestHash }: { text: string; requestHash: string },
): Promise<void> {
  const sealed = await box.seal(new TextEncoder().encode(text), fileAt(row, "manifest", 0));
  await context.changeFiles.put(context.changeFiles.manifestKey(row, requestHash), sealed);
}

/** The manifest's JSON; null: it is gone. */
export async function readManifest(
  context: Context,
  { row, box }: { row: ChangeSetRow; box: FileBox },
): Promise<string | null> {
  const stored = await context.changeFiles.get(context.changeFiles.manifestKey(row, row.requestHash ?? ""));
  return stored === null ? null : new TextDecoder().decode(await box.open(stored, fileAt(row, "manifest", 0)));
}

const hex = (digest: ArrayBuffer): string =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256Of = async (content: Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(await crypto.subtle.digest("SHA-256", content));

export const sha1Of = async (content: Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(await crypto.subtle.digest("SHA-1", content));
