import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runChild } from "./child.ts";
import { CONFIG_FILE, configPath, deployConfig, hasConfig } from "./config.ts";
import { SetupError } from "./setup-error.ts";
import { keptSecrets, refuseForeignKey, takeSecrets } from "./secrets.ts";
import { type SetupContext, requireKnown, type SetupStep } from "./step.ts";
import { tryJson } from "../../lib/json.ts";

const FILE = "deployed.json";
/** For the time of a deploy alone. */
const SECRETS_FILE = "deploy-secrets.json";
const OUTPUT_FILE = "deploy-output.ndjson";
const deployedSchema = z.object({ inputs: z.string(), versionId: z.string() });
const deploymentsSchema = z.object({
  deployments: z.array(z.object({ versions: z.array(z.object({ version_id: z.string() })) })),
});
const querySchema = z.array(z.object({ results: z.array(z.object({ name: z.string() })) }));

/** wrangler with this installation's configuration and without OpenNext's own deploy around it. */
async function wrangler(
  { root, folder }: SetupContext,
  args: string[],
  extra: Record<string, string> = {},
): Promise<void> {
  await runChild("wrangler", {
    args: [...args, "--config", configPath(folder)],
    cwd: root,
    env: { CI: "1", OPEN_NEXT_DEPLOY: "true", WRANGLER_SEND_METRICS: "false", ...extra },
  }).finally(() => folder.remove(".wrangler"));
}

export const migrationsStep: SetupStep = {
  name: "migrations",
  plan: async (installation) => {
    const files = readdirSync(join(installation.root, "drizzle")).filter((file) => file.endsWith(".sql"));
    const applied = await appliedMigrations(installation);
    const missing = files.filter((file) => !applied.includes(file));
    if (missing.length === 0) return { there: `all ${files.length} applied` };
    const make = async (): Promise<string> => {
      installation.folder.write(CONFIG_FILE, deployConfig(installation));
      await wrangler(installation, ["d1", "migrations", "apply", "DB", "--remote"]);
      return missing.join(", ");
    };
    return { will: `apply ${missing.join(", ")}`, make };
  },
};

async function appliedMigrations(installation: SetupContext): Promise<string[]> {
  if (installation.databaseId === undefined) return [];
  const { ask } = requireKnown(installation, "cloudflare");
  const path = `/d1/database/${installation.databaseId}/query`;
  const names = async (sql: string): Promise<string[]> =>
    (await ask(querySchema, { method: "POST", path, body: { sql } }))?.flatMap(({ results }) =>
      results.map(({ name }) => name),
    ) ?? [];
  const table = await names("SELECT name FROM sqlite_master WHERE name = 'd1_migrations'");
  return table.length === 0 ? [] : names("SELECT name FROM d1_migrations");
}

/** The Worker with its variables and secrets: deployed when anything of them, or the one at Cloudflare, is another. */
export const workerStep: SetupStep = {
  name: "worker",
  plan: async (installation) => {
    const { name, folder } = installation;
    const deployed = folder.read(FILE, deployedSchema);
    const isComplete =
      installation.image !== undefined && installation.app !== undefined && deployed !== undefined && hasConfig(folder);
    if (
      isComplete &&
      deployed.inputs === inputsOf(installation) &&
      deployed.versionId === (await versionOf(installation))
    )
      return { there: `${name}, version ${deployed.versionId}` };
    const domain = installation.choices.url;
    const at = domain === undefined ? "" : ` at ${domain}, replacing any DNS record of that name,`;
    return { will: `build and deploy ${name}${at} with its secrets`, make: () => deploy(installation) };
  },
};

const inputsOf = (installation: SetupContext): string =>
  createHash("sha256")
    .update(JSON.stringify([installation.bundle.inputs(), deployConfig(installation), secretsOf(installation)]))
    .digest("hex");

const secretsOf = (installation: SetupContext): Record<string, string> => {
  const { isUnused: _not, ...secrets } = keptSecrets(installation.folder);
  const app = requireKnown(installation, "app");
  return {
    ...secrets,
    GITHUB_APP_PRIVATE_KEY: app.pem,
    GITHUB_CLIENT_SECRET: app.client_secret,
    GITHUB_WEBHOOK_SECRET: app.webhook_secret,
  };
};

async function versionOf(installation: SetupContext): Promise<string | undefined> {
  const path = `/workers/scripts/${installation.name}/deployments`;
  const found = await requireKnown(installation, "cloudflare").ask(deploymentsSchema, { path });
  return found?.deployments[0]?.versions[0]?.version_id;
}

async function deploy(installation: SetupContext): Promise<string> {
  const { folder, name } = installation;
  await installation.bundle.build((line) => installation.say(`  ${line}`));
  await refuseForeignKey(installation);
  const inputs = inputsOf(installation);
  takeSecrets(installation);
  folder.write(CONFIG_FILE, deployConfig(installation));
  folder.write(SECRETS_FILE, secretsOf(installation));
  folder.remove(OUTPUT_FILE);
  try {
    const secrets = ["--secrets-file", join(folder.path, SECRETS_FILE)];
    const output = join(folder.path, OUTPUT_FILE);
    await wrangler(installation, ["deploy", ...secrets], { WRANGLER_OUTPUT_FILE_PATH: output });
    const versionId = deployedVersion(readFileSync(output, "utf8"));
    folder.write(FILE, { inputs, versionId });
    return `${name}, version ${versionId}`;
  } finally {
    folder.remove(SECRETS_FILE);
    folder.remove(OUTPUT_FILE);
  }
}

/** One of the lines that wrangler writes of its work. */
const deploySchema = z.object({ type: z.literal("deploy"), version_id: z.string() });

function deployedVersion(output: string): string {
  const lines = output.split("\n").map((line) => tryJson(deploySchema, line));
  const deployed = lines.find((line) => line !== undefined);
  if (deployed === undefined)
    throw new SetupError("wrangler does not say which version it deployed", "run set-up again");
  return deployed.version_id;
}
