import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";

const sealedAt = (attempt: Pick<AttemptRow, "taskId" | "attempt" | "userId">) => ({
  table: "task_attempts",
  row: `${attempt.taskId}/${attempt.attempt}`,
  user: String(attempt.userId),
  field: "git_token",
});

/** The machine's installation token as it was last minted, or null when there is none (any more). */
export async function openGitToken(
  context: AppContext,
  attempt: AttemptRow,
): Promise<{ token: string; expiresAt: string } | null> {
  const { gitTokenValue, gitTokenIv, gitTokenTag, gitTokenKeyVersion, gitTokenExpiresAt } = attempt;
  if (
    gitTokenValue === null ||
    gitTokenIv === null ||
    gitTokenTag === null ||
    gitTokenKeyVersion === null ||
    gitTokenExpiresAt === null
  )
    return null;
  const token = await context.sealer.open(
    { encryptedValue: gitTokenValue, iv: gitTokenIv, tag: gitTokenTag, keyVersion: gitTokenKeyVersion, alg: "A256GCM" },
    sealedAt(attempt),
  );
  return { token, expiresAt: gitTokenExpiresAt };
}

/** A token that may write the contents of this one repository and nothing else, kept sealed on the attempt (rulings 25). */
export async function mintGitToken(
  context: AppContext,
  task: TaskRow,
  attempt: AttemptRow,
): Promise<{ token: string; expiresAt: string }> {
  const minted = await context.github.app.createInstallationToken({
    installationId: task.installationId,
    repositoryIds: [task.repositoryId],
    permissions: { contents: "write", metadata: "read" },
  });
  const sealed = await context.sealer.seal(minted.token, sealedAt(attempt));
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    gitTokenValue: sealed.encryptedValue,
    gitTokenIv: sealed.iv,
    gitTokenTag: sealed.tag,
    gitTokenKeyVersion: sealed.keyVersion,
    gitTokenExpiresAt: minted.expiresAt,
    tokenRevokedAt: null,
  });
  return minted;
}
