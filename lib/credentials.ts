import { z } from "zod";
import { AGENT_IDS, type AgentId, providersOf } from "./agents.ts";
import { FLY_NETWORKS } from "./fly-network.ts";
import { checkResultSchema, VERIFICATIONS } from "./key-check.ts";
import { modelSchema } from "./models.ts";
import { flyInputSchema, porterConfigSchema } from "./porter-config.ts";
import { PROVIDER_IDS, type ProviderId } from "./providers.ts";

/** Shapes of the API's keys, tokens and provider catalogue. */

const secret = z.string().max(20_000);

/** `PUT /api/config/fly`. `createApp` makes the app first, in `organization` (Fly's slug; default: that of the app before it, else `personal`). */
export const flySaveSchema = flyInputSchema.extend({
  createApp: z.boolean().optional(),
  organization: z.string().trim().min(1).max(63).optional(),
});
export type FlySave = z.output<typeof flySaveSchema>;

export const flyCheckSchema = checkResultSchema.extend({
  /** The app, when the token reaches it. */
  app: z.object({ name: z.string(), organization: z.string().nullable(), network: z.enum(FLY_NETWORKS) }).nullable(),
});
export type FlyCheck = z.infer<typeof flyCheckSchema>;
export const flySavedSchema = porterConfigSchema.extend({ check: flyCheckSchema });
export type FlySaved = z.infer<typeof flySavedSchema>;

/** `POST /api/config/validate/fly`: what is absent is taken from what is saved. */
export const flyValidateSchema = z.object({ flyToken: secret.optional(), flyAppName: z.string().max(63).optional() });

/** `POST /api/config/validate/{provider}`: without a key the saved one is checked. */
export const keyValidateSchema = z.object({ key: secret.optional() });

/**
 * `PUT /api/config/credentials`, the older surface: environment name or provider id → key, and `flyToken` or
 * `FLY_API_TOKEN`. "" changes nothing, null deletes.
 */
export const credentialsInput = z.record(z.string(), secret.nullable());
export const credentialsAnswer = z.object({
  status: z.literal("saved"),
  /** By provider, and `fly`. */
  credentials: z.record(z.string(), z.object({ configured: z.boolean(), verification: z.enum(VERIFICATIONS) })),
});
export type CredentialsAnswer = z.infer<typeof credentialsAnswer>;

/** `GET /api/config/providers`. */
export const catalogueSchema = z.object({
  providers: z.array(
    z.object({
      id: z.enum(PROVIDER_IDS),
      name: z.string(),
      /** Any one of them holds the key; the first is the one to ask for. */
      envNames: z.array(z.string()),
      docsUrl: z.string(),
      keyPrefix: z.string().nullable(),
      /** Agents that can run on it. */
      agents: z.array(z.enum(AGENT_IDS)),
      /** False: no call of the provider shows whether a key works. */
      checkable: z.boolean(),
      /** Newest first. An agent for every provider names one `{provider}/{id}`, another `{id}`. Empty: the vendor chooses. */
      models: z.array(modelSchema),
    }),
  ),
  /** Which list the models are from. */
  modelsSource: z.string(),
});
export type ProviderCatalogue = z.infer<typeof catalogueSchema>;

/** Agents that can use a provider. */
export const agentsOf = (provider: ProviderId): AgentId[] =>
  AGENT_IDS.filter((id) => providersOf(id).includes(provider));
