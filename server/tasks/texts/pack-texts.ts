import { eachAtMost } from "@/lib/concurrency";
import type { AppContext } from "@/server/context";
import { writeTexts } from "./texts";

/** A Worker holds six connections. */
const AT_ONCE = 5;

/**
 * Brings the texts of tasks that ended before `before` to the bucket, at most `limit` of them. The object first: a row
 * that still has its texts is found again, and what lies there is the same.
 */
export async function packTexts(context: AppContext, before: string, limit: number): Promise<void> {
  const ended = await context.db.tasks.withTexts(before, limit);
  await eachAtMost(AT_ONCE, ended, async ({ id, ...texts }) => {
    await context.logs.putText(context.logs.textsKey(id), writeTexts(texts));
  });
  const packed = ended.map(({ id }) => id);
  if (packed.length > 0) await context.db.tasks.dropTexts(packed, context.clock.now().toISOString());
}
