import { PROVIDERS, type ProviderId } from "./providers.ts";

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
  { id: null, words: "a GitLab token", begins: /^glpat-/ },
  { id: null, words: "a Hugging Face token", begins: /^hf_/ },
  { id: null, words: "a Stripe key", begins: /^[sr]k_(?:live|test)_/ },
];

/** Quotes around it, or the name of a variable or a header in front. */
const COPIED_ALONG = /^["'`{]|["'`}]$|^[A-Za-z][A-Za-z0-9_-]*[=:][^=,]/;

export type SecretOwner = ProviderId | "fly";

/** Without what people copy along with a Fly token. */
const bareSecret = (value: string, owner: SecretOwner): string =>
  owner === "fly" ? value.trim().replace(/^(?:(?:Bearer|FlyV1)\s+)+/i, "") : value.trim();

/** A pasted text as a secret of `owner`, or why it cannot be one and what to paste instead. */
export type ReadSecret = { secret: string } | { fault: string; fix: string };

/** The rule of the fields and of the server: what it refuses is neither sent nor saved. */
export function readSecret(value: string, owner: SecretOwner): ReadSecret {
  const secret = bareSecret(value, owner);
  const foreign = foreignSecret(secret, owner);
  const wanted = owner === "fly" ? "a Fly token" : `a key of ${PROVIDERS[owner].name}`;
  if (foreign !== null) return { fault: `That is ${foreign}.`, fix: `Paste ${wanted} here.` };
  if (!/^[\x21-\x7e]*$/.test(secret) || COPIED_ALONG.test(secret))
    return {
      fault: `That does not look like ${wanted}.`,
      fix: "Paste it alone: no name, quotes, spaces or line breaks.",
    };
  if (secret.length < 8) return { fault: `That is too short for ${wanted}.`, fix: "Paste the whole of it." };
  return { secret };
}

/** What a secret plainly is ("a GitHub token"), when that is not what `wanted` takes; else null. */
function foreignSecret(value: string, wanted: SecretOwner): string | null {
  // In a line of a shell, of a header or of JSON it is a part.
  const parts = value.split(/[\s"'`=:;,{}]+/);
  const owner = OWNERS.find(({ begins }) => parts.some((part) => begins.test(part)));
  return owner === undefined || owner.id === wanted ? null : owner.words;
}
