import { providerFor } from "@/lib/model-provider";
import { PROVIDERS } from "@/lib/providers";
import { createRedactor, type Redactor } from "@/lib/redaction";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { setUpOf } from "../set-up";
import { openedSecret } from "@/server/repositories/repository-secrets";
import { orUnreadable } from "@/server/secrets/readable";
import { peekSecret } from "@/server/secrets/user-secrets";
import { type MachineSecrets, openMachineSecrets, openIfReadable } from "./git-token";

const secretsOf = ({ token, earlierTokens, keys, secrets }: MachineSecrets): string[] => [
  token,
  ...earlierTokens,
  ...Object.values(keys),
  ...Object.values(secrets),
];

/** Redacted in the machine, and again when it arrives, for every secret the attempt was given. */
export async function redactorOf(context: AppContext, attempt: AttemptRow): Promise<(text: string) => string> {
  const handed = await openMachineSecrets(context, attempt);
  const redactor = createRedactor(handed === null ? [] : secretsOf(handed));
  return (text) => redactor.redact(text);
}

/**
 * Knows every secret that the attempt was given. Once its token is revoked its row has none of them: then the keys count
 * that its owner had saved before it began and has still. Null: nobody knows any more what it was given.
 */
export async function ownSecretsOf(context: AppContext, attempt: AttemptRow): Promise<Redactor | null> {
  const handed = await openIfReadable(context, attempt);
  if (handed !== null) return createRedactor(secretsOf(handed));
  const task = await context.db.tasks.get(attempt.taskId);
  if (task === null) return null;
  const saved: string[] = [];
  for (const name of PROVIDERS[providerFor(task.agent, task.model)].envNames) {
    const owned = peekSecret(context, task.userId, { provider: providerFor(task.agent, task.model), name });
    const secret = await orUnreadable(context, task.userId, owned);
    if (secret === null) continue;
    if (secret.savedAt > attempt.createdAt) return null;
    saved.push(secret.value);
  }
  const { secrets: names } = setUpOf(task);
  const rows = await context.db.repositorySecrets.sealed(task.repositoryId, names);
  // One that is not there was never saved, or is what nobody knows any more.
  const mayLack = rows.length < names.length;
  if (mayLack && (await context.db.repositorySecrets.wasDeleted(task.repositoryId, attempt.createdAt))) return null;
  for (const row of rows) {
    const value = row.updatedAt > attempt.createdAt ? null : await openedSecret(context, row);
    if (value === null) return null;
    saved.push(value);
  }
  return saved.length === 0 ? null : createRedactor(saved);
}

/** Every text in a value of JSON, redacted. */
export function redactTexts<T>(value: T, redact: (text: string) => string): T {
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return redact(part);
    if (Array.isArray(part)) return part.map(walk);
    if (part !== null && typeof part === "object")
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
    return part;
  };
  return walk(value) as T;
}
