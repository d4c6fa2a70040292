import { z } from "zod";
import { AppError } from "@/server/errors";

/** The place after a row, opaque to callers: `createdAt` and id, base64url of JSON. */
const cursorSchema = z.tuple([z.iso.datetime(), z.string()]);

export const writeCursor = (row: { createdAt: string; id: string }): string =>
  btoa(JSON.stringify([row.createdAt, row.id]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Throws `bad_request` for a cursor that is none of ours. */
export function readCursor(text: string): { createdAt: string; id: string } {
  const problem = new AppError("bad_request", "This cursor is not one of Porter's.", { field: "cursor" });
  let parsed: unknown;
  try {
    parsed = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    throw problem;
  }
  const cursor = cursorSchema.safeParse(parsed);
  if (!cursor.success) throw problem;
  return { createdAt: cursor.data[0], id: cursor.data[1] };
}
