import { z } from "zod";
import { AGENT_IDS, AGENTS, agentFromName } from "./agents.ts";
import { flyAppName } from "./fly-app-name.ts";
import { FLY_NETWORKS } from "./fly-network.ts";
import { budgetSchema } from "./budget.ts";
import { fixSchema } from "./fix-schema.ts";
import { MACHINE_SIZES } from "./machine-size.ts";
import { NETWORK_MODES } from "./network.ts";
import { hostNames, networkSchema } from "./network-settings.ts";
import type { ProviderId } from "./providers.ts";
import { DEFAULT_TASK_TIMEOUT_MINUTES, PRIORITY_NAMES } from "./task.ts";

/** Settings of a person: docs/specification.md "Settings of a person". Agents go by their settings key. */
export const CONFIG_VERSION = "1.0.0";

const settingsKeys = AGENT_IDS.map((id) => AGENTS[id].settingsKey);

/** A user's agents under the settings keys; other names of theirs are taken, unknown agents are refused. */
const byAgent = <T extends z.ZodType>(value: T) =>
  z.record(z.string(), value).transform((given, context) => {
    const out: Record<string, z.output<T>> = {};
    for (const [name, entry] of Object.entries(given)) {
      const id = agentFromName(name);
      if (id === null) context.addIssue({ code: "custom", message: `"${name}" is no agent`, path: [name] });
      else out[AGENTS[id].settingsKey] = entry;
    }
    return out;
  });

const agentSettings = z.object({
  /** Absent: on, but for an agent that cannot be metered, which somebody has to switch on. */
  enabled: z.boolean().optional(),
  priority: z.enum(PRIORITY_NAMES).default("normal"),
  /** null: the agent's own default of the catalogue. */
  defaultModel: z.string().trim().min(1).max(100).nullable().default(null),
});

const repositoryName = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "a repository is written owner/name");
const region = z
  .string()
  .trim()
  .regex(/^[a-z]{3}$/, "a Fly region is three letters, such as iad");

const settingsFields = {
  /** New attempts after infrastructure faults only. */
  maxRetries: z.number().int().min(0).max(5),
  /** Minutes. */
  taskTimeout: z.number().int().min(1).max(90),
  /** Seconds. */
  pollInterval: z.number().int().min(5).max(60),
  /** Days that logs of runs are kept. */
  logRetentionDays: z.number().int().min(1).max(365),
};
const settings = z.object({
  maxRetries: settingsFields.maxRetries.default(3),
  taskTimeout: settingsFields.taskTimeout.default(DEFAULT_TASK_TIMEOUT_MINUTES),
  pollInterval: settingsFields.pollInterval.default(10),
  logRetentionDays: settingsFields.logRetentionDays.default(30),
});

/** Fly sells memory for shared CPUs in steps of 256 MB, 256 to 2048 a CPU ("Machine sizing" of Fly's documents). */
const priorityGuest = z
  .object({
    cpus: z.union(
      [1, 2, 4, 6, 8].map((count) => z.literal(count)),
      "Fly has 1, 2, 4, 6 or 8 shared CPUs",
    ),
    memoryMb: z.number().int().multipleOf(256, "memory comes in steps of 256 MB"),
  })
  .superRefine(({ cpus, memoryMb }, context) => {
    const [least, most] = [256 * cpus, 2048 * cpus];
    if (memoryMb < least || memoryMb > most)
      context.addIssue({
        code: "custom",
        path: ["memoryMb"],
        message: `${cpus} shared CPUs take ${least} to ${most} MB`,
      });
  });

const onboardingFields = {
  completed: z.boolean(),
  /** Empty: every repository of the installation. */
  selectedRepos: z.array(repositoryName).max(500),
  enabledAgents: z.array(z.string().max(40)).max(10),
};
const onboarding = z.object({
  completed: onboardingFields.completed.default(false),
  selectedRepos: onboardingFields.selectedRepos.default([]),
  enabledAgents: onboardingFields.enabledAgents.default(
    AGENT_IDS.filter((id) => AGENTS[id].isMetered).map((id) => AGENTS[id].settingsKey),
  ),
});

export type AgentSettings = Omit<z.output<typeof agentSettings>, "enabled"> & { enabled: boolean };

/** What is set for the agent with this settings key, where nobody has set anything. */
export function agentDefaults(settingsKey: string): AgentSettings {
  const id = agentFromName(settingsKey);
  return { ...agentSettings.parse({}), enabled: id === null || AGENTS[id].isMetered };
}

/** Settings as stored: everything but secrets. Missing parts get their defaults. */
export const storedConfigSchema = z.object({
  version: z.string().default(CONFIG_VERSION),
  executionMode: z.enum(["cloud", "priority"]).default("cloud"),
  flyAppName: flyAppName.optional(),
  agents: byAgent(agentSettings)
    .prefault({})
    .transform((given) => {
      const all: Record<string, AgentSettings> = {};
      for (const key of settingsKeys) {
        const standard = agentDefaults(key);
        all[key] = { ...standard, ...given[key], enabled: given[key]?.enabled ?? standard.enabled };
      }
      return all;
    }),
  settings: settings.prefault({}),
  onboarding: onboarding.prefault({}),
  /** Fly regions in order of choice; empty: the app's own. */
  regions: z.array(region).max(10).default([]),
  /** Size of machines for which nobody asked for another one. */
  machineSize: z.enum(MACHINE_SIZES).default("small"),
  /** The largest that a command may ask for with `--machine`. */
  largestMachine: z.enum(MACHINE_SIZES).default("large"),
  /** Dollars that each task may spend on its models; null: no limit. */
  budget: budgetSchema.nullable().default(null),
  /** Machine of high-priority tasks in the execution mode `priority`; null: the same as for all. */
  priorityGuest: priorityGuest.nullable().default(null),
  /** What this person's machines may reach. */
  network: networkSchema.prefault({}),
  /** Mirrors these settings into a secret gist of the user's own, best effort. */
  gistMirror: z.boolean().default(false),
  /** Saved since the switch of an agent that cannot be metered says so (porter-config-versions.ts). */
  saysUnmetered: z.literal(true).default(true),
});
export type StoredConfig = z.output<typeof storedConfigSchema>;

/** What is known of one saved secret; never the secret. */
export const secretStatusSchema = z.object({
  configured: z.boolean(),
  lastFour: z.string().nullable(),
  savedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  verifiedAt: z.string().nullable(),
  /** `valid`, `unverified`, or a reason such as `invalid_key`; null when nothing is saved. */
  verification: z.string().nullable(),
});
export type SecretStatus = z.infer<typeof secretStatusSchema>;

/** Provider → environment name → status: `GET /api/config/provider-credentials`. */
export const providerStatusSchema = z.record(z.string(), z.record(z.string(), secretStatusSchema));

export const gistMirrorStatusSchema = z.object({
  at: z.string(),
  ok: z.boolean(),
  /** One sentence for people. */
  message: z.string(),
  fix: fixSchema.nullable(),
  url: z.string().nullable(),
});
export type GistMirrorStatus = z.infer<typeof gistMirrorStatusSchema>;

const agentAnswer = z.object({
  enabled: z.boolean(),
  priority: z.enum(PRIORITY_NAMES),
  defaultModel: z.string().nullable(),
});

/**
 * `PorterConfig` as the API answers it. Secrets read as "" and {} with their status beside them, so that what was
 * read can be written back unchanged.
 */
export const porterConfigSchema = z.object({
  version: z.string(),
  executionMode: z.enum(["cloud", "priority"]),
  flyToken: z.literal(""),
  flyAppName: z.string().optional(),
  agents: z.record(z.string(), agentAnswer),
  providerCredentials: z.record(z.string(), z.record(z.string(), z.string())),
  settings: z.object({
    maxRetries: z.number(),
    taskTimeout: z.number(),
    pollInterval: z.number(),
    logRetentionDays: z.number(),
  }),
  onboarding: z.object({
    completed: z.boolean(),
    selectedRepos: z.array(z.string()),
    enabledAgents: z.array(z.string()),
  }),
  regions: z.array(z.string()),
  machineSize: z.enum(MACHINE_SIZES),
  largestMachine: z.enum(MACHINE_SIZES),
  budget: z.number().nullable(),
  priorityGuest: z.object({ cpus: z.number(), memoryMb: z.number() }).nullable(),
  network: z.object({ preset: z.enum(NETWORK_MODES), names: z.array(z.string()) }),
  gistMirror: z.boolean(),
  /** How the last try to mirror ended; null: none yet. */
  gistMirrorStatus: gistMirrorStatusSchema.nullable(),
  /** Counts saves; send it back so that a save over somebody else's is refused. 0: nothing saved yet. */
  revision: z.number().int(),
  flyTokenStatus: secretStatusSchema,
  /** Whose network the app is in, as the last check found; "unknown": none did. */
  flyNetwork: z.enum(FLY_NETWORKS),
  providerCredentialStatus: providerStatusSchema,
});
export type PorterConfig = z.infer<typeof porterConfigSchema>;

/** "" changes nothing, null deletes. */
const secretInput = z.string().max(20_000).nullable();
const keysInput = z.record(z.string(), secretInput);
/**
 * Provider → environment name → key: `PUT /api/config/provider-credentials`. Named keys for the OpenAPI document; any
 * other goes through to the verb, whose answer says which providers there are.
 */
export const providerCredentialsInput = z
  .object({
    anthropic: keysInput.optional(),
    openai: keysInput.optional(),
    google: keysInput.optional(),
    openrouter: keysInput.optional(),
    amp: keysInput.optional(),
    groq: keysInput.optional(),
    mistral: keysInput.optional(),
    xai: keysInput.optional(),
    deepseek: keysInput.optional(),
  } satisfies Record<ProviderId, z.ZodType>)
  .catchall(keysInput);
export type ProviderCredentialsInput = z.infer<typeof providerCredentialsInput>;

/** `PUT /api/config/fly`. */
export const flyInputSchema = z.object({
  flyToken: secretInput.optional(),
  /** null removes it. */
  flyAppName: flyAppName.or(z.literal("")).nullable().optional(),
});

/**
 * `PUT /api/config`: any part of `PorterConfig`. What is absent stays; objects merge by key, lists replace.
 * `version` and the status fields of a config that was read are accepted and not used.
 */
export const configUpdateSchema = flyInputSchema.extend({
  executionMode: z.enum(["cloud", "priority"]).optional(),
  agents: byAgent(
    z.object({
      enabled: z.boolean().optional(),
      priority: z.enum(PRIORITY_NAMES).optional(),
      defaultModel: z.string().trim().min(1).max(100).nullable().optional(),
    }),
  ).optional(),
  providerCredentials: providerCredentialsInput.optional(),
  settings: z.object(settingsFields).partial().optional(),
  onboarding: z.object(onboardingFields).partial().optional(),
  regions: z.array(region).max(10).optional(),
  machineSize: z.enum(MACHINE_SIZES).optional(),
  largestMachine: z.enum(MACHINE_SIZES).optional(),
  budget: budgetSchema.nullable().optional(),
  priorityGuest: priorityGuest.nullable().optional(),
  network: z.strictObject({ preset: z.enum(NETWORK_MODES).optional(), names: hostNames.optional() }).optional(),
  gistMirror: z.boolean().optional(),
  revision: z.number().int().min(0).optional(),
});
export type ConfigUpdate = z.infer<typeof configUpdateSchema>;
