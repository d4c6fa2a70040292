import { type Column, type SQL, sql } from "drizzle-orm";
import type { TaskChange } from "@/lib/live";

/** Is told of every committed change; must neither throw nor wait. */
export type OnChange = (change: TaskChange) => void;

/**
 * The next number among the changes of a user, as an expression of the writing statement itself: D1 writes one after
 * the other, so no two are alike, and a stream that has seen one has seen all before it.
 */
export const nextChange = (userId: number | Column): SQL<number> =>
  sql<number>`(SELECT coalesce(max(changed.change_seq), 0) + 1 FROM tasks changed WHERE changed.user_id = ${userId})`;
