// Reads what the bench tells out of Lighthouse's results.
import type { Result } from "lighthouse";
import { z } from "zod";

/** Audits with a number each; times in ms. */
export const METRICS = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
  "speed-index",
] as const;

/** To three decimals: layout shifts are small numbers. */
export function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const value = ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
  return Math.round(value * 1000) / 1000;
}

const nodeSchema = z.object({ type: z.literal("node"), selector: z.string(), nodeLabel: z.string() });
const detailsSchema = z.object({ items: z.array(z.unknown()) });

/** The element of the largest paint; empty texts when Lighthouse names none. */
export function lcpElement(run: Result): { selector: string; text: string } {
  const details = detailsSchema.safeParse(run.audits["lcp-breakdown-insight"]?.details);
  for (const item of details.data?.items ?? []) {
    const node = nodeSchema.safeParse(item);
    if (node.success) return { selector: node.data.selector, text: node.data.nodeLabel };
  }
  return { selector: "", text: "" };
}

const plain = (html: string): string =>
  html
    .replaceAll(/<script\b.*?<\/script>/gs, "")
    .replaceAll(/<!--.*?-->|<[^>]*>/gs, "")
    .replaceAll("&#x27;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, "");

/** Whether the page's first HTML shows the text. Lighthouse shortens long ones with an ellipsis; clocks have gone on since. */
export const isInHtml = (html: string, text: string): boolean =>
  text !== "" && still(plain(html)).includes(still(text.replace(/…$/, "").replaceAll(/\s+/g, "")));

const still = (text: string): string => text.replaceAll(/\d+/g, "0");

/** `where`: selectors of the elements that an audit names. */
export type AuditFinding = { id: string; title: string; where: string[] };

const nodeItemSchema = z.object({ node: nodeSchema });
const selectorsOf = (details: unknown): string[] =>
  (detailsSchema.safeParse(details).data?.items ?? []).flatMap((item) => {
    const found = nodeItemSchema.safeParse(item);
    return found.success ? [found.data.node.selector] : [];
  });

/** What cost points in any run, each once, and Lighthouse's own warnings. */
export function findingsOf(runs: Result[]): AuditFinding[] {
  const found = new Map<string, AuditFinding>();
  for (const { categories, audits, runWarnings } of runs) {
    for (const warning of runWarnings) found.set(warning, { id: "warning", title: warning, where: [] });
    for (const { id, weight } of Object.values(categories).flatMap(({ auditRefs }) => auditRefs)) {
      const audit = audits[id];
      if (audit?.score == null || audit.score >= 0.9 || weight === 0) continue;
      found.set(id, { id, title: audit.title, where: selectorsOf(audit.details) });
    }
  }
  return [...found.values()];
}
