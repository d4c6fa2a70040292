import { exportedText } from "./own-exports.ts";
import type { Node } from "./lint-types.ts";

/** Porter's own fields and names that hold words for people. */
const HOLDERS =
  /^(?:sentence|advice|fix|errorMessage|waitReason|failureDetail|explanation|reportedBody|gaveUpReason|attemptNote|reply|lastError)$|[a-z]Sentence$/;
/** Names that hold such words, but where others' texts are read. */
const MESSAGES = /^message$|[a-z]Message$/;
/** Functions that make words for people. */
const MAKERS =
  /^(?:situation|shortSituation|explain|withoutStop|capitalised|describeError)$|[a-z](?:Sentence|Words|Comment|Reply)$/;
/** What words remain words after. */
const PASSES = new Set(
  "trim trimStart trimEnd toLowerCase toUpperCase toLocaleLowerCase toString normalize slice substring concat at".split(
    " ",
  ),
);
/** Calls that read a text or a comment of GitHub's are no makers of one. */
const READERS = /^(?:plain|get|own|find|read|list|project|write|update|create|delete|react|drop)/;
const DEEPEST = 8;

/** What a file's names stand for. */
export class OwnNames {
  readonly #values = new Map<string, Node>();
  /** What the functions of the file are called with. */
  readonly #given = new Map<Node, Map<string, Node>>();
  readonly #imports = new Map<string, { from: string; name: string }>();
  readonly #path: string;

  /** `path`: of the file, from the root. */
  constructor(path: string) {
    this.#path = path;
  }

  /** `at`: where the name stands; a parameter is what its function was given. */
  get(name: string, at?: Node): Node | undefined {
    for (let around = at?.parent; around != null; around = around.parent) {
      const given = this.#given.get(around)?.get(name);
      if (given !== undefined) return given;
    }
    return this.#values.get(name);
  }

  /** The function is called with `value` as its parameter `parameter`. */
  give(called: Node, parameter: Node | undefined, value: Node): void {
    const named = parameter?.type === "AssignmentPattern" ? parameter.left : parameter;
    if (named?.type !== "Identifier" || named.name === undefined) return;
    const given = this.#given.get(called) ?? new Map<string, Node>();
    this.#given.set(called, given.set(named.name, value));
  }

  /** `import { name as local } from "module"`, `import * as local`. */
  setImport({ source, specifiers = [] }: Node): void {
    const from = typeof source?.value === "string" ? source.value : "";
    for (const { local, imported } of specifiers)
      if (local?.name !== undefined) this.#imports.set(local.name, { from, name: nameOf(imported) ?? "*" });
  }

  /** The text that an expression is, also where it is a name for one, of this file or of another one of ours. */
  textOf(node: Node | undefined | null, depth = 0): string | null {
    if (node == null || depth > DEEPEST) return null;
    const plain = textOf(node, (part) => this.textOf(part, depth + 1));
    if (plain !== null) return plain;
    if (node.type === "Identifier") {
      const known = this.#imports.get(node.name ?? "");
      if (known !== undefined) return exportedText({ ...known, by: this.#path });
      return this.textOf(this.get(node.name ?? "", node), depth + 1);
    }
    return node.type === "MemberExpression" && node.computed !== true ? this.#fieldOf(node) : null;
  }

  /** `says.FULL` of a whole module, also of one that is loaded later. */
  #fieldOf({ object, property }: Node): string | null {
    const whole = object?.type === "ParenthesizedExpression" ? object.expression : object;
    const loaded = whole?.type === "AwaitExpression" ? whole.argument : undefined;
    const from =
      loaded?.type === "ImportExpression" ? textOf(loaded.source) : this.#imports.get(whole?.name ?? "")?.from;
    return from == null ? null : exportedText({ by: this.#path, from, name: nameOf(property) ?? "" });
  }

  set(target: Node | undefined, value: Node | undefined | null): void {
    if (target?.type === "Identifier" && value != null) this.#values.set(target.name ?? "", value);
  }

  /** `{ waitReason: reason }` of a parameter or a declaration: the name stands for the field. */
  setProperty(node: Node): void {
    if (node.parent?.type !== "ObjectPattern" || typeof node.value !== "object" || node.value === null) return;
    const target = node.value as Node;
    const named = target.type === "AssignmentPattern" ? target.left : target;
    if (named?.type === "Identifier" && node.key !== undefined && named.name !== nameOf(node.key))
      this.#values.set(named.name ?? "", node.key);
  }
}

/** The name of an identifier, or of the field that an expression reads; null where it has none. */
export function nameOf(node: Node | undefined | null): string | null {
  switch (node?.type) {
    case "Identifier":
    case "PrivateIdentifier":
      return node.name ?? null;
    case "MemberExpression":
      return nameOf(node.property);
    case "Literal":
      return typeof node.value === "string" ? node.value : null;
    case "ChainExpression":
      return nameOf(node.expression);
    default:
      return null;
  }
}

/** The text of a literal, also of one that is put together, with a blank for each value; null for anything else. */
export function textOf(
  node: Node | undefined | null,
  other: (part: Node | undefined) => string | null = () => null,
): string | null {
  switch (node?.type) {
    case "Literal":
      return typeof node.value === "string" ? node.value : (node.regex?.pattern ?? null);
    case "TemplateElement":
      return typeof node.value === "object" && node.value !== null && "raw" in node.value
        ? String(node.value.raw)
        : null;
    case "TemplateLiteral":
      return (node.quasis ?? [])
        .flatMap((piece, index) => [index === 0 ? "" : (other(node.expressions?.[index - 1]) ?? " "), textOf(piece)])
        .join("");
    case "TaggedTemplateExpression":
      return textOf(node.quasi, other);
    case "TSAsExpression":
    case "ParenthesizedExpression":
      return textOf(node.expression, other);
    case "BinaryExpression": {
      const [left, right] = [node.left, node.right].map((side) => textOf(side, other) ?? other(side));
      return node.operator !== "+" || (left === null && right === null) ? null : `${left ?? " "}${right ?? " "}`;
    }
    default:
      return null;
  }
}

type Place = { names: OwnNames; isOthers: boolean };

/** Whether an expression is something that Porter says, as far as its file shows. */
export function isOwnWords(node: Node | undefined | null, place: Place, depth = 0): boolean {
  if (node == null || depth > DEEPEST) return false;
  const isOwn = (part: Node | undefined | null): boolean => isOwnWords(part, place, depth + 1);
  const holds = (name: string | null): boolean =>
    name !== null && (HOLDERS.test(name) || (!place.isOthers && MESSAGES.test(name)));
  switch (node.type) {
    case "Identifier":
      return holds(node.name ?? "") || isOwn(place.names.get(node.name ?? "", node));
    case "MemberExpression":
      return holds(nameOf(node.property)) || (node.computed === true && isOwn(node.object));
    case "CallExpression":
      return isCallOfWords(node, isOwn);
    case "ConditionalExpression":
      return isOwn(node.consequent) || isOwn(node.alternate);
    case "LogicalExpression":
      return isOwn(node.left) || isOwn(node.right);
    case "BinaryExpression":
      return node.operator === "+" && (isOwn(node.left) || isOwn(node.right));
    case "TemplateLiteral":
      return (node.expressions ?? []).some(isOwn);
    case "AwaitExpression":
      return isOwn(node.argument);
    case "ChainExpression":
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return isOwn(node.expression);
    default:
      return false;
  }
}

function isCallOfWords({ callee, arguments: args = [] }: Node, isOwn: (part: Node | undefined) => boolean): boolean {
  const called = nameOf(callee);
  if (called === null) return false;
  if (MAKERS.test(called) && !READERS.test(called)) return true;
  if (called === "String") return isOwn(args[0]);
  return callee?.type === "MemberExpression" && PASSES.has(called) && isOwn(callee.object);
}
