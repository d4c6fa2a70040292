import { tryJson } from "@/lib/json";
import { readPhaseTimes } from "@/lib/phase-times";
import type { TaskFilter } from "@/lib/task-filter";
import { zoneOffsets } from "@/lib/zone";
import { LINE_TOLD } from "@/lib/queue";
import {
  type AttemptView,
  type PromptView,
  promptViewSchema,
  type PullView,
  type TaskCounts,
  type TaskStats,
} from "@/lib/task-pages";
import { pullStateOf } from "@/lib/pull-state";
import { TERMINAL_STATUSES } from "@/lib/task";
import { toolchainSchema } from "@/lib/toolchain";
import type { AppContext } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import type { TaskRow } from "@/server/db/task-store";
import { KEPT_KINDS, type Omission, UNHEARD_KINDS } from "@/server/prompts/omissions";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { ownTask, readableTask } from "./get";
import { mayRead } from "./may-read";
import { contextFilesOf } from "../attempt/context-files";
import { reportOf, withoutCalls } from "../attempt/network";
import { reportOfSetUp } from "../set-up";
import { withTexts } from "../texts/texts";

/** How many of the signed-in user's tasks stand in each section of the list, their line, and in which repositories. */
export async function countTasks(context: AppContext): Promise<TaskCounts> {
  const { userId } = requireUser(context.actor);
  return context.db.tasks.frame(userId, context.clock.now().getTime(), LINE_TOLD);
}

/** The prompt as it was sent, of a task of the signed-in user. */
export async function promptOf(context: AppContext, id: string): Promise<PromptView> {
  const task = await withTexts(context, await readableTask(context, id));
  const { prompt, promptOmissions } = task;
  const told = tryJson(promptViewSchema.shape.omissions, promptOmissions) ?? [];
  const stays = told.filter(({ what }) => KEPT_KINDS.some((kind) => kind === what));
  const unheard = told.filter(({ what }) => UNHEARD_KINDS.some((kind) => kind === what));
  const omissions = told.filter((one) => !stays.includes(one) && !unheard.includes(one));
  return { prompt, omissions, stays, unheard: [...unheard, ...missingPictures(task)] };
}

/** What its machine asked for in vain. */
function missingPictures(task: Pick<TaskRow, "contextFiles">): Omission[] {
  const count = contextFilesOf(task).pictures.filter(({ isMissing }) => isMissing === true).length;
  return count === 0 ? [] : [{ where: "discussion", what: "picture that GitHub did not hand out", count }];
}

/** The pull request of a task of the signed-in user, as GitHub has it now; null when there is none or GitHub is away. */
export async function pullRequestOf(context: AppContext, id: string): Promise<PullView> {
  const task = await readableTask(context, id);
  const { prNumber } = task;
  if (prNumber === null) return null;
  try {
    const { pull, checks } = await withRepository(context, accessTo(task), async (client) => {
      const found = await client.getPullRequest(prNumber);
      return { pull: found, checks: await client.checksOf(found.headSha) };
    });
    const { number, title, url, commits, additions, deletions, changedFiles } = pull;
    return { number, title, url, state: pullStateOf(pull), commits, additions, deletions, changedFiles, checks };
  } catch (error) {
    if (error instanceof GitHubError) return null;
    throw error;
  }
}

export async function attemptsOf(context: AppContext, id: string): Promise<AttemptView[]> {
  const task = await ownTask(context, id);
  const [rows, reading] = await Promise.all([
    context.db.tasks.attemptsOf(task.id),
    mayRead(context, requireUser(context.actor), task),
  ]);
  return rows.map((row) => {
    const report = reportOf(row);
    // What was called is the agent's words, as the log is.
    const network = report === null || reading === "all" ? report : withoutCalls(report);
    const toolchain = tryJson(toolchainSchema.nullable(), row.toolchain ?? "null") ?? null;
    const setUpReport = reportOfSetUp(row);
    return { ...row, phaseTimes: readPhaseTimes(row.phaseTimes), network, toolchain, setUpReport };
  });
}

/** Sums over the signed-in user's ended tasks, by days of the reader's zone. */
export async function statsOf(context: AppContext, filter: TaskFilter): Promise<TaskStats> {
  const { userId } = requireUser(context.actor);
  const now = context.clock.now().getTime();
  const search = { ...filter, now, statuses: [...TERMINAL_STATUSES] };
  const { days: rows, agents } = await context.db.tasks.stats(userId, {
    ...search,
    offsets: zoneOffsets(filter.zone ?? "UTC", now),
  });
  const days = new Map<string, TaskStats["days"][number]>();
  for (const row of rows) {
    const day = days.get(row.day) ?? { day: row.day, success: 0, failed: 0, other: 0, costUsd: 0 };
    day[row.outcome] += row.tasks;
    day.costUsd += row.costUsd;
    days.set(row.day, day);
  }
  return { days: [...days.values()], agents };
}
