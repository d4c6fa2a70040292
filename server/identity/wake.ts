import type { AppContext } from "@/server/context";

/**
 * Something that tasks of this user may have waited for was saved: every blocked one is looked at again, and so is
 * every machine that nobody could reach without a token.
 */
export async function wakeUserTasks(context: AppContext, userId: number): Promise<void> {
  const now = context.clock.now().toISOString();
  const [blocked, owing] = await Promise.all([
    context.db.tasks.blocked(userId),
    context.db.obligations.hurryCleanUp(userId, now),
  ]);
  const ids = new Set([...blocked, ...owing].map(({ id }) => id));
  for (const id of ids) await context.db.tasks.wake(id, now);
  await context.enqueue([...ids].map((id) => ({ kind: "task" as const, id })));
}
