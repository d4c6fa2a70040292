import { randomBytes } from "node:crypto";
import { z } from "zod";
import { SetupError } from "./setup-error.ts";
import { type SetupContext, requireKnown, type SetupStep } from "./step.ts";

const FILE = "secrets.json";
const secretsSchema = z.object({
  ENCRYPTION_KEYS: z.string().min(1).optional(),
  AUTH_SECRET: z.string().min(32).optional(),
  OPERATOR_TOKEN: z.string().min(32).optional(),
  /** The key was made here and no Worker has had it yet. */
  isUnused: z.literal(true).optional(),
});

const random = (): string => randomBytes(32).toString("base64url");

/** The secrets that Porter needs and nobody gives. */
export const secretsStep: SetupStep = {
  name: "secrets",
  plan: async (installation) => {
    await refuseForeignKey(installation);
    const { folder } = installation;
    const kept = folder.read(FILE, secretsSchema) ?? {};
    const made = {
      ...(kept.ENCRYPTION_KEYS === undefined
        ? { ENCRYPTION_KEYS: `1:${randomBytes(32).toString("base64")}`, isUnused: true }
        : {}),
      ...(kept.AUTH_SECRET === undefined ? { AUTH_SECRET: random() } : {}),
      ...(kept.OPERATOR_TOKEN === undefined ? { OPERATOR_TOKEN: random() } : {}),
    };
    const names = Object.keys(made).filter((name) => name !== "isUnused");
    if (names.length === 0) return { there: `kept in ${folder.shown}/${FILE}` };
    const make = async (): Promise<string> => {
      folder.write(FILE, { ...kept, ...made });
      return `${names.join(", ")} in ${folder.shown}/${FILE}`;
    };
    return { will: `generate ${names.join(", ")}`, make };
  },
};

/**
 * Another key than the one that sealed what is stored would lose it all: one is made only where none has been, and one
 * that was made here is sent only where none is. Throws `SetupError`.
 */
export async function refuseForeignKey(installation: SetupContext): Promise<void> {
  const { folder, name } = installation;
  const kept = folder.read(FILE, secretsSchema);
  if (kept?.ENCRYPTION_KEYS !== undefined && kept.isUnused === undefined) return;
  const fix =
    `bring back ${folder.shown} (at least ENCRYPTION_KEYS in its ${FILE}) from where it is kept, and run set-up again. ` +
    `Only if nothing sealed is wanted any more: npx wrangler secret delete ENCRYPTION_KEYS --name ${name}, and an empty D1`;
  if (await workerHasKey(installation))
    throw new SetupError(`the Worker ${name} has an encryption key that is not in this folder`, fix);
  // A Worker that was deleted took its key with it, and left its database.
  if (kept === undefined && (await databaseIsUsed(installation)))
    throw new SetupError(`the database ${name} holds tables whose encryption key is not in this folder`, fix);
}

async function workerHasKey(installation: SetupContext): Promise<boolean> {
  const path = `/workers/scripts/${installation.name}/secrets`;
  const secrets = await requireKnown(installation, "cloudflare").ask(z.array(z.object({ name: z.string() })), { path });
  return secrets?.some(({ name }) => name === "ENCRYPTION_KEYS") ?? false;
}

async function databaseIsUsed(installation: SetupContext): Promise<boolean> {
  if (installation.databaseId === undefined) return false;
  const path = `/d1/database/${installation.databaseId}`;
  const found = await requireKnown(installation, "cloudflare").ask(z.object({ num_tables: z.number().nullish() }), {
    path,
  });
  return (found?.num_tables ?? 0) > 0;
}

/** What the Worker gets. From now on the key may seal something. */
export function takeSecrets({ folder }: SetupContext): Record<string, string> {
  const { isUnused, ...secrets } = keptSecrets(folder);
  if (isUnused !== undefined) folder.write(FILE, secrets);
  return secrets;
}

/** The same, to look at. */
export const keptSecrets = (folder: SetupContext["folder"]) =>
  secretsSchema.required().partial({ isUnused: true }).parse(folder.read(FILE, secretsSchema));
