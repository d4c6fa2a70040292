// A rule of oxlint's. Between a `?` and its value there is nothing but the order of two lists: what is bound to a
// statement has a name, by Drizzle's builder or by the one function that turns names into places.
import { ROOT } from "./command.ts";
import type { LintRule, Node, Visitor } from "./lint-types.ts";
import { nameOf, textOf } from "./own-text.ts";

const SAYS =
  "a parameter by its place: say the statement with Drizzle's builder, or with names (`namedStatement` of server/db/named-statement.ts)";

const BINDS = "server/db/named-statement.ts";
const TEST = /\.test\.tsx?$|^server\/testing\//;
const QUOTED = /'(?:[^']|'')*'|"[^"]*"/g;
const STATEMENT = /\b(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES|WHERE|FROM|SET|AND|OR|LIMIT)\b/i;
/** Pieces of a statement: `?`, `?, ?`, `(?)`, `name = ?`. */
const PIECE = /^\W*\?\d*\W*$|[=<>(,]\s*\?\d*(?:\W|$)/;
const PLACE = /\?/;
/** What D1 is asked with by place. */
const ASKS = /^(?:bind|prepare)$/;

const isByPlace = (text: string): boolean => {
  const bare = text.replaceAll(QUOTED, "''");
  return PLACE.test(bare) && (STATEMENT.test(bare) || PIECE.test(bare));
};

export const namedParameters: LintRule = {
  create({ filename, report }): Visitor {
    const path = filename.slice(ROOT.length + 1).replaceAll("\\", "/");
    if (!/^(?:server|app)\//.test(path) || path === BINDS || TEST.test(path)) return {};
    // Elsewhere in the server a question mark may end a question.
    const isOfStores = path.startsWith("server/db/");
    const look = (node: Node): void => {
      if (isOfStores && isByPlace(textOf(node) ?? "")) report({ node, message: SAYS });
    };
    return {
      // However it is called then: by another name, by `call`, by `Reflect`.
      MemberExpression: (node) => {
        if (ASKS.test(nameOf(node) ?? "")) report({ node, message: SAYS });
      },
      Property: (node) => {
        if (node.parent?.type === "ObjectPattern" && ASKS.test(nameOf(node.key) ?? "")) report({ node, message: SAYS });
      },
      Literal: (node) => {
        if (node.regex === undefined) look(node);
      },
      TemplateLiteral: look,
    };
  },
};
