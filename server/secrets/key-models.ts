import { tryJson } from "@/lib/json";
import { isRefused } from "@/lib/key-check";
import { type Families, familiesSchema } from "@/lib/model-family";
import type { AppContext } from "@/server/context";
import type { SecretRow } from "@/server/db/secret-store";
import { describeError } from "@/server/log";
import { wakeUserTasks } from "@/server/identity/wake";
import { orUnreadable } from "./readable";
import { saveFinding, openRow } from "./user-secrets";

const DAY_MS = 24 * 3600_000;
/** A sweep comes every minute: 4,320 keys a day. */
const AT_ONCE = 3;

/** The newest model of each family that the Anthropic key among a person's secrets can see; null where its provider has not said. */
export function modelsOfKey(rows: readonly Pick<SecretRow, "provider" | "models">[]): Families | null {
  return read(rows.find(({ provider }) => provider === "anthropic")?.models ?? null);
}

function read(stored: string | null): Families | null {
  return stored === null ? null : (tryJson(familiesSchema, stored) ?? null);
}

/** Once a day each key's models are asked for again, so that no run has to ask on its way to a machine. Never throws. */
export async function askModelsDaily(context: AppContext): Promise<void> {
  try {
    const now = context.clock.now();
    const due = await context.db.secrets.takeModelsDue({
      provider: "anthropic",
      before: new Date(now.getTime() - DAY_MS).toISOString(),
      now: now.toISOString(),
      limit: AT_ONCE,
    });
    await Promise.all(due.map((row) => askAnew(context, row)));
  } catch (error) {
    context.log.warn("models.sweep_failed", { error: describeError(error) });
  }
}

async function askAnew(context: AppContext, row: SecretRow): Promise<void> {
  const key = await orUnreadable(context, row.userId, openRow(context, row));
  if (key === null) return;
  const finding = await context.keyChecks.check("anthropic", key);
  // A provider that does not answer takes nothing away from what is known.
  if (finding.verification === "unverified") return;
  // A list of models says nothing of credit: a run found that there is none, and its owner says when there is.
  const isSpent = row.verification === "no_credit" && !isRefused(finding.verification);
  await saveFinding(context, row, isSpent ? { ...finding, verification: "no_credit" } : finding);
  if (isSpent) return;
  if (isRefused(row.verification) && !isRefused(finding.verification)) await wakeUserTasks(context, row.userId);
}
