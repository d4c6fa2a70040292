import { expect, test } from "vitest";
import { heldBackSentences } from "./held-back-words.ts";
import { findingSentences } from "./review/findings.ts";
import { readTree } from "./voices/tree.ts";

/** Where somebody else's words stand outside of code: links, pictures, HTML, headings. */
function outsideOfCode(markdown: string): string[] {
  const found: string[] = [];
  const look = (nodes: readonly { type: string; children?: never[] }[]): void => {
    for (const node of nodes) {
      if (!["paragraph", "text", "inlineCode"].includes(node.type)) found.push(node.type);
      look(node.children ?? []);
    }
  };
  look(readTree(markdown).children as never[]);
  return found;
}

test.each([
  "[click here](https://evil.example)",
  "a`b [x](https://evil.example) `c",
  "a\n\n# heading [x](https://evil.example)",
  "``` [x](https://evil.example)",
  "\\` [x](https://evil.example)",
  "![x](https://evil.example/p.png) <img src=x> <https://evil.example> https://evil.example",
  "`",
  "",
])("a name of a machine's is code in Porter's own sentences: %j", (name) => {
  const sentences = [
    ...heldBackSentences([
      { path: name, reason: { kind: "env_file" } },
      { path: "a", reason: { kind: "filter", name: name.slice(0, 100) } },
    ]),
    ...findingSentences([{ kind: "workflow", path: name, detail: "" }]),
  ];
  expect(sentences).toHaveLength(3);
  for (const sentence of sentences) expect(outsideOfCode(sentence), sentence).toEqual([]);
});
