import type { ProviderId, UnservedProviderId } from "../../lib/providers.ts";
import { openrouterCounts, xaiCounts } from "./meter/counts.ts";
import { anthropicDialect, chatDialect, type Dialect, googleDialect, responsesDialect } from "./meter/dialects.ts";

/** A call that may pass, on the path below the base URL. */
export type AllowedCall = {
  method: "POST" | "GET";
  /** A model that the path names is its first group. */
  path: RegExp;
  /** The form of its body; null: it has none. */
  dialect: Dialect | null;
  /** Counts towards the limits of a run. */
  billed: boolean;
  /** Parameters of the query, and the values that may pass. */
  query?: Record<string, RegExp>;
};

/** How a provider's API is reached: what the key proxy lets through, and where its key goes. */
export type ProviderEndpoint = {
  /** Header that carries the key; the value is `prefix` + key. */
  auth: { header: string; prefix: string };
  allow: AllowedCall[];
  /** What opencode's SDK for it wants after the base URL. */
  sdkPath: string;
  /** An error body in the provider's own form, so that the CLIs show its sentence. */
  error(message: string): unknown;
};

/** Providers behind the proxy: every one that has an API of models. */
export type ProxiedProviderId = Exclude<ProviderId, UnservedProviderId>;

const post = (path: RegExp, dialect: Dialect, more: Partial<AllowedCall> = {}): AllowedCall => ({
  method: "POST",
  path,
  dialect,
  billed: true,
  ...more,
});
const openAiError = (message: string): unknown => ({
  error: { message, type: "porter_proxy", param: null, code: "porter_proxy" },
});
const bearer = { header: "authorization", prefix: "Bearer " };

/** A provider that speaks OpenAI's chat completions. */
const openAiLike = (dialect: Dialect = chatDialect("max_tokens")): ProviderEndpoint => ({
  auth: bearer,
  allow: [post(/^\/v1\/chat\/completions$/, dialect)],
  sdkPath: "/v1",
  error: openAiError,
});

const BETA = { beta: /^true$/ };
const MODEL = String.raw`\/v1beta\/models\/([A-Za-z0-9._-]+)`;

const PROVIDER_ENDPOINTS: Record<ProxiedProviderId, ProviderEndpoint> = {
  anthropic: {
    auth: { header: "x-api-key", prefix: "" },
    allow: [
      post(/^\/v1\/messages$/, anthropicDialect, { query: BETA }),
      post(/^\/v1\/messages\/count_tokens$/, anthropicDialect, { billed: false, query: BETA }),
      { method: "GET", path: /^\/api\/hello$/, dialect: null, billed: false },
    ],
    sdkPath: "/v1",
    error: (message) => ({ type: "error", error: { type: "porter_proxy", message } }),
  },
  openai: {
    auth: bearer,
    allow: [
      post(/^\/v1\/responses$/, responsesDialect),
      post(/^\/v1\/chat\/completions$/, chatDialect("max_completion_tokens")),
    ],
    sdkPath: "/v1",
    error: openAiError,
  },
  google: {
    auth: { header: "x-goog-api-key", prefix: "" },
    allow: [
      post(new RegExp(`^${MODEL}:(?:streamGenerateContent|generateContent)$`), googleDialect, {
        query: { alt: /^sse$/ },
      }),
      post(new RegExp(`^${MODEL}:countTokens$`), googleDialect, { billed: false }),
    ],
    sdkPath: "/v1beta",
    error: (message) => ({ error: { code: 402, message, status: "FAILED_PRECONDITION" } }),
  },
  openrouter: openAiLike(chatDialect("max_tokens", { usage: { include: true } }, openrouterCounts)),
  groq: openAiLike(chatDialect("max_completion_tokens")),
  // Its streams always end with their counts, and it refuses names that it does not know.
  mistral: openAiLike(chatDialect("max_tokens", {})),
  xai: openAiLike(chatDialect("max_tokens", undefined, xaiCounts)),
  deepseek: openAiLike(),
};

/** The row of a provider id; null: it has none, or is unknown. */
export const endpointOf = (id: string): ProviderEndpoint | null => (isProxied(id) ? PROVIDER_ENDPOINTS[id] : null);

export const isProxied = (id: string): id is ProxiedProviderId => Object.hasOwn(PROVIDER_ENDPOINTS, id);
