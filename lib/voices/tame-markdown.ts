import { toString } from "mdast-util-to-string";
import { pageAddress } from "./address.ts";
import { quietCode, withoutCalls, withoutSkips } from "../review/calls.ts";
import type { BlockContent, PhrasingContent, Root, RootContent } from "./tree.ts";

type Block = RootContent;
type Inline = PhrasingContent;

/** Languages that GitHub draws as pictures. */
const DRAWN = /^(?:mermaid|math|geojson|topojson|stl)$/i;
const LANGUAGE = /^[\w+#.-]{1,30}$/;

/** The addresses that a text defines, by name. */
export type Links = ReadonlyMap<string, string>;

export function linksOf(root: Root): Links {
  const links = new Map<string, string>();
  const collect = (nodes: readonly Block[]): void => {
    for (const node of nodes) {
      if (node.type === "definition" && !links.has(node.identifier)) links.set(node.identifier, node.url);
      else if ("children" in node) collect(node.children);
    }
  };
  collect(root.children);
  return links;
}

/**
 * What somebody wrote, as text that only says something: it calls nobody, refers to nothing, loads and draws nothing,
 * defines nothing for the text around it, has no headings, boxes to tick or HTML.
 */
export const tameMarkdown = (nodes: readonly Block[], links: Links): BlockContent[] => blocks(nodes, links);

const blocks = (nodes: readonly Block[], links: Links): BlockContent[] => nodes.flatMap((node) => block(node, links));

function block(node: Block, links: Links): BlockContent[] {
  switch (node.type) {
    case "paragraph":
      return paragraph(inline(node.children, links));
    case "heading":
      return paragraph([{ type: "strong", children: unmarked(inline(node.children, links)) }]);
    case "blockquote":
      return [{ type: "blockquote", children: blocks(node.children, links) }];
    case "list":
      return [
        {
          ...node,
          children: node.children.map((item) => ({
            type: "listItem",
            spread: item.spread,
            children: blocks(ticked(item), links),
          })),
        },
      ];
    case "code":
      return [{ type: "code", lang: languageOf(node.lang), value: quietCode(node.value) }];
    case "html":
      return paragraph(inline([{ type: "html", value: node.value }], links));
    case "table":
      return [
        {
          ...node,
          children: node.children.map((row) => ({
            ...row,
            children: row.children.map((cell) => ({ ...cell, children: inline(cell.children, links) })),
          })),
        },
      ];
    case "footnoteDefinition":
      return blocks(node.children, links);
    default:
      return [];
  }
}

function paragraph(children: Inline[]): BlockContent[] {
  const last = children.at(-1);
  if (last?.type === "text") last.value = last.value.trimEnd();
  return toString(children).trim() === "" ? [] : [{ type: "paragraph", children }];
}

const languageOf = (language: string | null | undefined): string | null =>
  language != null && LANGUAGE.test(language) && !DRAWN.test(language) ? language : null;

/** A box that somebody ticked is a word of theirs. */
function ticked({ checked, children }: Extract<Block, { type: "listItem" }>): BlockContent[] {
  const own = children.filter((child): child is BlockContent => child.type !== "definition");
  const [first, ...rest] = own;
  if (checked == null || first?.type !== "paragraph") return own;
  const box: PhrasingContent = { type: "text", value: checked ? "(x) " : "( ) " };
  return [{ ...first, children: [box, ...first.children] }, ...rest];
}

/** Heading text is strong as a whole. */
const unmarked = (nodes: readonly Inline[]): Inline[] =>
  nodes.flatMap((node) => (node.type === "strong" ? unmarked(node.children) : [node]));

/** Texts that stand side by side are looked at together: only then is it seen what they say. */
function inline(nodes: readonly Inline[], links: Links): Inline[] {
  const joined: Inline[] = [];
  for (const node of nodes.flatMap((one) => phrase(one, links))) {
    const last = joined.at(-1);
    if (node.type === "text" && last?.type === "text") last.value += node.value;
    else joined.push(node);
  }
  return joined.map((node) => (node.type === "text" ? { type: "text", value: plainText(node.value) } : node));
}

/**
 * Beside what calls: a mark for notes and warnings would look like GitHub's own, an address of GitHub's that two texts make
 * together would be a link, and so would one that is none of the web's; stars around it make a word of Azure's work.
 */
const plainText = (text: string): string =>
  withoutCalls(withoutSkips(text)).replace(
    /\[(?=!)|\b(?:https?:(?=\/\/)|www(?=\.))(?=\S*github)|\bno_(?=ci)|(?<!https?):(?=\/\/)/gi,
    "$&\u200b",
  );
const text = (value: string): Inline[] => (value === "" ? [] : [{ type: "text", value }]);

function phrase(node: Inline, links: Links): Inline[] {
  switch (node.type) {
    case "text":
      return text(node.value);
    case "emphasis":
    case "strong":
    case "delete":
      return [{ ...node, children: inline(node.children, links) }];
    case "inlineCode":
      return [{ type: "inlineCode", value: quietCode(node.value) }];
    case "break":
      return [node];
    case "link":
      return linked(node.url, inline(node.children, links));
    case "linkReference":
      return linked(links.get(node.identifier), inline(node.children, links));
    case "image":
    case "imageReference":
      return text(`(image${node.alt ? `: ${node.alt}` : ""})`);
    case "footnoteReference":
      return text(`[${node.label ?? node.identifier}]`);
    case "html":
      // A space, so that the two sides of a comment never make something new together.
      return text(node.value.replace(COMMENT, " "));
  }
}
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;

function linked(address: string | undefined, children: Inline[]): Inline[] {
  const url = address === undefined ? null : pageAddress(address);
  return url === null ? children : [{ type: "link", url, children }];
}
