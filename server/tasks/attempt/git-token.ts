import { z } from "zod";
import { readJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { SealError } from "@/server/crypto/sealer";
import type { RunSettings } from "@/server/settings/run-settings";
import { passForMachine } from "../pass-gate";

const sealedAt = (attempt: Pick<AttemptRow, "taskId" | "attempt" | "userId">) => ({
  table: "task_attempts",
  row: `${attempt.taskId}/${attempt.attempt}`,
  user: String(attempt.userId),
  field: "git_token",
});

/**
 * What a machine was given: its installation token as it was last minted, the ones before, and the keys of the run and
 * the repository's secrets for its set-up by their names.
 */
export type MachineSecrets = {
  token: string;
  expiresAt: string;
  earlierTokens: string[];
  keys: Record<string, string>;
  secrets: Record<string, string>;
};
const sealedSchema = z.object({
  token: z.string(),
  earlierTokens: z.array(z.string()),
  keys: z.record(z.string(), z.string()),
  /** Absent: of the release before. */
  secrets: z.record(z.string(), z.string()).default({}),
});

/** Null when nothing was handed out, or when it is revoked. */
export async function openMachineSecrets(context: AppContext, attempt: AttemptRow): Promise<MachineSecrets | null> {
  const { gitTokenValue, gitTokenIv, gitTokenTag, gitTokenKeyVersion, gitTokenExpiresAt } = attempt;
  if (
    gitTokenValue === null ||
    gitTokenIv === null ||
    gitTokenTag === null ||
    gitTokenKeyVersion === null ||
    gitTokenExpiresAt === null
  )
    return null;
  const text = await context.sealer.open(
    { encryptedValue: gitTokenValue, iv: gitTokenIv, tag: gitTokenTag, keyVersion: gitTokenKeyVersion, alg: "A256GCM" },
    sealedAt(attempt),
  );
  return { ...readJson(sealedSchema, text), expiresAt: gitTokenExpiresAt };
}

/**
 * A token that may read the contents of this one repository and nothing else: only Porter writes. It is kept sealed on the attempt, for
 * revoking it, with the run's `keys`: what the machine says is redacted for them although their owner may
 * have deleted or replaced them since. A machine keeps the keys that it was given first. `settings`: the requester's,
 * where they are already known. @throws AppError (gone, unavailable) where the requester may not have it, or nobody says.
 */
export async function mintGitToken(
  context: AppContext,
  task: TaskRow,
  input: {
    attempt: AttemptRow;
    keys: Record<string, string>;
    secrets?: Record<string, string>;
    settings?: RunSettings;
  },
): Promise<MachineSecrets> {
  const { attempt, settings } = input;
  const before = await openIfReadable(context, attempt);
  await passForMachine(context, task, { door: "token", settings });
  const minted = await context.github.app.createInstallationToken({
    installationId: task.installationId,
    repositoryIds: [task.repositoryId],
    permissions: { contents: "read", metadata: "read" },
  });
  const handed = {
    token: minted.token,
    earlierTokens: before === null ? [] : [...before.earlierTokens, before.token],
    keys: before?.keys ?? input.keys,
    secrets: before?.secrets ?? input.secrets ?? {},
  };
  const sealed = await context.sealer.seal(JSON.stringify(handed), sealedAt(attempt));
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    gitTokenValue: sealed.encryptedValue,
    gitTokenIv: sealed.iv,
    gitTokenTag: sealed.tag,
    gitTokenKeyVersion: sealed.keyVersion,
    gitTokenExpiresAt: minted.expiresAt,
    keysSpent: JSON.stringify(Object.keys(handed.keys).toSorted()),
    tokenRevokedAt: null,
  });
  return { ...handed, expiresAt: minted.expiresAt };
}

/**
 * As `openMachineSecrets`, and null for what does not open: an old Worker may not have the key that a newer one sealed with. A
 * machine needs its next token anyway, and one that nobody can read ends by itself within its hour.
 */
export async function openIfReadable(context: AppContext, attempt: AttemptRow): Promise<MachineSecrets | null> {
  try {
    return await openMachineSecrets(context, attempt);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    context.log.warn("git_token.unreadable", { taskId: attempt.taskId, attempt: attempt.attempt });
    return null;
  }
}
