import { readRows } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

const COUNTS_FOR_MS = 60_000;

/**
 * I13: no machine is launched, no claim answered and no token minted for one without GitHub's word that the task's
 * requester may write there, asked for at most a minute before.
 */
export async function checkAuthority({ stage }: CheckedWorld): Promise<Violation[]> {
  const { answered, handed } = stage.world.outside;
  const tasks = await readRows(stage.world.engine, "SELECT id, user_id, repository_id FROM tasks");
  return handed.flatMap(({ what, taskId, from, to }) => {
    const task = tasks.find(({ id }) => id === taskId);
    const isGiven = answered.some(
      ({ askedAt, repositoryId, userId, mayWrite }) =>
        mayWrite &&
        userId === task?.user_id &&
        repositoryId === task.repository_id &&
        askedAt >= from - COUNTS_FOR_MS &&
        askedAt <= to,
    );
    const at = new Date(from).toISOString();
    return isGiven ? [] : [violationOf("I13", `${what} of ${taskId} at ${at} without a word of GitHub`, taskId)];
  });
}
