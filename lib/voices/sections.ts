import { toString } from "mdast-util-to-string";
import type { Root, RootContent } from "./tree.ts";

/** `key`: the heading's words, by which headings of two texts are the same; null: what stands before the first one. */
export type MarkdownSection = { key: string | null; nodes: RootContent[] };

/** As deep as no heading is: a line of bold words alone, which many write in place of one. */
const BOLD = 7;

/** How deep a heading is, and its words; null: this is none. */
function headingOf(node: RootContent): { depth: number; key: string } | null {
  const [only, ...others] = node.type === "paragraph" ? node.children : [];
  const isBold =
    only?.type === "strong" && others.every((other) => other.type === "text" && /^[\s:.]*$/.test(other.value));
  if (node.type !== "heading" && !isBold) return null;
  const words = toString(node).normalize("NFKC").toLowerCase();
  const key = words
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/^\s*(?:\d+\s)*/, "")
    .trim();
  return key === "" ? null : { depth: node.type === "heading" ? node.depth : BOLD, key };
}

/** The text cut at each of its headings; each section holds its heading. */
export function sectionsOf({ children }: Root): MarkdownSection[] {
  const sections: MarkdownSection[] = [{ key: null, nodes: [] }];
  for (const node of children) {
    const heading = headingOf(node);
    if (heading === null) sections.at(-1)?.nodes.push(node);
    else sections.push({ key: heading.key, nodes: [node] });
  }
  return sections.filter(({ nodes }) => nodes.length > 0);
}

/** What stands under each of these headings, without them, down to the next one of their rank; and all the rest. */
export function sortUnder(
  root: Root,
  keys: ReadonlySet<string>,
): { under: Map<string, RootContent[]>; rest: RootContent[] } {
  const under = new Map<string, RootContent[]>();
  const rest: RootContent[] = [];
  let open: { depth: number; nodes: RootContent[] } | null = null;
  for (const node of root.children) {
    const heading = headingOf(node);
    if (heading !== null && keys.has(heading.key)) {
      const nodes = under.get(heading.key) ?? [];
      under.set(heading.key, nodes);
      open = { depth: heading.depth, nodes };
      continue;
    }
    if (heading !== null && open !== null && heading.depth <= open.depth) open = null;
    (open?.nodes ?? rest).push(node);
  }
  return { under, rest };
}
