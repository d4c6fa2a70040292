import { type ModelInfo, modelsOf } from "../../../lib/models.ts";
import type { ProxiedProviderId } from "../provider-endpoints.ts";
import { NO_TOKENS, type ReportedUsage, type Tokens } from "./counts.ts";

/** US dollars for a million tokens. */
type Rates = { input: number; output: number; cacheRead: number; cacheWrite: number };

/** `isKnown` false: the list has no price for this model, so that the dearest of its provider counts. */
export type Price = {
  rates: Rates;
  /** Of calls with more input than this. */
  beyond: { tokens: number; rates: Rates } | null;
  /** Most tokens that one answer of the model can have. */
  mostOutput: number;
  isKnown: boolean;
};

/** No answer of a coding agent needs more. */
const MOST_OUTPUT = 64_000;

type Cost = NonNullable<ModelInfo["cost"]>;

/** What a list does not say is counted as the dearest that any provider takes. */
const ratesOf = ({ input, output, cacheRead, cacheWrite }: Omit<Cost, "beyond">): Rates => ({
  input,
  output,
  cacheRead: cacheRead ?? input,
  cacheWrite: cacheWrite ?? input * 1.25,
});

/** From the model list (lib/models.json): a model there, or the same with the date of its making behind its name. */
export function priceOf(provider: ProxiedProviderId, model: string): Price {
  const list = modelsOf(provider);
  const named = (name: string) => list.find(({ id }) => id === name);
  const found = named(model) ?? named(model.replace(/-\d{8}$/, ""));
  const mostOutput = Math.min(found?.output || MOST_OUTPUT, MOST_OUTPUT);
  const cost = found?.cost ?? null;
  if (cost === null) return { rates: dearest(list), beyond: null, mostOutput, isKnown: false };
  const { beyond } = cost;
  return {
    rates: ratesOf(cost),
    beyond: beyond == null ? null : { tokens: beyond.tokens, rates: ratesOf(beyond) },
    mostOutput,
    isKnown: true,
  };
}

/** More than any list has: of a provider of which no price is known. */
const HIGHEST: Rates = { input: 30, output: 180, cacheRead: 30, cacheWrite: 37.5 };

function dearest(list: readonly ModelInfo[]): Rates {
  const all = list.flatMap(({ cost }) => (cost === null ? [] : [cost, ...(cost.beyond == null ? [] : [cost.beyond])]));
  const rates = all.map(ratesOf);
  if (rates.length === 0) return HIGHEST;
  const most = (kind: keyof Rates) => Math.max(...rates.map((rate) => rate[kind]));
  return { input: most("input"), output: most("output"), cacheRead: most("cacheRead"), cacheWrite: most("cacheWrite") };
}

/** Micro-dollars, up to the next whole one. */
function costOf(tokens: Tokens, { rates, beyond }: Price): number {
  const input = tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.cacheWriteLong;
  const rate = beyond !== null && input > beyond.tokens ? beyond.rates : rates;
  const exact =
    tokens.input * rate.input +
    tokens.cacheRead * rate.cacheRead +
    tokens.cacheWrite * rate.cacheWrite +
    tokens.cacheWriteLong * Math.max(rate.cacheWrite, 2 * rate.input) +
    tokens.output * rate.output;
  return roundUp(exact);
}

/** A sum in binary fractions may lie a hair above the whole number that it is. */
const roundUp = (micros: number): number => Math.ceil(Math.round(micros * 1000) / 1000);

/** A call before its answer: a token is at least one byte, and an answer has at most what it may have. */
export type CallBounds = { bytes: number; output: number; price: Price };

export const mostOf = ({ bytes, output, price }: CallBounds): number =>
  // Whatever a provider charges most for input: that it puts it into its cache for long.
  costOf({ ...NO_TOKENS, cacheWriteLong: bytes, output }, price);

/** `tokens`: what the answer told of them. */
export type Settled = { micros: number; tokens: Tokens; isEstimate: boolean };

/** What an answer cost. Of one that broke off or told nothing: the most that it can have cost. */
export function costOfAnswer({ tokens, usd, isWhole }: ReportedUsage, asked: CallBounds): Settled {
  const known = tokens ?? NO_TOKENS;
  if (isWhole) {
    const micros = usd === null ? costOf(known, asked.price) : roundUp(usd * 1_000_000);
    return { micros, tokens: known, isEstimate: false };
  }
  const input = tokens ?? { ...NO_TOKENS, cacheWriteLong: asked.bytes };
  const most = costOf({ ...input, output: Math.max(input.output, asked.output) }, asked.price);
  return { micros: Math.max(most, roundUp((usd ?? 0) * 1_000_000)), tokens: known, isEstimate: true };
}
