/**
 * Model providers whose keys a user can save: the catalogue for settings, admission and launch. How a machine
 * reaches them (auth header, allowed paths) is the key proxy's own table in agent-image.
 */
export const PROVIDER_IDS = [
  "anthropic",
  "openai",
  "google",
  "openrouter",
  "amp",
  "groq",
  "mistral",
  "xai",
  "deepseek",
] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];
/** Those whose key opens no API of models, but a vendor's cloud in which an agent's models run. */
export type UnservedProviderId = "amp";

export type ProviderInfo = {
  id: ProviderId;
  name: string;
  /** Environment names that hold its key; any one of them is enough. The first is the one forms ask for. */
  envNames: readonly [string, ...string[]];
  baseUrl: string;
  /** Where a key is made. */
  docsUrl: string;
  /** Where its account is paid. */
  billingUrl: string;
  /** How its keys usually begin: a hint for people, never a check. Null: no fixed form. */
  keyPrefix: string | null;
  /** Whether its key opens an API of models. */
  servesModels: boolean;
};

export const PROVIDERS: {
  [Id in ProviderId]: ProviderInfo & { servesModels: Id extends UnservedProviderId ? false : true };
} = {
  anthropic: {
    id: "anthropic",
    name: "Anthropic",
    envNames: ["ANTHROPIC_API_KEY"],
    baseUrl: "https://api.anthropic.com",
    docsUrl: "https://console.anthropic.com/settings/keys",
    billingUrl: "https://console.anthropic.com/settings/billing",
    keyPrefix: "sk-ant-",
    servesModels: true,
  },
  openai: {
    id: "openai",
    name: "OpenAI",
    envNames: ["OPENAI_API_KEY"],
    baseUrl: "https://api.openai.com",
    docsUrl: "https://platform.openai.com/api-keys",
    billingUrl: "https://platform.openai.com/settings/organization/billing/overview",
    keyPrefix: "sk-",
    servesModels: true,
  },
  google: {
    id: "google",
    name: "Google Gemini",
    envNames: ["GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    baseUrl: "https://generativelanguage.googleapis.com",
    docsUrl: "https://aistudio.google.com/apikey",
    billingUrl: "https://aistudio.google.com/billing",
    keyPrefix: "AIza",
    servesModels: true,
  },
  openrouter: {
    id: "openrouter",
    name: "OpenRouter",
    envNames: ["OPENROUTER_API_KEY"],
    baseUrl: "https://openrouter.ai/api",
    docsUrl: "https://openrouter.ai/settings/keys",
    billingUrl: "https://openrouter.ai/settings/credits",
    keyPrefix: "sk-or-",
    servesModels: true,
  },
  amp: {
    id: "amp",
    name: "Amp",
    envNames: ["AMP_API_KEY"],
    baseUrl: "https://ampcode.com",
    docsUrl: "https://ampcode.com/settings",
    billingUrl: "https://ampcode.com/settings",
    keyPrefix: null,
    servesModels: false,
  },
  groq: {
    id: "groq",
    name: "Groq",
    envNames: ["GROQ_API_KEY"],
    baseUrl: "https://api.groq.com/openai",
    docsUrl: "https://console.groq.com/keys",
    billingUrl: "https://console.groq.com/settings/billing",
    keyPrefix: "gsk_",
    servesModels: true,
  },
  mistral: {
    id: "mistral",
    name: "Mistral",
    envNames: ["MISTRAL_API_KEY"],
    baseUrl: "https://api.mistral.ai",
    docsUrl: "https://console.mistral.ai/api-keys",
    billingUrl: "https://admin.mistral.ai/organization/billing",
    keyPrefix: null,
    servesModels: true,
  },
  xai: {
    id: "xai",
    name: "xAI",
    envNames: ["XAI_API_KEY"],
    baseUrl: "https://api.x.ai",
    docsUrl: "https://console.x.ai",
    billingUrl: "https://console.x.ai",
    keyPrefix: "xai-",
    servesModels: true,
  },
  deepseek: {
    id: "deepseek",
    name: "DeepSeek",
    envNames: ["DEEPSEEK_API_KEY"],
    baseUrl: "https://api.deepseek.com",
    docsUrl: "https://platform.deepseek.com/api_keys",
    billingUrl: "https://platform.deepseek.com/top_up",
    keyPrefix: "sk-",
    servesModels: true,
  },
};

/** The provider with this id, or null. */
export const providerFromId = (id: string): ProviderInfo | null =>
  PROVIDER_IDS.map((known) => PROVIDERS[known]).find((provider) => provider.id === id) ?? null;
