import { quietCode, withoutCalls, withoutSkips } from "../review/calls.ts";
import { withoutReference } from "./address.ts";
import type { RootContent } from "./tree.ts";

const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const quiet = (text: string): string => withoutCalls(withoutSkips(text));

/**
 * A repository's template as it may stand in a pull request that nobody filled in by hand: without the comments to whoever
 * fills it in, no box ticked, and nobody called.
 */
export const asForm = (nodes: readonly RootContent[]): RootContent[] => nodes.flatMap((node) => form(node));

function form(node: RootContent): RootContent[] {
  switch (node.type) {
    case "html": {
      const value = quiet(node.value.replace(COMMENT, ""));
      return value.trim() === "" ? [] : [{ ...node, value }];
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

/** What stands in a node stays of the kind that may stand there. */
function eachChild<Node extends RootContent>(node: Node): Node {
  return "children" in node ? { ...node, children: asForm(node.children) } : node;
}
