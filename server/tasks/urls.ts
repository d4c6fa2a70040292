import type { AppContext } from "@/server/context";

/** The live page of a task. */
export const runUrl = (context: Pick<AppContext, "env">, taskId: string) => `${context.env.PUBLIC_URL}/tasks/${taskId}`;
/** A branch on GitHub's web pages. */
export const branchUrl = (
  context: Pick<AppContext, "env">,
  task: { repoOwner: string; repoName: string },
  branch: string,
) => `${context.env.GITHUB_URL}/${task.repoOwner}/${task.repoName}/tree/${branch}`;
export const compareUrl = (
  context: Pick<AppContext, "env">,
  task: { repoOwner: string; repoName: string },
  branch: string,
) => `${context.env.GITHUB_URL}/${task.repoOwner}/${task.repoName}/compare/${branch}`;
