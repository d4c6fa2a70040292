import type { AppContext } from "@/server/context";

/** The live page of a task. */
export const runUrl = (context: Pick<AppContext, "env">, taskId: string) => `${context.env.PUBLIC_URL}/tasks/${taskId}`;
/** A branch on GitHub's web pages. */
export const branchUrl = (
  context: Pick<AppContext, "env">,
  task: { repoOwner: string; repoName: string },
  branch: string,
) => `${context.env.GITHUB_URL}/${task.repoOwner}/${task.repoName}/tree/${inPath(branch)}`;
/** The page that opens a pull request of the branch in one click. */
export const compareUrl = (
  context: Pick<AppContext, "env">,
  task: { repoOwner: string; repoName: string },
  branch: string,
) => `${context.env.GITHUB_URL}/${task.repoOwner}/${task.repoName}/compare/${inPath(branch)}?expand=1`;

const inPath = (branch: string): string => branch.split("/").map(encodeURIComponent).join("/");
