import { ROW_END_NAMES } from "@/lib/row-ends";
import type { AppContext } from "@/server/context";
import { describeError } from "@/server/log";
import { packTexts } from "@/server/tasks/texts/pack-texts";

const DAY_MS = 24 * 3600_000;
/** Rows of a kind that end at once, and so often in a sweep: 5.7 million of each a day. */
const STEP = { rows: 1000, most: 4 } as const;
/** A day has 1,440 sweeps: 288,000 tasks. */
const TEXTS = 200;
const SUBJECTS = 500;

/** Ends what is older than it is kept (lib/row-ends.ts), some at a time. Never throws: the next sweep goes on. */
export async function endRows(context: AppContext): Promise<void> {
  const { db, env, log } = context;
  try {
    const now = context.clock.now().getTime();
    const before = Object.fromEntries(
      ROW_END_NAMES.map((name) => [name, new Date(now - env.KEEP_DAYS[name] * DAY_MS).toISOString()]),
    ) as Record<(typeof ROW_END_NAMES)[number], string>;
    let isMore = true;
    for (let step = 0; step < STEP.most && isMore; step++) isMore = await db.rowEnds.end(before, STEP.rows);
    await packTexts(context, before.task_texts, TEXTS);
    await daily(context);
  } catch (error) {
    log.warn("rows.end_failed", { error: describeError(error) });
  }
}

/** Subjects of the audit log are walked through, some a day; the planner looks at the tables again. */
async function daily({ db, clock }: AppContext): Promise<void> {
  const now = clock.now();
  const notAfter = new Date(now.getTime() - DAY_MS).toISOString();
  if (!(await db.operations.claimTick("daily", { at: now.toISOString(), notAfter }))) return;
  await db.rowEnds.optimize();
  for (let after: number | null = 0; after !== null;) after = await db.audit.forgetSubjects(after, SUBJECTS);
}
