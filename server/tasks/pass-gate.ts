import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import type { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { askGate, type Door, type Permit, type RefusalCode } from "@/server/repositories/gate";
import type { RunSettings } from "@/server/settings/run-settings";
import { endWithoutAccess } from "./end-without-access";

/** `ended`: the requester may not, so the task has ended, for the reason `code`. `unknown`: GitHub does not say. */
export type Passage =
  | { is: "granted"; permit: Permit; task: TaskRow }
  | { is: "ended"; code: RefusalCode }
  | { is: "unknown"; error: GitHubError };

/**
 * Whether the task may pass this door: by what GitHub said of its requester in the last minute, or says now. A no ends
 * it; a doubt changes nothing. `settings`: the requester's, where they are already known.
 */
export async function passGate(
  context: AppContext,
  task: TaskRow,
  { door, settings }: { door: Door; settings?: RunSettings | undefined },
): Promise<Passage> {
  const answer = await askGate(context, {
    door,
    access: accessTo(task),
    person: { userId: task.userId, login: task.createdBy },
    issueNumber: task.issueNumber,
    permittedAt: task.permittedAt,
    settings,
  });
  switch (answer.is) {
    case "refused":
      await endWithoutAccess(context, task, answer.code);
      return { is: "ended", code: answer.code };
    case "unknown":
      return answer;
    case "granted": {
      const { permit, login: createdBy } = answer;
      const { askedAt: permittedAt } = permit;
      if (permittedAt !== task.permittedAt) await context.db.tasks.note(task.id, { permittedAt });
      return { is: "granted", permit, task: { ...task, permittedAt, createdBy } };
    }
  }
}

/** The same for a machine, which waits for an answer. @throws AppError (gone, or unavailable: it asks again) */
export async function passForMachine(
  context: AppContext,
  task: TaskRow,
  at: Parameters<typeof passGate>[2],
): Promise<TaskRow> {
  const passage = await passGate(context, task, at);
  if (passage.is === "granted") return passage.task;
  if (passage.is === "ended") throw new AppError("gone", `This attempt is over (${passage.code}).`);
  throw new AppError("unavailable", "GitHub does not say whether this run may go on; send this again.");
}
