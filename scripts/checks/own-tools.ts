// What only one file of Porter's does, as it looks in a syntax tree.
import type { Node } from "./lint-types.ts";
import { nameOf } from "./own-text.ts";

/** `(resolve) => setTimeout(resolve, …)`. */
export function isSleep(executor: Node | undefined): boolean {
  const parameter = nameOf(executor?.params?.[0]);
  const body = Array.isArray(executor?.body) ? undefined : executor?.body;
  const lines = Array.isArray(body?.body) ? body.body : [];
  const only = lines.length === 1 ? lines[0]?.expression : body;
  return parameter !== null && nameOf(only?.callee) === "setTimeout" && nameOf(only?.arguments?.[0]) === parameter;
}

/** `JSON.parse`, as a value as well. */
export const isJsonItself = (node: Node): boolean =>
  nameOf(node.object) === "JSON" && nameOf(node.property) === "parse";

const isTwo = (node: Node | undefined): boolean => node?.type === "Literal" && node.value === 2;
const isKnown = (node: Node | undefined): boolean => node?.type === "Literal" || node?.type === "UnaryExpression";
const WAIT = /wait|delay|pause|back_?off|sleep/i;
const COUNT = /^(?:tr(?:y|ies)|attempts?|failures?|failed|rounds?|retr(?:y|ies))$|(?:Tries|Attempts?|Failures?)$/;

/** A wait that doubles: `2 ** tries`, `Math.pow(2, tries)`, `1000 << tries`, `waitMs *= 2`. */
export function isBackOff({ type, operator, left, right, callee, arguments: args = [] }: Node): boolean {
  if (type === "CallExpression") return nameOf(callee) === "pow" && isTwo(args[0]) && !isKnown(args[1]);
  if (operator === "**") return isTwo(left) && !isKnown(right);
  if (operator === "<<") return COUNT.test(nameOf(right) ?? "");
  return operator === "*=" && WAIT.test(nameOf(left) ?? "");
}
