import type { MachineSetUp } from "@/lib/set-up/protocol";
import type { AppContext } from "@/server/context";
import { SealError, type SealedAt } from "@/server/crypto/sealer";
import { loadRepositorySettings } from "./settings";

/** A secret opens for its repository and under its name alone. */
export const placeOfSecret = (repositoryId: number, name: string): SealedAt => ({
  table: "repository_secrets",
  row: `${repositoryId}/${name}`,
  user: `repository/${repositoryId}`,
  field: name,
});

/**
 * The secrets that a machine is given for its set-up. Whoever owns a Fly app can read its machines, so they go to the app
 * that the repository's admins named, and to no other.
 */
export async function secretsForMachine(
  context: AppContext,
  { repositoryId, names, flyApp }: { repositoryId: number; names: readonly string[]; flyApp: string },
): Promise<Pick<MachineSetUp, "secrets" | "withheld">> {
  if (names.length === 0) return { secrets: {}, withheld: [] };
  const { secretsApp } = await loadRepositorySettings(context, repositoryId);
  if (secretsApp === null || secretsApp !== flyApp)
    return { secrets: {}, withheld: names.map((name) => ({ name, reason: "other_app" })) };
  const rows = await context.db.repositorySecrets.sealed(repositoryId, names);
  const secrets: MachineSetUp["secrets"] = {};
  const withheld: MachineSetUp["withheld"] = [];
  for (const name of names) {
    const row = rows.find((one) => one.name === name);
    const value = row === undefined ? undefined : await openedSecret(context, row);
    if (typeof value === "string") secrets[name] = value;
    else withheld.push({ name, reason: row === undefined ? "not_saved" : "unreadable" });
  }
  await context.db.repositorySecrets.noteUse(repositoryId, Object.keys(secrets), context.clock.now().toISOString());
  return { secrets, withheld };
}

type Row = Awaited<ReturnType<AppContext["db"]["repositorySecrets"]["sealed"]>>[number];
/** null: it does not open any more. */
export async function openedSecret(context: AppContext, row: Row): Promise<string | null> {
  try {
    return await context.sealer.open(row, placeOfSecret(row.repositoryId, row.name));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    context.log.warn("repository_secret.unreadable", { repositoryId: row.repositoryId, problem: error.message });
    return null;
  }
}
