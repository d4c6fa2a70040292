import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plantingGround } from "./planting-ground.ts";

const { plant, check, remove } = plantingGround();
afterAll(remove);

// Ways to read again what Porter said. `task`, `comment`, `problem`, `mention` and `said` are the function's parameters.
const READ_AGAIN: [name: string, line: string][] = [
  ["a field is split", 'task.waitReason.split(", trying")[0]'],
  ["a field that may be absent begins with words", 'task.errorMessage?.startsWith("Fly ")'],
  ["an element of a table is looked through", 'FAILURES.full.sentence.includes("capacity")'],
  ["a pattern is run over a field with a stand-in", '/trying (\\w+)/.exec(task.reportedBody ?? "")'],
  ["a pattern tests a fix", "/^https:/.test(problem.fix)"],
  ["a fix begins with a slash", 'problem.fix.startsWith("/")'],
  ["a message ends with a word", 'problem.message.endsWith("again")'],
  ["a field is searched by its name in brackets", 'task["waitReason"].search("capacity")'],
  ["a text is made small first", 'task.waitReason.trim().toLowerCase().includes("full")'],
  ["words that a function makes are matched", "queueSentence().match(/of (\\d+)/)"],
  ["words inside of others are replaced", '`so: ${task.waitReason}`.replace("so: ", "")'],
  ["a field is compared with a sentence", 'task.waitReason === "Fly is full, trying again"'],
  ["a comment is asked for its words", "comment.match(/Queued, (\\d+)/)"],
  ["a comment is asked for its words as text", 'comment.indexOf("Queued, ")'],
  ["a reply is looked through", 'task.reply?.startsWith("Not ")'],
  ["the last error is asked for a number", '/(\\d+)/.exec(task.lastError ?? "")'],
  ["a pattern is made of a text", 'new RegExp("Queued, (.*)").test(comment)'],
  ["a pattern is made of a raw text", "new RegExp(String.raw`Queued, (\\d+)`).test(comment)"],
  ["the words of a sentence are split off", 'said.split(", trying ")[1]'],
  ["a comment is asked for the first word of a verdict", 'comment.includes("Queued")'],
  ["a comment is asked for that word in a pattern", "/^⏳ Queued/.test(comment)"],
  ["a text is looked through for a sentence", "said.includes(FAILURES.full.sentence)"],
  ["a text is told apart by a sentence", 'said === "Fly is full, trying again"'],
  ["a fix is told apart by its first sign", 'problem.fix[0] === "/"'],
  ["the beginning of a fix is compared", 'problem.fix.slice(0, 1) === "/"'],
  ["JSON is looked through by a pattern", '/"kind":"(?:start|retry)"/.test(mention)'],
  ["JSON is looked through by a text", 'mention.includes(\'"kind":"start"\')'],
  ["JSON is parsed without a schema", "JSON.parse(mention)"],
  ["a name for a text is looked for", "said.startsWith(SAID)"],
  ["a text of another file is looked for", "said.startsWith(FULL)"],
  ["a text of another file is looked for under another name", "said.includes(code)"],
  ["a text that is exported again is cut away", 'said.replace(AGAIN, "")'],
  ["a text of a whole module is looked for", "said.endsWith(says.FULL)"],
  ["a text of a module that is loaded later is looked for", 'said.startsWith((await import("./planted-says")).FULL)'],
  ["a pattern is made of a text of another file", "new RegExp(`^${FULL}`).test(said)"],
  ["a pattern does not care for letters' size", "/fly is full/i.test(said)"],
  ["a switch tells sentences apart", "((): number => { switch (said) { case FULL: return 1; default: return 2; } })()"],
  ["each of some sentences is looked for", "ALL.some((one) => said.includes(one))"],
  ["a text is sought among sentences", '["Fly is full, trying", "Fly had no capacity."].includes(said)'],
  ["a table has sentences for its names", "BY[said]"],
  ["a map has sentences for its names", 'new Map([["Fly had no capacity.", 1]]).get(said)'],
  ["a set has sentences", 'new Set(["Fly had no capacity."]).has(said)'],
  ["what a sentence belongs to is sought", "Object.values(FAILURES).find(({ sentence }) => sentence === said)"],
  ["a text is compared in the order of letters", 'said.localeCompare("Fly had no capacity.") === 0'],
  ["a text is compared as an object", 'Object.is(said, "Fly had no capacity.")'],
  ["the sign of a verdict is looked at", 'said.charAt(0) === "⏳"'],
  ["a function of the file looks through what it is given", "looksFull(task.errorMessage)"],
  ["JSON is parsed under another name", "[mention].map(JSON.parse)"],
  ["an answer is taken for what it should be", "(await new Response(mention).json()) as { kind: string }"],
  ["a wait doubles", "Math.min(30_000, 1000 * 2 ** task.waitReason.length)"],
  ["a wait doubles by a function", "Math.pow(2, task.waitReason.length)"],
  ["a wait doubles by its bits", "1000 << tries"],
  ["a database looks for words", '"SELECT 1 FROM tasks WHERE wait_reason LIKE ?"'],
];

/** Reads what others say, and data; each is as it should be. */
const NOT_READ_AGAIN: [name: string, line: string][] = [
  ["data is compared", 'task.kind === "fly_full"'],
  ["somebody else's words are split", 'comment.split("\\n")[0]'],
  ["a text is told apart by a code of two words", 'comment === "GET /tasks"'],
  ["a list has a code", 'CODES.includes("full")'],
  ["a sentence is shown", "`${task.waitReason}; another one is asked for`"],
  ["a sentence is absent", 'task.waitReason === "" || problem.fix === undefined'],
  ["a token has its form", "/^Bearer (\\S+)$/.test(comment)"],
];

describe("what Porter says", () => {
  const parameters =
    "task: Record<string, string> & { waitReason: string; reportedBody: string | null; errorMessage?: string; kind: string }, comment: string, problem: { fix: string; message: string }, mention: string, said: string";
  const source = (line: string): string =>
    [
      'import * as says from "./planted-says";',
      'import { AGAIN } from "./planted-again";',
      'import { CODES, FAILURES, FULL, FULL as code, named, queueSentence } from "./planted-says";',
      "",
      'const SAID = "Fly is full, trying";',
      'const ALL = ["Fly is full, trying", "Fly had no capacity."];',
      'const BY: Record<string, number> = { "Fly had no capacity.": 1 };',
      'const looksFull = (text = ""): boolean => text.includes("capacity");',
      "const tries = 2;",
      "export const used = [AGAIN, ALL, BY, CODES, FAILURES, FULL, SAID, code, looksFull, named, queueSentence, says, tries];",
      `export const read = async (${parameters}): Promise<unknown[]> => [comment, mention, problem, said, task, ${line}];`,
      "",
    ].join("\n");
  let lines: string[];
  beforeAll(async () => {
    plant(
      "server/tasks/planted-says.ts",
      'export const CODES: string[] = [];\nexport const FAILURES = { full: { sentence: "Fly had no capacity." } };\nexport const FULL = "Fly is full, trying";\nexport const named = "";\nconst next = "iad";\nexport const queueSentence = (): string => `⏳ Queued, ${CODES.length} of ${CODES.length}: Fly is full, trying ${next}`;\nexport const header = (token: string): string => `Bearer ${token}`;\n',
    );
    plant("server/tasks/planted-again.ts", 'export { FULL as AGAIN } from "./planted-says";\n');
    READ_AGAIN.forEach(([, line], index) => plant(`server/tasks/planted-again-${index}.ts`, source(line)));
    NOT_READ_AGAIN.forEach(([, line], index) => plant(`server/tasks/planted-fine-${index}.ts`, source(line)));
    plant(
      "components/planted-names.ts",
      'export function read({ waitReason: why }: { waitReason: string }, task: { waitReason: string }): unknown[] {\n  const kept = task.waitReason;\n  let later = "";\n  later = task.waitReason;\n  return [\n    why.startsWith("a"),\n    kept.startsWith("a"),\n    later.startsWith("a"),\n  ];\n}\nexport const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));\n',
    );
    const result = await check("--all", "--only", "lint");
    expect(result.code).toBe(1);
    lines = result.output.split("\n").filter((line) => line.includes("porter(own-words)"));
  });

  test.each(READ_AGAIN.map(([name], index) => [name, index] as const))("is not read again: %s", (_name, index) => {
    expect(lines.filter((line) => line.includes(`planted-again-${index}.ts:`))).not.toEqual([]);
  });

  test("is not read again under another name, and nobody has a wait of their own", () => {
    const found = lines.filter((line) => line.includes("planted-names.ts:")).map((line) => Number(line.split(":")[1]));
    expect(new Set(found)).toEqual(new Set([6, 7, 8, 11]));
  });

  test.each(NOT_READ_AGAIN.map(([name], index) => [name, index] as const))("is what it is: %s", (_name, index) => {
    expect(lines.filter((line) => line.includes(`planted-fine-${index}.ts:`))).toEqual([]);
  });
});
