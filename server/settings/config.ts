import { changedFields } from "@/lib/changed-fields";
import { mergeConfig } from "@/lib/merge-config";
import { CONFIG_VERSION, type ConfigUpdate, type PorterConfig } from "@/lib/porter-config";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { requireListed } from "@/server/identity/may-use";
import { flyTokenChanges } from "@/server/secrets/fly-credentials";
import { flyNetworkFinding, networkOfApp } from "@/server/secrets/fly-network";
import { providerKeyChanges } from "@/server/secrets/provider-credentials";
import { FLY_TOKEN, forgetFinding, secretStatus, writeSecrets } from "@/server/secrets/user-secrets";
import { wakeUserTasks } from "@/server/identity/wake";
import { mirrorStatus } from "./gist-mirror";
import { loadConfig } from "./run-settings";
import { adviceFix } from "@/lib/fix";

/** `GET /api/config`: the signed-in user's settings; secrets as status only. */
export async function getConfig(context: AppContext): Promise<PorterConfig> {
  const { userId } = requireUser(context.actor);
  const [{ config, revision, row }, secrets] = await Promise.all([
    loadConfig(context, userId),
    secretStatus(context, userId),
  ]);
  return {
    ...config,
    flyToken: "",
    providerCredentials: {},
    revision,
    gistMirrorStatus: mirrorStatus(row),
    flyTokenStatus: secrets.fly,
    flyNetwork: networkOfApp(flyNetworkFinding(secrets), config.flyAppName),
    providerCredentialStatus: secrets.providers,
  };
}

/**
 * `PUT /api/config`: merges `update` into what is stored and answers the whole. With `revision`, a save over a newer
 * one is refused with `conflict`, which carries the present settings. Secrets in it are saved as
 * `PUT provider-credentials` and `PUT fly` would.
 */
export async function updateConfig(context: AppContext, update: ConfigUpdate): Promise<PorterConfig> {
  await storeConfig(context, update, { willCheck: false });
  await wakeUserTasks(context, requireUser(context.actor).userId);
  return getConfig(context);
}

/**
 * The same without waking what waits. `willCheck`: whoever calls looks whether the secrets in it are any good, and
 * nothing starts with them until then.
 */
export async function storeConfig(
  context: AppContext,
  update: ConfigUpdate,
  { willCheck }: { willCheck: boolean },
): Promise<void> {
  const { userId } = requireUser(context.actor);
  const { flyToken, providerCredentials, ...settings } = update;
  // Checked before anything is written, so that a refused key leaves the settings as they were.
  const secrets = [
    ...(providerCredentials === undefined ? [] : providerKeyChanges(providerCredentials)),
    ...(flyToken === undefined ? [] : flyTokenChanges(flyToken)),
  ];
  if (secrets.some(({ value }) => value !== null)) await requireListed(context);
  await save(context, userId, settings);
  await writeSecrets(context, secrets, willCheck);
  if (settings.flyAppName !== undefined) await forgetFinding(context, userId, { ...FLY_TOKEN, willCheck });
  const { config } = await loadConfig(context, userId);
  // Behind the answer, by the queue: a gist that cannot be written never costs a save anything.
  if (config.gistMirror) await context.enqueue([{ kind: "mirror", id: String(userId) }]);
}

async function save(
  context: AppContext,
  userId: number,
  update: Omit<ConfigUpdate, "flyToken" | "providerCredentials">,
): Promise<void> {
  // Without a revision the later save wins field by field: read, merge, write guarded, read again if raced.
  for (let attempt = 0; attempt < 5; attempt++) {
    const stored = await loadConfig(context, userId);
    if (update.revision !== undefined && update.revision !== stored.revision)
      throw new AppError("conflict", "These settings were changed elsewhere.", {
        field: "revision",
        fix: adviceFix("Look at them as they are now, then save."),
        current: await getConfig(context),
      });
    const merged = { ...mergeConfig(stored.config, update), version: CONFIG_VERSION };
    const updatedAt = context.clock.now().toISOString();
    const fields = changedFields(stored.config, merged).filter((field) => field !== "version");
    const isSelection = fields.length === 1 && fields[0] === "onboarding.selectedRepos";
    const action = isSelection ? { action: "repositories.select" } : {};
    const saved = await context.db.settings.put({
      userId,
      version: CONFIG_VERSION,
      config: JSON.stringify(merged),
      expected: stored.revision,
      updatedAt,
      lastChange: JSON.stringify({ at: updatedAt, via: context.via, fields, ...action }),
    });
    if (saved !== null) return;
  }
  throw new AppError("unavailable", "These settings are being saved by others at the same moment.", {
    fix: adviceFix("Try again."),
  });
}
