import type { AppContext } from "@/server/context";

/**
 * Deletes the files of sets that are older than their owners keep them, some at a time; their rows stay. Returns how many
 * sets. Files first: a row that still names some is found again.
 */
export async function expireSets(context: AppContext, limit: number): Promise<number> {
  const now = context.clock.now().toISOString();
  const expired = await context.db.changeSets.expired(now, limit);
  for (const set of expired) {
    await context.changeFiles.removeSet(set);
    await context.db.changeSets.forgetFiles(set, now);
  }
  return expired.length;
}
