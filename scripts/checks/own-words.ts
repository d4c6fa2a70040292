// A plugin of oxlint (.oxlintrc.json). What Porter says to people is written from data and never read again: who needs to
// know why a task waits asks for the reason, not for its sentence.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./command.ts";
import type { Node, Rule, Visitor } from "./lint-types.ts";
import { sentencesOf, soundsLike } from "./own-sentences.ts";
import { isOwnWords, nameOf, OwnNames, textOf } from "./own-text.ts";
import { sourceFiles } from "./tree.ts";

/**
 * Where others' texts are read: what a person wrote, and errors of platforms and vendors, which become Porter's own
 * codes here. Porter's own fields are refused in these files, too.
 */
const OTHERS_WORDS =
  /^components\/account\/browser-name\.|^agent-image\/(?:install-clis|runner\/(?:agents\/.*|collect\/.*|git\/.*|activity|run-failure))|^lib\/(?:commands|mail|markdown)\/|^lib\/(?:question|redaction|token-shapes)\.|^local\/(?:github|fly|model)\/|^scripts\/setup\/(?:options|image)\.|^server\/(?:github|machines|providers)\/|^server\/(?:errors|db\/patient-d1)\./;
/** The tools themselves, and what runs a hundred times on one computer and so has no packages. */
const READS_JSON = /^lib\/json\.ts$|^local\/trial\/scripted-runner\.ts$|\.mjs$/;
const CUTS_SENTENCES = "lib/sentence.ts";
const SLEEPS = "lib/sleep.ts";

const MATCHES = new Set(
  "split startsWith endsWith includes indexOf lastIndexOf match matchAll search replace replaceAll".split(" "),
);
const SQL_MATCHES = new Set(["like", "notLike", "ilike", "notIlike", "glob"]);
const COLUMNS = "(?:wait_reason|error_message|reported_body|gave_up_reason|cleanup_gave_up|last_error|reply)";
const SQL = new RegExp(
  String.raw`\b${COLUMNS}\W{1,3}(?:not\s+)?(?:like|glob|regexp|match)\b|\binstr\(\W*${COLUMNS}\b`,
  "i",
);
const SQL_AFTER = /^\W{0,3}(?:not\s+)?(?:like|glob|regexp)\b/i;
const JSON_FIELD = /"\w+\\?"(?:\\s[*+]|\s)*:/;

const SAYS = {
  words: "a pattern over Porter's own words: ask for the data that they were made of",
  field: "a pattern over JSON: parse it with a schema (lib/json.ts)",
  parse: "JSON is read in lib/json.ts alone, by a schema",
  sleep: "this is lib/sleep.ts (in Node alone: node:timers/promises)",
};

/** Tests read what people read; this rule has to name what it refuses. */
const isTest = (path: string): boolean =>
  /\.(?:test|spec)\.tsx?$|(?:^|\/)testing\/|^bench\/long-tasks|^scripts\/checks\/own-/.test(path);

let sentences: string[] | undefined;
/** Everything that Porter says, read once a run. */
const ownSentences = (): string[] =>
  (sentences ??= sourceFiles()
    .filter((path) => /^(?:app|components|lib|server|agent-image\/runner)\//.test(path) && !isTest(path))
    .flatMap((path) => sentencesOf(readFileSync(join(ROOT, path), "utf8"))));

/** One file's findings. */
class Reading {
  readonly #names = new OwnNames();
  readonly #path: string;
  readonly #report: (node: Node, message: string) => void;
  readonly #isOthers: boolean;
  readonly #later: (() => void)[] = [];

  constructor(path: string, report: (node: Node, message: string) => void) {
    this.#path = path;
    this.#report = report;
    this.#isOthers = OTHERS_WORDS.test(path);
  }

  visitor(): Visitor {
    return {
      VariableDeclarator: (node) => this.#names.set(node.id, node.init),
      AssignmentExpression: (node) => this.#names.set(node.left, node.right),
      Property: (node) => this.#names.setProperty(node),
      // A name may be given its value below where it is used.
      CallExpression: (node) => void this.#later.push(() => this.#call(node)),
      BinaryExpression: (node) => void this.#later.push(() => this.#comparison(node)),
      SwitchCase: (node) => void this.#later.push(() => this.#switchCase(node)),
      TemplateLiteral: (node) => void this.#later.push(() => this.#template(node)),
      NewExpression: (node) => this.#construction(node),
      Literal: (node) => this.#literal(node),
      TSAsExpression: (node) => this.#cast(node),
      "Program:exit": () => this.#later.forEach((look) => look()),
    };
  }

  #isOwn(node: Node | undefined | null): boolean {
    if (this.#path === CUTS_SENTENCES) return false;
    return isOwnWords(node, { names: this.#names, isOthers: this.#isOthers });
  }

  #pattern(node: Node, text: string | null, isPattern: boolean): void {
    if (text === null) return;
    if (JSON_FIELD.test(text)) this.#report(node, SAYS.field);
    else if (!this.#isOthers && soundsLike(text, { isPattern, sentences: ownSentences }))
      this.#report(node, SAYS.words);
  }

  #call(node: Node): void {
    const { callee, arguments: args = [] } = node;
    const method = nameOf(callee);
    const subject = callee?.type === "MemberExpression" ? callee.object : undefined;
    if (method === "parse" && nameOf(subject) === "JSON" && !READS_JSON.test(this.#path))
      this.#report(node, SAYS.parse);
    if (method !== null && subject !== undefined && MATCHES.has(method)) {
      if (this.#isOwn(subject) || this.#isOwn(args[0])) this.#report(node, SAYS.words);
      else this.#pattern(node, textOf(args[0]), false);
    }
    if ((method === "test" || method === "exec") && this.#isOwn(args[0])) this.#report(node, SAYS.words);
    if (method !== null && SQL_MATCHES.has(method) && this.#isOwn(args[0])) this.#report(node, SAYS.words);
    if (method === "RegExp") this.#pattern(node, textOf(args[0]), true);
  }

  #comparison({ operator = "", left, right, ...node }: Node): void {
    if (!/^[!=]==?$/.test(operator)) return;
    if (this.#isReadAgain(left, right) || this.#isReadAgain(right, left))
      this.#report({ ...node, left, right }, SAYS.words);
  }

  #switchCase(node: Node): void {
    if (this.#isReadAgain(node.parent?.discriminant, node.test)) this.#report(node, SAYS.words);
  }

  /** Own words that are told apart by a text, or anything by a sentence: that has no other use. */
  #isReadAgain(read: Node | undefined | null, literal: Node | undefined | null): boolean {
    const text = textOf(literal) ?? "";
    return text !== "" && (this.#isOwn(read) || (!this.#isOthers && SENTENCE.test(text)));
  }

  #template(node: Node): void {
    const pieces = (node.quasis ?? []).map(textOf);
    if (SQL.test(pieces.join(" "))) this.#report(node, SAYS.words);
    const isMatched = (node.expressions ?? []).some(
      (column, index) => SQL_AFTER.test(pieces[index + 1] ?? "") && this.#isOwn(column),
    );
    if (isMatched) this.#report(node, SAYS.words);
  }

  #construction(node: Node): void {
    const [first] = node.arguments ?? [];
    if (nameOf(node.callee) === "RegExp") this.#pattern(node, textOf(first), true);
    if (nameOf(node.callee) === "Promise" && isSleep(first) && this.#path !== SLEEPS) this.#report(node, SAYS.sleep);
  }

  #literal(node: Node): void {
    if (node.regex !== undefined) this.#pattern(node, node.regex.pattern, true);
    else if (SQL.test(textOf(node) ?? "")) this.#report(node, SAYS.words);
  }

  #cast(node: Node): void {
    const isUnknown = node.typeAnnotation?.type === "TSUnknownKeyword";
    if (nameOf(node.expression?.callee) === "parseJson" && !isUnknown) this.#report(node, SAYS.parse);
  }
}

/** Three words; what has fewer may be a code. */
const SENTENCE = /\p{L} \p{L}+ \p{L}/u;

/** `(resolve) => setTimeout(resolve, …)`. */
function isSleep(executor: Node | undefined): boolean {
  const parameter = nameOf(executor?.params?.[0]);
  const body = Array.isArray(executor?.body) ? undefined : executor?.body;
  const lines = Array.isArray(body?.body) ? body.body : [];
  const only = lines.length === 1 ? lines[0]?.expression : body;
  return parameter !== null && nameOf(only?.callee) === "setTimeout" && nameOf(only?.arguments?.[0]) === parameter;
}

const ownWords: Rule = {
  create({ filename, report }) {
    const path = filename.slice(ROOT.length + 1).replaceAll("\\", "/");
    return isTest(path) ? {} : new Reading(path, (node, message) => report({ node, message })).visitor();
  },
};

export default { meta: { name: "porter" }, rules: { "own-words": ownWords } };
