// A rule of oxlint's. `settle` or `page` says neither of what nor for whom: whoever meets it in another file has to look it
// up, and a search finds it everywhere. A second word says it (`costOfAnswer`).
import { readFileSync } from "node:fs";
import wordListPath from "word-list";
import type { LintRule, Node, Visitor } from "./lint-types.ts";
import { nameOf } from "./own-text.ts";

/** Terms of the field that need no second word, and why. */
const TERMS: Record<string, string> = {
  reconcile: "the name of the pattern that the server is built on, as controllers have it",
};

let words: Set<string> | undefined;
const isEveryday = (name: string): boolean => {
  if (!/^[a-z]+$/.test(name) || Object.hasOwn(TERMS, name)) return false;
  words ??= new Set(readFileSync(wordListPath, "utf8").split("\n"));
  return words.has(name);
};

const FUNCTIONS = new Set([
  "ArrowFunctionExpression",
  "FunctionExpression",
  "FunctionDeclaration",
  "TSDeclareFunction",
]);
const isFunction = (node: Node | null | undefined): boolean => node != null && FUNCTIONS.has(node.type);

/** The identifiers of the functions that a statement declares. */
function declaredBy(node: Node | null | undefined): Node[] {
  if (node == null) return [];
  if (isFunction(node)) return node.id == null ? [] : [node.id];
  return (node.declarations ?? []).flatMap(({ id, init }) => (id !== undefined && isFunction(init) ? [id] : []));
}

/** The names under which a list exports functions of its own file: `export { one, two as three }`. */
function listedBy({ specifiers = [], source, parent }: Node): Node[] {
  if (source != null || !Array.isArray(parent?.body)) return [];
  const own = new Set(
    parent.body.flatMap((one) => declaredBy(one.declaration ?? one)).map((identifier) => nameOf(identifier)),
  );
  return specifiers.flatMap(({ local, exported }) =>
    exported !== undefined && own.has(nameOf(local)) ? [exported] : [],
  );
}

export const everydayNames: LintRule = {
  create({ report }): Visitor {
    const look = (identifiers: Node[]): void => {
      for (const node of identifiers) {
        const name = nameOf(node);
        if (name !== null && isEveryday(name))
          report({ node, message: `"${name}" alone is an everyday word: say of what, with the field's term` });
      }
    };
    return {
      ExportNamedDeclaration: (node) => look([...declaredBy(node.declaration), ...listedBy(node)]),
      ExportDefaultDeclaration: (node) => look(declaredBy(node.declaration)),
    };
  },
};
