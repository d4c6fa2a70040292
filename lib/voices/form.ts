import { quietCode, withoutCalls, withoutSkips } from "../review/calls.ts";
import { withoutReference } from "./address.ts";
import type { RootContent } from "./tree.ts";

const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const quiet = (text: string): string => withoutCalls(withoutSkips(text));

/**
 * A repository's template as it may stand in a pull request that nobody filled in by hand: without the comments to whoever
 * fills it in, no box ticked, and nobody called.
 */
export const asForm = (nodes: readonly RootContent[]): RootContent[] => nodes.flatMap((node) => form(node, []));

// What stands on both sides of a comment in a line never makes something new together.
const SPACE: RootContent = { type: "text", value: " " };

/** `instead`: stands where nothing is left. */
function form(node: RootContent, instead: RootContent[]): RootContent[] {
  switch (node.type) {
    case "html": {
      const value = quiet(node.value.replace(COMMENT, ""));
      return value.trim() === "" ? instead : [{ ...node, value }];
    }
    case "text":
      return [{ ...node, value: quiet(node.value) }];
    case "code":
    case "inlineCode":
      return [{ ...node, value: quietCode(node.value) }];
    case "link":
    case "definition":
      return [eachChild({ ...node, url: withoutReference(node.url) })];
    case "listItem":
      return [eachChild({ ...node, checked: node.checked == null ? null : false })];
    default:
      return [eachChild(node)];
  }
}

const IN_LINES: ReadonlySet<string> = new Set([
  "paragraph",
  "heading",
  "emphasis",
  "strong",
  "delete",
  "link",
  "tableCell",
]);

/** What stands in a node stays of the kind that may stand there. */
function eachChild<Node extends RootContent>(node: Node): Node {
  if (!("children" in node)) return node;
  const instead = IN_LINES.has(node.type) ? [SPACE] : [];
  return { ...node, children: node.children.flatMap((child) => form(child, instead)) };
}
