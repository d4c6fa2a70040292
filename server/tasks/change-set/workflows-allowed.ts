import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { loadRepositorySettings } from "@/server/repositories/settings";

/**
 * Whether files that GitHub runs by itself may be written: where the repository's people allow it and the App has the
 * permission. @throws GitHubError
 */
export async function workflowsAllowed(context: AppContext, task: TaskRow): Promise<boolean> {
  const { workflows } = await loadRepositorySettings(context, task.repositoryId);
  if (workflows !== "allowed") return false;
  const installation = await context.github.app.installation(task.installationId);
  return installation?.permissions.workflows === "write";
}
