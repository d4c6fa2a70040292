import type { ProviderId, UnservedProviderId } from "../../lib/providers.ts";

/** How a provider's API is reached: what the key proxy lets through, and where its key goes. */
export type ProviderEndpoint = {
  /** Header that carries the key; the value is `prefix` + key. */
  auth: { header: string; prefix: string };
  /** Requests that may pass, on the path below the base URL. `billed`: counts towards the limits of a run. */
  allow: { methods: readonly string[]; path: RegExp; billed: boolean }[];
  /** Query parameters that would carry a key. */
  keyParameters: readonly string[];
  /** What opencode's SDK for it wants after the base URL. */
  sdkPath: string;
  /** An error body in the provider's own form, so that the CLIs show its sentence. */
  error(message: string): unknown;
};

/** Providers behind the proxy: every one that has an API of models. */
export type ProxiedProviderId = Exclude<ProviderId, UnservedProviderId>;

const post = (path: RegExp, options: { billed: boolean } = { billed: true }): ProviderEndpoint["allow"][number] => ({
  methods: ["POST"],
  path,
  ...options,
});
const get = (path: RegExp): ProviderEndpoint["allow"][number] => ({ methods: ["GET", "HEAD"], path, billed: false });
const openAiError = (message: string): unknown => ({
  error: { message, type: "porter_proxy", param: null, code: "porter_proxy" },
});
const bearer = { header: "authorization", prefix: "Bearer " };

/** A provider that speaks OpenAI's chat completions. */
const openAiLike = (): ProviderEndpoint => ({
  auth: bearer,
  allow: [post(/^\/v1\/chat\/completions$/)],
  keyParameters: [],
  sdkPath: "/v1",
  error: openAiError,
});

const PROVIDER_ENDPOINTS: Record<ProxiedProviderId, ProviderEndpoint> = {
  anthropic: {
    auth: { header: "x-api-key", prefix: "" },
    allow: [post(/^\/v1\/messages$/), post(/^\/v1\/messages\/count_tokens$/, { billed: false }), get(/^\/api\/hello$/)],
    keyParameters: [],
    sdkPath: "/v1",
    error: (message) => ({ type: "error", error: { type: "porter_proxy", message } }),
  },
  openai: {
    auth: bearer,
    allow: [post(/^\/v1\/responses$/), post(/^\/v1\/chat\/completions$/)],
    keyParameters: [],
    sdkPath: "/v1",
    error: openAiError,
  },
  google: {
    auth: { header: "x-goog-api-key", prefix: "" },
    allow: [
      post(/^\/v1beta\/models\/[A-Za-z0-9._-]+:(?:streamGenerateContent|generateContent)$/),
      post(/^\/v1beta\/models\/[A-Za-z0-9._-]+:countTokens$/, { billed: false }),
    ],
    keyParameters: ["key"],
    sdkPath: "/v1beta",
    error: (message) => ({ error: { code: 402, message, status: "FAILED_PRECONDITION" } }),
  },
  openrouter: openAiLike(),
  groq: openAiLike(),
  mistral: openAiLike(),
  xai: openAiLike(),
  deepseek: openAiLike(),
};

/** The row of a provider id; null: it has none, or is unknown. */
export const endpointOf = (id: string): ProviderEndpoint | null =>
  Object.hasOwn(PROVIDER_ENDPOINTS, id) ? PROVIDER_ENDPOINTS[id as ProxiedProviderId] : null;
