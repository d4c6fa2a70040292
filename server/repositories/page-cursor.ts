import { z } from "zod";
import { readJson } from "@/lib/json";
import { AppError } from "@/server/errors";

/** Where a list goes on: GitHub's page, and of which installation where a list runs over several. */
export type PageCursor = { page: number; installationId: number | null };

const placeSchema = z.tuple([z.number().int().min(1).max(1000), z.number().int().positive().nullable()]);

/** Opaque to callers. */
export const writePageCursor = ({ page, installationId }: PageCursor): string =>
  btoa(JSON.stringify([page, installationId]));

/** Throws `bad_request` for a cursor that is none of ours. */
export function readPageCursor(cursor: string | undefined): PageCursor {
  if (cursor === undefined || cursor === "") return { page: 1, installationId: null };
  try {
    const [page, installationId] = readJson(placeSchema, atob(cursor));
    return { page, installationId };
  } catch {
    throw new AppError("bad_request", "This cursor is not one of Porter's.", { field: "cursor" });
  }
}
