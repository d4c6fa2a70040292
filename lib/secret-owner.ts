import type { ProviderId } from "./providers.ts";

/** Beginnings that one issuer alone gives its secrets. `id` is a provider, Fly, or null: Porter has no use for it. */
const OWNERS: { id: ProviderId | "fly" | null; words: string; begins: RegExp }[] = [
  { id: null, words: "a GitHub token", begins: /^(?:gh[pousr]_|github_pat_)/ },
  { id: "anthropic", words: "an Anthropic key", begins: /^sk-ant-/ },
  { id: "openrouter", words: "an OpenRouter key", begins: /^sk-or-/ },
  { id: "openai", words: "an OpenAI key", begins: /^sk-(?:proj|svcacct|admin)-/ },
  { id: "google", words: "a Google key", begins: /^AIza/ },
  { id: "groq", words: "a Groq key", begins: /^gsk_/ },
  { id: "xai", words: "an xAI key", begins: /^xai-/ },
  { id: "amp", words: "an Amp key", begins: /^sgamp_/ },
  { id: "fly", words: "a Fly token", begins: /^(?:fm1r_|fm1a_|fm2_|fo1_)/ },
  { id: null, words: "an AWS key", begins: /^A(?:KIA|SIA)[0-9A-Z]{16}$/ },
  { id: null, words: "a Slack token", begins: /^(?:xox[abeoprs]-|xapp-)/ },
  { id: null, words: "an npm token", begins: /^npm_/ },
];

/** What a secret plainly is ("a GitHub token"), when that is not what `wanted` takes; else null. */
export function foreignSecret(value: string, wanted: ProviderId | "fly"): string | null {
  const bare = value.trim().replace(/^(?:(?:Bearer|FlyV1)\s+)+/i, "");
  const owner = OWNERS.find(({ begins }) => begins.test(bare));
  return owner === undefined || owner.id === wanted ? null : owner.words;
}
