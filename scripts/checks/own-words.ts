// A rule of oxlint's. What Porter says to people is written from data and never read again: who needs to
// know why a task waits asks for the reason, not for its sentence.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./command.ts";
import type { Node, LintRule, Visitor } from "./lint-types.ts";
import { isSign, sentencesOf, soundsLike } from "./own-sentences.ts";
import { isOwnWords, nameOf, OwnNames, textOf } from "./own-text.ts";
import { isBackOff, isJsonItself, isSleep } from "./own-tools.ts";
import { sourceFiles } from "./tree.ts";

/**
 * Where others' texts are read: what a person wrote, and errors of platforms and vendors, which become Porter's own
 * codes here; and records that a runner of before wrote. Porter's own fields are refused in these files, too.
 */
const OTHERS_WORDS =
  /^components\/(?:account\/browser-name|task\/former-records)\.|^agent-image\/(?:install-clis|runner\/(?:agents\/.*|collect\/.*|git\/.*|meter\/.*|activity|run-failure))|^lib\/(?:commands|mail|markdown)\/|^lib\/(?:question|redaction|token-shapes)\.|^local\/(?:github\/|fly\/|model\/|world\/waiting-d1\.)|^scripts\/setup\/(?:options|image)\.|^server\/(?:github|machines|providers)\/|^server\/errors\./;
/** The tools themselves, and what runs a hundred times on one computer and so has no packages. */
const READS_JSON = /^lib\/json\.ts$|^local\/trial\/scripted-runner\.ts$|\.mjs$/;
const CUTS_SENTENCES = "lib/sentence.ts";
const SLEEPS = "lib/sleep.ts";
const WAITS_LONGER = "lib/back-off.ts";

const MATCHES = new Set(
  "split startsWith endsWith includes indexOf lastIndexOf match matchAll search replace replaceAll localeCompare".split(
    " ",
  ),
);
const LOOKS_THROUGH = new Set("some every find findIndex findLast findLastIndex filter".split(" "));
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
  backOff: "waiting ever longer is lib/back-off.ts",
  sleep: "this is lib/sleep.ts (in Node alone: node:timers/promises)",
};

/** Tests read what people read; this rule has to name what it refuses. */
const isTest = (path: string): boolean =>
  /\.(?:test|spec)\.tsx?$|(?:^|\/)testing\/|^(?:bench|e2e)\/|^scripts\/checks\/own-/.test(path);

let sentences: string[] | undefined;
/** Everything that Porter says, read once a run. */
const ownSentences = (): string[] =>
  (sentences ??= sourceFiles()
    .filter((path) => /^(?:app|components|lib|server|agent-image\/runner)\//.test(path) && !isTest(path))
    .flatMap((path) => sentencesOf(readFileSync(join(ROOT, path), "utf8"))));

/** One file's findings. */
class Reading {
  readonly #names: OwnNames;
  readonly #path: string;
  readonly #report: (node: Node, message: string) => void;
  readonly #isOthers: boolean;
  readonly #functions = new Map<string, Node>();
  /** What is known of a file's names once all of it is read, and what is made of it. */
  readonly #calls: Node[] = [];
  readonly #later: (() => void)[] = [];

  constructor(path: string, report: (node: Node, message: string) => void) {
    this.#path = path;
    this.#names = new OwnNames(path);
    this.#report = report;
    this.#isOthers = OTHERS_WORDS.test(path);
  }

  visitor(): Visitor {
    return {
      ImportDeclaration: (node) => this.#names.setImport(node),
      FunctionDeclaration: (node) => void this.#functions.set(nameOf(node.id) ?? "", node),
      VariableDeclarator: (node) => this.#declaration(node),
      AssignmentExpression: (node) => {
        this.#names.set(node.left, node.right);
        this.#waitsLonger(node);
      },
      Property: (node) => this.#names.setProperty(node),
      // A name may be given its value below where it is used.
      CallExpression: (node) => {
        this.#calls.push(node);
        this.#later.push(() => this.#call(node));
      },
      MemberExpression: (node) => {
        this.#member(node);
        this.#later.push(() => this.#lookUp(node));
      },
      BinaryExpression: (node) => {
        this.#waitsLonger(node);
        this.#later.push(() => this.#comparison(node));
      },
      SwitchCase: (node) => void this.#later.push(() => this.#switchCase(node)),
      TemplateLiteral: (node) => void this.#later.push(() => this.#template(node)),
      NewExpression: (node) => void this.#later.push(() => this.#construction(node)),
      Literal: (node) => this.#literal(node),
      TSAsExpression: (node) => this.#cast(node),
      "Program:exit": () => {
        this.#calls.forEach((node) => this.#give(node));
        this.#later.forEach((look) => look());
      },
    };
  }

  #declaration(node: Node): void {
    this.#names.set(node.id, node.init);
    if (/^(?:Arrow)?Function/.test(node.init?.type ?? "") && node.init != null)
      this.#functions.set(nameOf(node.id) ?? "", node.init);
    if (nameOf(node.init) === "JSON" && node.init?.type === "Identifier" && !READS_JSON.test(this.#path))
      this.#report(node, SAYS.parse);
  }

  /** What functions of this file are called with, and what one that looks through a list is shown of it. */
  #give({ callee, arguments: args = [] }: Node): void {
    const called = callee?.type === "Identifier" ? this.#functions.get(callee.name ?? "") : undefined;
    called?.params?.forEach((parameter, index) => {
      const value = args[index];
      if (value !== undefined && !this.#isOthers && this.#isOwn(value)) this.#names.give(called, parameter, value);
    });
    const [look] = args;
    if (callee?.type !== "MemberExpression" || !LOOKS_THROUGH.has(nameOf(callee) ?? "") || look?.params === undefined)
      return;
    const said = this.#saidIn(callee.object);
    if (said !== undefined) this.#names.give(look, look.params[0], said);
  }

  /** A sentence of a list that is written out. */
  #saidIn(list: Node | undefined): Node | undefined {
    const whole = list?.type === "Identifier" ? this.#names.get(list.name ?? "", list) : list;
    const elements = whole?.type === "TSAsExpression" ? whole.expression?.elements : whole?.elements;
    return elements?.find((one) => SENTENCE.test(this.#names.textOf(one) ?? "")) ?? undefined;
  }

  #member(node: Node): void {
    const isCalled = node.parent?.type === "CallExpression" && node.parent.callee === node;
    if (isJsonItself(node) && !isCalled && !READS_JSON.test(this.#path)) this.#report(node, SAYS.parse);
  }

  /** `BY_SENTENCE[said]` of a table that is written out. */
  #lookUp({ object, computed, ...node }: Node): void {
    const table =
      computed === true && object?.type === "Identifier" ? this.#names.get(object.name ?? "", object) : null;
    const isSought = table?.properties?.some(({ key }) => SENTENCE.test(this.#names.textOf(key) ?? ""));
    if (isSought === true) this.#report({ ...node, object }, SAYS.words);
  }

  #waitsLonger(node: Node): void {
    if (this.#path !== WAITS_LONGER && isBackOff(node)) this.#report(node, SAYS.backOff);
  }

  #isOwn(node: Node | undefined | null): boolean {
    if (this.#path === CUTS_SENTENCES) return false;
    return isOwnWords(node, { names: this.#names, isOthers: this.#isOthers });
  }

  #pattern(node: Node, text: string | null, how: { isPattern: boolean; isAnyCase?: boolean }): void {
    if (text === null) return;
    if (JSON_FIELD.test(text)) this.#report(node, SAYS.field);
    else if (!this.#isOthers && soundsLike(text, { ...how, sentences: ownSentences })) this.#report(node, SAYS.words);
  }

  #call(node: Node): void {
    const { callee, arguments: args = [] } = node;
    const method = nameOf(callee);
    const subject = callee?.type === "MemberExpression" ? callee.object : undefined;
    if (method === "parse" && nameOf(subject) === "JSON" && !READS_JSON.test(this.#path))
      this.#report(node, SAYS.parse);
    if (method !== null && subject !== undefined && MATCHES.has(method)) {
      if (this.#isOwn(subject) || this.#isOwn(args[0])) this.#report(node, SAYS.words);
      else if (this.#saidIn(subject) !== undefined) this.#report(node, SAYS.words);
      else this.#pattern(node, this.#names.textOf(args[0]), { isPattern: false });
    }
    if (method === "is" && nameOf(subject) === "Object")
      this.#comparison({ ...node, operator: "===", left: args[0], right: args[1] });
    this.#waitsLonger(node);
    if ((method === "test" || method === "exec") && this.#isOwn(args[0])) this.#report(node, SAYS.words);
    if (method !== null && SQL_MATCHES.has(method) && this.#isOwn(args[0])) this.#report(node, SAYS.words);
    if (method === "RegExp") this.#pattern(node, this.#names.textOf(args[0]), { isPattern: true });
  }

  #comparison({ operator = "", left, right, ...node }: Node): void {
    if (!/^[!=]==?$/.test(operator)) return;
    if ([left, right].some((side) => isNothing(side))) return;
    if (this.#isReadAgain(left, right) || this.#isReadAgain(right, left) || isSentence(left) !== isSentence(right))
      this.#report({ ...node, left, right }, SAYS.words);
  }

  #switchCase(node: Node): void {
    if (this.#isReadAgain(node.parent?.discriminant, node.test)) this.#report(node, SAYS.words);
  }

  /** Own words that are told apart by a text, or anything by a sentence: that has no other use. */
  #isReadAgain(read: Node | undefined | null, literal: Node | undefined | null): boolean {
    const text = this.#names.textOf(literal) ?? "";
    if (text === "") return false;
    return this.#isOwn(read) || (!this.#isOthers && (SENTENCE.test(text) || isSign(text, ownSentences)));
  }

  #template(node: Node): void {
    const pieces = (node.quasis ?? []).map((piece) => textOf(piece));
    if (SQL.test(pieces.join(" "))) this.#report(node, SAYS.words);
    const isMatched = (node.expressions ?? []).some(
      (column, index) => SQL_AFTER.test(pieces[index + 1] ?? "") && this.#isOwn(column),
    );
    if (isMatched) this.#report(node, SAYS.words);
  }

  #construction(node: Node): void {
    const [first] = node.arguments ?? [];
    const made = nameOf(node.callee);
    if (made === "RegExp") this.#pattern(node, this.#names.textOf(first), { isPattern: true });
    if (made === "Set" && this.#saidIn(first) !== undefined) this.#report(node, SAYS.words);
    if (made === "Map" && first?.elements?.some((pair) => SENTENCE.test(this.#names.textOf(pair?.elements?.[0]) ?? "")))
      this.#report(node, SAYS.words);
    if (nameOf(node.callee) === "Promise" && isSleep(first) && this.#path !== SLEEPS) this.#report(node, SAYS.sleep);
  }

  #literal(node: Node): void {
    const { regex } = node;
    if (regex !== undefined)
      this.#pattern(node, regex.pattern, { isPattern: true, isAnyCase: regex.flags.includes("i") });
    else if (SQL.test(textOf(node) ?? "")) this.#report(node, SAYS.words);
  }

  #cast(node: Node): void {
    const isUnknown = /^TS(?:Unknown|Object)Keyword$/.test(node.typeAnnotation?.type ?? "");
    const read = node.expression?.type === "AwaitExpression" ? node.expression.argument : node.expression;
    const isRead = read?.type === "CallExpression" && /^(?:parseJson|json)$/.test(nameOf(read.callee) ?? "");
    if (isRead && !isUnknown && !READS_JSON.test(this.#path)) this.#report(node, SAYS.parse);
  }
}

/** Three words; what has fewer may be a code. */
const SENTENCE = /\p{L} \p{L}+ \p{L}/u;

/** A field that has nothing but a sentence in it: what is compared with it is sought by it. */
const isSentence = (node: Node | undefined): boolean =>
  node?.type !== "Literal" && /^(?:sentence|advice)$|[a-z]Sentence$/.test(nameOf(node) ?? "");
const isNothing = (node: Node | undefined): boolean =>
  node?.type === "Literal" ? node.value === null || node.value === "" : nameOf(node) === "undefined";

export const ownWords: LintRule = {
  create({ filename, report }) {
    const path = filename.slice(ROOT.length + 1).replaceAll("\\", "/");
    return isTest(path) ? {} : new Reading(path, (node, message) => report({ node, message })).visitor();
  },
};
