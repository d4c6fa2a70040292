import { z } from "zod";
import { readJson } from "./json.ts";

/** The place after a row in a list by keyset, opaque to callers: `createdAt` and id, base64url of JSON. */
const cursorSchema = z.tuple([z.iso.datetime(), z.string().max(100)]);
export type TaskListCursor = { createdAt: string; id: string };

export const writeCursor = (row: TaskListCursor): string =>
  btoa(JSON.stringify([row.createdAt, row.id]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Null for a cursor that is none of ours. */
export function readCursor(text: string): TaskListCursor | null {
  try {
    const [createdAt, id] = readJson(cursorSchema, atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    return { createdAt, id };
  } catch {
    return null;
  }
}
