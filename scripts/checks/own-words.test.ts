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
    `import { CODES, FAILURES, named, queueSentence } from "./planted-says";\n\nexport const used = [CODES, FAILURES, named, queueSentence];\nexport const read = (${parameters}): unknown[] => [comment, mention, problem, said, task, ${line}];\n`;
  let lines: string[];
  beforeAll(async () => {
    plant(
      "server/tasks/planted-says.ts",
      'export const CODES: string[] = [];\nexport const FAILURES = { full: { sentence: "Fly had no capacity." } };\nexport const named = "";\nconst next = "iad";\nexport const queueSentence = (): string => `⏳ Queued, ${CODES.length} of ${CODES.length}: Fly is full, trying ${next}`;\nexport const header = (token: string): string => `Bearer ${token}`;\n',
    );
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
