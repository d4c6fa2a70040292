import { z } from "zod";
import { agentFromName } from "../../lib/agents.ts";
import { readJson } from "../../lib/json.ts";
import { DEFAULT_NETWORK_POLICY, NETWORK_MODES, networkPolicySchema } from "../../lib/network.ts";
import { PROVIDER_IDS, PROVIDERS } from "../../lib/providers.ts";
import { DEFAULT_TASK_TIMEOUT_MINUTES } from "../../lib/task.ts";
import { ConfigError } from "./agent-user.ts";
import type { Assignment } from "./assignment.ts";
import { mayCarrySecrets } from "./trusted-url.ts";

/** docs/specification.md "The image by hand". */
const contractSchema = z.object({
  TASK_ID: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/),
  REPO_FULL_NAME: z.string().regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/),
  AGENT: z.string().min(1),
  PROMPT: z.string().min(1),
  GITHUB_TOKEN: z.string().min(1),
  CALLBACK_URL: z.url().refine(mayCarrySecrets, "must be https, or http on this machine"),
  CALLBACK_TOKEN: z.string().min(1).optional(),
  MODEL: z.string().min(1).optional(),
  BASE_BRANCH: z.string().min(1).optional(),
  GIT_SERVER_URL: z
    .url()
    .refine(mayCarrySecrets, "must be https, or http on this machine")
    .default("https://github.com"),
  TIMEOUT_MINUTES: z.coerce
    .number()
    .positive()
    .max(24 * 60)
    .default(DEFAULT_TASK_TIMEOUT_MINUTES),
  PROVIDER_BASE_URLS: z.string().default("{}"),
  NETWORK_MODE: z.enum(NETWORK_MODES).default(DEFAULT_NETWORK_POLICY.mode),
  /** Hosts besides those of the mode, with commas between them. */
  NETWORK_ALLOW: z
    .string()
    .default("")
    .transform((text) => text.split(",").filter((rule) => rule.trim() !== ""))
    .pipe(networkPolicySchema.shape.allow),
});

const PROVIDER_URLS = Object.fromEntries(PROVIDER_IDS.map((id) => [id, PROVIDERS[id].baseUrl]));

export type ManualRunContract = { assignment: Assignment; callbackUrl: string; callbackToken: string | null };

/** Reads the contract out of the environment; throws `ConfigError` that names every missing or wrong variable. */
export function parseManualRunContract(env: NodeJS.ProcessEnv, now: number): ManualRunContract {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = contractSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new ConfigError(`no task file, and the environment is not a task either (${faults})`);
  }
  const contract = parsed.data;
  const agentId = agentFromName(contract.AGENT);
  if (!agentId) throw new ConfigError(`AGENT names no agent that Porter runs: ${contract.AGENT}`);
  const branch = `porter/${contract.TASK_ID}`;
  return {
    callbackUrl: contract.CALLBACK_URL,
    callbackToken: contract.CALLBACK_TOKEN ?? null,
    assignment: {
      taskId: contract.TASK_ID,
      attempt: 1,
      repository: {
        fullName: contract.REPO_FULL_NAME,
        cloneUrl: `${contract.GIT_SERVER_URL.replace(/\/+$/, "")}/${contract.REPO_FULL_NAME}.git`,
        baseBranch: contract.BASE_BRANCH ?? null,
        branch,
        wipBranch: `${branch}-wip`,
      },
      issue: { number: 0, title: `Porter ${contract.TASK_ID}` },
      agent: { id: agentId, model: contract.MODEL ?? null },
      prompt: contract.PROMPT,
      git: {
        token: contract.GITHUB_TOKEN,
        expiresAt: new Date(now + 24 * 3_600_000).toISOString(),
        userName: "porter",
        userEmail: "porter@users.noreply.github.com",
        trailers: [`Porter-Task: ${contract.TASK_ID}`],
        revokeAtExit: false,
      },
      keys: apiKeys(given),
      providerBaseUrls: { ...PROVIDER_URLS, ...providerUrls(contract.PROVIDER_BASE_URLS) },
      limits: {
        deadlineAt: new Date(now + contract.TIMEOUT_MINUTES * 60_000).toISOString(),
        stallTimeoutMs: 300_000,
        heartbeatMs: 15_000,
        maxModelRequests: 1000,
        maxCostUsd: null,
      },
      // Whoever starts it by hand sees that it is open, and goes on.
      network: { mode: contract.NETWORK_MODE, allow: contract.NETWORK_ALLOW, required: false },
    },
  };
}

function apiKeys(env: Record<string, string | undefined>): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (/^[A-Z0-9_]+_API_KEY$/.test(name) && value) keys[name] = value;
  return keys;
}

function providerUrls(json: string): Record<string, string> {
  try {
    return readJson(z.record(z.string(), z.url()), json);
  } catch (cause) {
    throw new ConfigError("PROVIDER_BASE_URLS must be a JSON object of URLs", { cause });
  }
}
