/** A credential that can be told by its looks alone, whoever it belongs to. */
type TokenShape = { label: string; pattern: RegExp; accept?: (match: string) => boolean };

/** The characters that a token is made of: a token ends before any other one. */
export const TOKEN_CHARACTER = /[A-Za-z0-9+/=_.,~-]/;

// `sk-` also begins class names such as `sk-loading-indicator`; keys mix digits with capitals or are long.
const looksRandom = (match: string): boolean => /[0-9]/.test(match) && (/[A-Z]/.test(match) || match.length >= 40);

// Every pattern is a fixed start and one class, so matching is linear. `\n` before `sk-` is JSON's escape.
const SHAPES: TokenShape[] = [
  { label: "a GitHub token", pattern: /gh[pousr]_[A-Za-z0-9._-]{20,}/g },
  { label: "a GitHub token", pattern: /github_pat_[A-Za-z0-9_]{20,}/g },
  { label: "an Anthropic key", pattern: /sk-ant-[A-Za-z0-9_-]{16,}/g },
  { label: "an API key", pattern: /(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))sk-[A-Za-z0-9_-]{20,}/g, accept: looksRandom },
  { label: "an Amp key", pattern: /sgamp_[A-Za-z0-9_-]{16,}/g },
  { label: "an AWS access key", pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Z0-9])/g },
  { label: "a Google API key", pattern: /AIza[0-9A-Za-z_-]{35}/g },
  { label: "a Fly token", pattern: /FlyV1 [A-Za-z0-9_+/=,.-]{20,}/g },
  { label: "a Fly token", pattern: /fm(?:1r|1a|2)_[A-Za-z0-9_+/=,-]{20,}/g },
  { label: "a Slack token", pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { label: "a Slack token", pattern: /xapp-[0-9]-[A-Za-z0-9-]{10,}/g },
  { label: "an npm token", pattern: /npm_[A-Za-z0-9]{36}/g },
];

export const PRIVATE_KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const PRIVATE_KEY_LABEL = "a private key";

export type Span = { start: number; end: number };

/** Where tokens stand in a text, private key blocks not included; in order, overlaps merged. */
export function tokenSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const { pattern, accept } of SHAPES) {
    for (const match of text.matchAll(pattern)) {
      if (accept === undefined || accept(match[0]))
        spans.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  return mergeSpans(spans);
}

export function mergeSpans(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

/** Which kinds of tokens a text holds, as words for people ("a GitHub token"), never their values. */
export function shapeLabels(text: string): string[] {
  const found = SHAPES.filter(({ pattern, accept }) => {
    for (const match of text.matchAll(pattern)) if (accept === undefined || accept(match[0])) return true;
    return false;
  });
  return [...new Set(found.map(({ label }) => label))];
}

/** The same, and whether the first line of a private key is in it. */
export const tokenLabels = (text: string): string[] =>
  text.search(PRIVATE_KEY_BEGIN) === -1 ? shapeLabels(text) : [...shapeLabels(text), PRIVATE_KEY_LABEL];
