import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { gfm } from "micromark-extension-gfm";

export type Root = ReturnType<typeof fromMarkdown>;
/** Whatever may stand in a tree; blocks, and what stands inside of a paragraph. */
export type RootContent = Root["children"][number];
export type BlockContent = Extract<RootContent, { type: "blockquote" }>["children"][number];
export type PhrasingContent = Extract<RootContent, { type: "paragraph" }>["children"][number];

/** Markdown as GitHub reads it, as a tree. */
export const readTree = (text: string): Root =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

/** The tree as Markdown that is read back as the same tree: whatever a text of it could mean is escaped. */
export const writeTree = (children: Root["children"]): string =>
  toMarkdown(
    { type: "root", children },
    {
      extensions: [gfmToMarkdown({ tablePipeAlign: false })],
      bullet: "-",
      rule: "-",
      // Strong and emphasised would be three stars, which a service obeys around its word.
      emphasis: "_",
      // GitHub reads what stands between dollars as a formula.
      unsafe: [{ character: "$", inConstruct: "phrasing", notInConstruct: ["autolink", "destinationLiteral"] }],
    },
  ).trimEnd();
