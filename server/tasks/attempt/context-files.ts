import type { PictureAnswer } from "@/lib/agent-protocol";
import { contextFilesSchema, type ContextFiles, type Picture } from "@/lib/context-files";
import { tryJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { isRunning } from "./is-running";
import { withTexts } from "../texts/texts";

/** What a task's row says; what cannot be read is nothing. */
export const contextFilesOf = ({ contextFiles }: Pick<TaskRow, "contextFiles">): ContextFiles =>
  tryJson(contextFilesSchema, contextFiles ?? "null") ?? { discussion: null, pictures: [] };

/**
 * `POST /api/callbacks/picture`: one picture that the task's prompt names, for the machine that runs it now. It is fetched
 * from GitHub while the machine asks, and nothing of it is kept.
 */
export async function handOutPicture(
  context: AppContext,
  { attempt, task }: { attempt: AttemptRow; task: TaskRow },
  { number }: { number: number },
): Promise<PictureAnswer> {
  if (!isRunning(task, attempt) || attempt.endedAt !== null) throw new AppError("gone", "This attempt is over.");
  const picture = contextFilesOf(await withTexts(context, task)).pictures[number - 1];
  if (picture === undefined) throw new AppError("not_found", "The prompt names no such picture.");
  const found = await pictureOf(context, task, picture);
  const isMissing = found === null;
  if (isMissing !== (picture.isMissing ?? false)) await context.db.tasks.notePicture(task.id, { number, isMissing });
  if (isMissing) throw new AppError("not_found", "GitHub did not hand out the picture.");
  return { kind: found.kind, content: toBase64(found.content) };
}

/** From the first place that shows it; null: GitHub does not hand it out. */
async function pictureOf(context: AppContext, task: TaskRow, { asset, shownIn }: Picture): Promise<Shown | null> {
  try {
    return await withRepository(context, accessTo(task), async (repository) => {
      for (const comment of shownIn) {
        const shown = await repository.picture({ asset, issueNumber: task.issueNumber, comment });
        if (shown !== null) return shown;
      }
      return null;
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("picture.unknown", { message: error.failure.message });
    return null;
  }
}
type Shown = NonNullable<Awaited<ReturnType<GitHubRepository["picture"]>>>;

function toBase64(content: Uint8Array): string {
  const pieces: string[] = [];
  // A whole number of groups of three bytes, and few enough for the arguments of a call.
  for (let at = 0; at < content.length; at += 24_576)
    pieces.push(btoa(String.fromCharCode(...content.subarray(at, at + 24_576))));
  return pieces.join("");
}
