import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuMsOf } from "../testing/cpu-time.ts";
import { AGENT_IDS } from "../agents.ts";
import { PRIORITY_NAMES } from "../task.ts";
import { commandSource } from "./command-source.ts";
import { MAX_COMMANDS } from "./command.ts";
import { MACHINE_SIZES } from "../machine-size.ts";
import { parseComment } from "./parse.ts";

const SEED = 20261122;
function check<T>(property: fc.IProperty<T>, numRuns = 400): void {
  fc.assert(property, { seed: SEED, numRuns });
}
const parse = (body: string) => parseComment(body, { mentions: ["porter"] });

const fragment = fc.constantFrom(
  "@porter",
  "@porter ",
  "@porter claude",
  "@porter stop",
  "@porter retry -- ",
  "@porter --priority",
  "=high",
  " --base ",
  "--",
  "“",
  '"',
  "'",
  "claud",
  "codex",
  "gemini",
  "\n",
  "\r\n",
  "\r",
  "\n\n",
  " ",
  "    ",
  "\t",
  "```",
  "~~~",
  "`",
  "``",
  "> ",
  "- ",
  "1. ",
  "<!--",
  "-->",
  "<pre>",
  "</pre>",
  "\\",
  "\0",
  "\u202e",
  "\u200b",
  "\ud800",
  "😀",
  "ابت",
  "text",
  "# ",
  "—",
  "task_",
  ",",
  ":",
  "(",
  "<a b",
  "---",
);
const messy = fc
  .array(fc.oneof({ weight: 4, arbitrary: fragment }, fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 40 })
  .map((parts) => parts.join(""));

const model = fc.constantFrom("sonnet", "opus", "anthropic/claude-sonnet-4-5", "sonnet[1m]", "x/y-v2:0");
const base = fc.constantFrom(
  "main",
  "release/1.x",
  "feature/ünïcode",
  "a,b,",
  "'quoted",
  "dependabot/npm_and_yarn/x-1.2",
);
const choice = fc.record({
  agent: fc.option(fc.constantFrom(...AGENT_IDS)),
  priority: fc.option(fc.constantFrom(...PRIORITY_NAMES)),
  model: fc.option(model),
  base: fc.option(base),
  machine: fc.option(fc.constantFrom(...MACHINE_SIZES)),
  budget: fc.option(fc.constantFrom(0.01, 2, 2.5, 19.99, 10_000)),
  instructions: fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "stop",
          "claude",
          "cluade",
          "--",
          "--priority=high",
          "codex",
          "gemini",
          "fix",
          "```",
          "\n",
          "> q",
          "—base",
        ),
        fc.string({ unit: "grapheme", maxLength: 8 }),
      ),
      { maxLength: 8 },
    )
    .map((words) => words.join(" ").replaceAll("@", "").trim()),
});

describe(`parseComment, over anything people paste (seed ${SEED})`, () => {
  it("never throws, numbers its commands and stays within the bound", () => {
    check(
      fc.property(messy, (body) => {
        const found = parse(body);
        expect(found.length).toBeLessThanOrEqual(MAX_COMMANDS + 1);
        expect(found.map((one) => one.index)).toEqual(found.map((_, index) => index));
        for (const one of found) expect(body).toContain(one.source);
      }),
      2000,
    );
  });

  it("loses no instructions: they are the tail of the command's source, verbatim", () => {
    check(
      fc.property(messy, (body) => {
        for (const one of parse(body)) {
          if (one.kind !== "start" && one.kind !== "retry") continue;
          expect(one.source.endsWith(one.instructions)).toBe(true);
        }
      }),
      1000,
    );
  });

  it("keeps all text between two commands", () => {
    check(
      fc.property(choice, choice, (first, second) => {
        const sources = [first, second].map((one) =>
          commandSource({ ...one, instructions: one.instructions.replace(/[`~<>\\-]/g, "") }, { mention: "porter" }),
        );
        expect(parse(sources.join("\n")).map((one) => one.source)).toEqual(sources.map((source) => source.trimEnd()));
      }),
    );
  });

  it("finds nothing in fences, quotes and comments", () => {
    const flat = messy.map((text) => text.replace(/[\r\n]+/g, " "));
    check(
      fc.property(fc.array(flat, { maxLength: 8 }), (lines) => {
        const fenced = ["~~~~~~", ...lines.map((line) => line.replaceAll("~", "")), "~~~~~~"].join("\n");
        const quoted = lines.map((line) => `> ${line}`).join("\n");
        const comment = `<!-- ${lines.join("\n").replaceAll("-", "")} -->`;
        for (const body of [fenced, quoted, comment]) expect(parse(body)).toEqual([]);
      }),
    );
  });

  it("reads back every command that it writes", () => {
    check(
      fc.property(choice, (wanted) => {
        const [found, ...others] = parse(commandSource(wanted, { mention: "porter" }));
        expect(others).toEqual([]);
        expect(found).toMatchObject({ kind: "start", ...wanted });
      }),
      2000,
    );
  });

  it("takes flags in any order", () => {
    const flags = fc
      .tuple(fc.constantFrom(...PRIORITY_NAMES), model)
      .chain(([priority, name]) =>
        fc
          .shuffledSubarray([`--priority=${priority}`, `--model ${name}`, "--base=main", "claude"], { minLength: 4 })
          .map((words) => ({ words, priority, name })),
      );
    check(
      fc.property(flags, ({ words, priority, name }) => {
        expect(parse(`@porter ${words.join(" ")} do it`)).toMatchObject([
          { kind: "start", agent: "claude", priority, model: name, base: "main", instructions: "do it" },
        ]);
      }),
    );
  });

  it("reads a command's own source as that command, and the same text always the same", () => {
    check(
      fc.property(choice, (wanted) => {
        const body = `Hello\n\n${commandSource(wanted, { mention: "porter" })}`;
        const first = parse(body);
        expect(parse(body)).toEqual(first);
        expect(parse(first[0]?.source ?? "").map((one) => ({ ...one, line: 0 }))).toEqual(
          first.map((one) => ({ ...one, line: 0 })),
        );
      }),
    );
  });
});

describe("parseComment, over text made to cost time", () => {
  const size = 65_536;
  const fill = (part: string): string => part.repeat(Math.ceil(size / part.length)).slice(0, size);
  it.each([
    "@porter ",
    "x @porter ",
    "@porter stop ",
    "a @porter stop --priority=high ",
    'x @porter claude --model="',
    "@porter\n",
    "`",
    "``` ",
    "`a``b```c",
    "<",
    "<!--",
    "<!-- -->",
    "<pre>",
    "<code> ",
    "<a ",
    "<p '",
    '<div a="',
    "<a b='c' ",
    "<?",
    "<!A",
    "<a b",
    "> ",
    "- ",
    "-\n",
    "1. a\n",
    "\\",
    "\\`",
    "[",
    "    ",
    "\t",
    "* * ",
    "_ _x",
    "> a\n",
    "- a\n\n",
    "!",
    "@porter !!!!",
    "\n",
    "- - - - - - - -\n\n",
    "`a\n",
    "|a",
    "a|b\n-|-\n",
    '[](x "',
    '[a]: b "',
    "![",
    "<p hidden>",
    "[^a]: ",
    "On 1.1.2026 a wrote:\n",
    "-- \n",
    "From: a\n",
    "~~~\n",
    "\ud800",
    "😀",
  ])("%j, 64 KiB of it, costs at most in proportion", (part) => {
    parse(fill(part).slice(0, 4096));
    // A quadratic scan of 64 KiB takes many seconds.
    expect(cpuMsOf(() => parse(fill(part)))).toBeLessThan(2000);
  });
});
