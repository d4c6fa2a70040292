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
const CASTS = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSTypeAssertion", "ParenthesizedExpression"]);

/** Whether the value is a function, as far as one can tell by its form. */
function isFunction(node: Node | null | undefined): boolean {
  if (node == null) return false;
  if (CASTS.has(node.type)) return isFunction(node.expression);
  if (node.type === "ConditionalExpression") return isFunction(node.consequent) || isFunction(node.alternate);
  if (node.type === "CallExpression" && node.callee?.type === "MemberExpression" && nameOf(node.callee) === "bind")
    return true;
  return FUNCTIONS.has(node.type);
}

/** The identifiers of the functions that a statement declares. */
function declaredBy(node: Node | null | undefined): Node[] {
  if (node == null) return [];
  if (FUNCTIONS.has(node.type)) return node.id == null ? [] : [node.id];
  return (node.declarations ?? []).flatMap(({ id, init }) => (id !== undefined && isFunction(init) ? [id] : []));
}

/** The functions that the file of this statement declares, by name. */
function functionsBeside({ parent }: Node): Set<string | null> {
  const statements = Array.isArray(parent?.body) ? parent.body : [];
  return new Set(
    statements.flatMap((one) => declaredBy(one.declaration ?? one)).map((identifier) => nameOf(identifier)),
  );
}

/** The names under which a list exports functions, of its own file or renamed: `export { one, two as three }`. */
function listedBy(node: Node): Node[] {
  const own = functionsBeside(node);
  return (node.specifiers ?? []).flatMap(({ local, exported }) => {
    if (exported === undefined) return [];
    const isRenamed = node.source != null && nameOf(local) !== nameOf(exported);
    return isRenamed || own.has(nameOf(local)) ? [exported] : [];
  });
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
      ExportDefaultDeclaration: (node) => {
        const { declaration } = node;
        if (declaration?.type !== "Identifier") look(declaredBy(declaration));
        else if (functionsBeside(node).has(nameOf(declaration))) look([declaration]);
      },
    };
  },
};
