import { z } from "zod";
import { keptJudgementSchema } from "@/lib/change-set-judgement";
import { heldBackSchema } from "@/lib/held-back";
import { tryJson } from "@/lib/json";
import { isUnpublished, workLocationOf } from "@/lib/work-location";
import type { DiffView, HandedOverWork, WorkView } from "@/lib/work-view";
import { writeProgressSchema } from "@/lib/write-progress";
import { showSet } from "@/server/change-sets/show";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { readableTask } from "./get";
import { BrokenSet, openChangeSet, openSetFile } from "../change-set/open-change-set";
import { partsOf } from "../change-set/set-files";
import { newestWork, workFacts } from "./work-facts";

/** `GET /api/tasks/:id/changes`: what the signed-in user's task left, and where it is. */
export async function workOf(context: AppContext, id: string): Promise<WorkView> {
  const task = await readableTask(context, id);
  const [attempts, sets] = await Promise.all([
    context.db.attempts.ofTask(task.id),
    context.db.changeSets.ofTask(task.id),
  ]);
  const newest = newestWork(sets);
  const before = [...new Map(sets.filter(isThere).map((set) => [set.attempt, set])).values()];
  const facts = workFacts(context, { task, attempts, sets });
  return {
    facts,
    isUnpublished: isUnpublished(workLocationOf(facts)),
    handedOver: newest === null || !isThere(newest) ? null : await handedOver(context, newest),
    earlier: before
      .filter(({ attempt }) => newest !== null && attempt < newest.attempt)
      .map(({ attempt, files, expiresAt }) => ({ attempt, files: files ?? 0, keptUntil: expiresAt })),
  };
}

const isThere = ({ wholeAt, removedAt }: ChangeSetRow): boolean => wholeAt !== null && removedAt === null;

async function handedOver(context: AppContext, row: ChangeSetRow): Promise<HandedOverWork> {
  const open = await openChangeSet(context, row).catch((error: unknown) => {
    // The row is worth telling without what R2 has lost.
    if (error instanceof BrokenSet) return null;
    throw error;
  });
  const heldBack = tryJson(z.array(heldBackSchema), row.heldBack ?? "[]") ?? [];
  const pushedToo = tryJson(writeProgressSchema, row.writeProgress ?? "null")?.pushedToo ?? [];
  const judgement = tryJson(keptJudgementSchema, row.judgement ?? "null") ?? null;
  const bytesOf = (kind: "patch" | "bundle") => partsOf(row, kind).reduce((sum, { size }) => sum + size, 0) || null;
  return {
    attempt: row.attempt,
    number: row.number,
    madeAt: row.wholeAt ?? row.createdAt,
    ...showSet(open?.manifest ?? null, { heldBack, pushedToo, files: row.files ?? 0 }),
    judgement,
    patchBytes: bytesOf("patch"),
    bundleBytes: bytesOf("bundle"),
  };
}

/** Whether a click would bring the work of the task's last run to where people look. */
export async function hasUnpublishedWork(context: AppContext, task: TaskRow): Promise<boolean> {
  const [attempts, sets] = await Promise.all([
    context.db.attempts.ofTask(task.id),
    context.db.changeSets.ofTask(task.id),
  ]);
  return isUnpublished(workLocationOf(workFacts(context, { task, attempts, sets })));
}

export type WorkFile = { name: string; stream: ReadableStream<Uint8Array> };

/**
 * The patch or the bundle as the machine made it: of an attempt's newest set, by default of the newest work. `not_found`
 * where there is none, `gone` when its time is over.
 */
export async function workFile(
  context: AppContext,
  input: { id: string; kind: "patch" | "bundle"; attempt: number | undefined },
): Promise<WorkFile> {
  const task = await readableTask(context, input.id);
  const sets = await context.db.changeSets.ofTask(task.id);
  const row = newestWork(sets.filter(({ attempt }) => input.attempt === undefined || attempt === input.attempt));
  if (row?.removedAt != null) throw new AppError("gone", "This work was deleted when its time was over.");
  const file = row === null ? null : await openSetFile(context, row, input.kind);
  if (row === null || file === null) throw new AppError("not_found", `This task has no ${input.kind}.`);
  return { name: `${task.id}-${row.attempt}.${input.kind}`, stream: file.stream };
}

/** The change as GitHub has it; null while none of it is there, or GitHub does not tell. */
export async function diffOf(context: AppContext, id: string): Promise<DiffView> {
  const task = await readableTask(context, id);
  const written = newestWork(await context.db.changeSets.ofTask(task.id));
  const { base, writtenHead } = written ?? { base: null, writtenHead: null };
  if (base === null || writtenHead === null) return null;
  try {
    return await withRepository(context, accessTo(task), (repository) => repository.compare(base, writtenHead));
  } catch (error) {
    if (error instanceof GitHubError) return null;
    throw error;
  }
}
