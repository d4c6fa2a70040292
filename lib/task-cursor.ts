import { z } from "zod";

/** The place after a row in a list by keyset, opaque to callers: `createdAt` and id, base64url of JSON. */
const cursorSchema = z.tuple([z.iso.datetime(), z.string().max(100)]);
export type TaskPlace = { createdAt: string; id: string };

export const writeCursor = (row: TaskPlace): string =>
  btoa(JSON.stringify([row.createdAt, row.id]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Null for a cursor that is none of ours. */
export function readCursor(text: string): TaskPlace | null {
  try {
    const cursor = cursorSchema.safeParse(JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/"))));
    return cursor.success ? { createdAt: cursor.data[0], id: cursor.data[1] } : null;
  } catch {
    return null;
  }
}
