// Proves `npm run check` by planting what it must refuse into a small project under the real rules. That Porter's own
// tree passes is the first stage of `npm test`.
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "./checks/command.ts";
import { ALLOWED, BESIDE, FORBIDDEN, TARGETS } from "./checks/planted-imports.ts";
import { PLANTED_DOORS } from "./checks/planted-doors.ts";
import { PLANTED_FORMS } from "./checks/planted-forms.ts";
import { PLANTED_NAMES } from "./checks/planted-names.ts";
import { plantingGround } from "./checks/planting-ground.ts";

const { copy, plant, check, remove } = plantingGround();
afterAll(remove);

describe("a check that was green", () => {
  test("looks at what has changed since, and with --all at everything", async () => {
    const bad = "export const  two=[1,\n2]\n";
    plant("lib/first.ts", "export const one = 1;\n");
    expect(await check("--only", "format")).toMatchObject({ code: 0 });
    expect((await check("--only", "format")).output).toMatch(/✓ format +unchanged/);
    expect((await check("--all", "--only", "format")).output).not.toContain("unchanged");
    plant("lib/second.ts", bad);
    const red = await check("--only", "format");
    expect(red.code).toBe(1);
    expect(red.output).toContain("lib/second.ts");
    expect(red.output).toContain("on 1 files");
    // What was red is looked at again, though nothing changes.
    expect((await check("--only", "format")).output).toContain("lib/second.ts");
    for (const name of ["first.ts", "second.ts"]) rmSync(join(copy, "lib", name));
    expect((await check("--only", "format")).code).toBe(0);
  });
});

describe("who may import whom", () => {
  let output: string;
  beforeAll(async () => {
    for (const path of TARGETS) plant(path, "export type Type = number;\nexport const value: Type = 1;\n");
    for (const [path, line] of [...FORBIDDEN, ...BESIDE, ...ALLOWED])
      plant(path, `${line}\nexport const used = [value];\n`);
    const result = await check("--all", "--only", "imports");
    expect(result.code).toBe(1);
    output = result.output;
  });

  test.each(FORBIDDEN)("%s may not say %s", (path) => {
    expect(output.split("\n").filter((line) => line.startsWith(`${path} imports `))).not.toEqual([]);
  });

  test.each(ALLOWED)("%s may say %s", (path) => {
    // That rooms import each other is told of each of their imports, whichever of them was planted last.
    const ownLines = output.split("\n").filter((line) => !line.endsWith("import each other"));
    expect(ownLines.join("\n")).not.toContain(path);
  });
});

describe("what the source may not hold", () => {
  const PLANTED: [name: string, path: string, text: string, finding: string][] = [
    [
      "an unawaited promise",
      "server/planted/promise.ts",
      "export const go = (): void => {\n  Promise.resolve(1);\n};\n",
      "promises must be awaited",
    ],
    ["any", "lib/planted-any.ts", "export const loose = (value: any): number => value.length;\n", "no-explicit-any"],
    [
      "a non-null assertion",
      "lib/planted-bang.ts",
      "export const first = (list: string[]): string => list[0]!;\n",
      "no-non-null-assertion",
    ],
    [
      "four positional parameters",
      "lib/planted-four.ts",
      "export const four = (a: number, b: number, c: number, d: number): number => a + b + c + d;\n",
      "max-params",
    ],
    ...PLANTED_FORMS,
    [
      "a forgotten case",
      "lib/planted-switch.ts",
      'export function f(kind: "a" | "b"): number {\n  switch (kind) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}\n',
      "switch-exhaustiveness-check",
    ],
    [
      "the time in a pure file",
      "server/replies/planted-time.ts",
      "export const at = (): number => Date.now();\n",
      "no-restricted-properties",
    ],
    [
      "chance in a pure file",
      "server/prompts/planted-chance.ts",
      "export const dice = (): number => Math.random();\n",
      "no-restricted-properties",
    ],
    [
      "crypto in a pure file",
      "server/replies/planted-crypto.ts",
      "export const id = (): string => crypto.randomUUID();\n",
      "no-restricted-globals",
    ],
    [
      "an async pure file",
      "server/prompts/planted-async.ts",
      "export const later = async (): Promise<number> => 1;\n",
      "no-async-await",
    ],
    [
      "the environment in the core",
      "server/tasks/planted-process.ts",
      'export const key = process.env["KEY"];\n',
      "no-process-env",
    ],
    ["a wrong type", "lib/planted-type.ts", 'export const wrong: number = "text";\n', "TS2322"],
    ["a wrong type in a tool", "scripts/planted-type.ts", 'export const wrong: number = "text";\n', "TS2322"],
    ["bad format", "lib/planted-format.ts", "export const  two=[1,\n2]\n", "planted-format.ts"],
    ["an unused file", "lib/planted-unused.ts", "export const unused = 1;\n", "planted-unused.ts"],
    ["a camel-case file", "lib/plantedName.ts", "export const named = 1;\n", "filename-case"],
    ...PLANTED_DOORS,
    ...Object.entries({
      "a state that is not": "`SELECT id FROM tasks WHERE status = 'paused'`",
      "a state that is not, in a column of Drizzle's": "`${column.status} <> 'succeeded'`",
      "a phase that is not": "`UPDATE tasks SET phase = 'begun'`",
    }).map(([name, statement], index): [string, string, string, string] => [
      `${name}, in SQL`,
      `server/db/planted-state-${index}.ts`,
      `export const read = (column: { status: string }): string[] => [column.status, ${statement}];\n`,
      "no state has this word",
    ]),
    [
      "a list of states in SQL",
      "server/db/planted-states.ts",
      "export const read = `SELECT id FROM tasks WHERE status NOT IN ('queued', 'running')`;\n",
      "a list of states written out",
    ],
    ...PLANTED_NAMES,
    [
      "a type by the way of a store's file",
      "server/db/planted-passed-on.ts",
      'export type { Type as PlantedPassedOn } from "@/server/tasks/planted-target";\n',
      "passes on no noun's",
    ],
    [
      "a type by the way of a text's file",
      "server/replies/planted-passed-on.ts",
      'export type { Type as PlantedSaid } from "@/server/tasks/planted-target";\n',
      "passes on no noun's",
    ],
    ...Object.entries({
      "in two lines": "export type { Type };",
      "under another name": "export type PlantedOther = Type;",
      "as the default": "export default Type;",
    }).map(([name, line], index): [string, string, string, string] => [
      `a type by the way of a lower file, ${name}`,
      `server/db/planted-way-${index}.ts`,
      `import type { Type } from "@/server/tasks/planted-target";\n${line}\n`,
      "passes on Type",
    ]),
    ["a list with an agent's name", "lib/planted-list.json", '{ "agent": "codex" }\n', "an agent's name"],
    ["a style for an agent", "components/planted.css", '.a[data-agent="opencode"] {\n}\n', "an agent's name"],
    [
      "hooks that only the first file of a process would have",
      "server/testing/planted-hooks.ts",
      'import { afterAll } from "vitest";\nafterAll(() => {});\n',
      "those of the first file alone",
    ],
    ["a vague file", "lib/utils.ts", "export const vague = 1;\n", "name it after what it holds"],
    ["a dead path in a document", "docs/planted.md", "See `lib/not-there.ts`.\n", "lib/not-there.ts"],
    // Put together here, or this file would speak of them itself.
    ...Object.entries({
      "a page": ["not-", "there.md"],
      "a heading of a page": ["docs/planted.md ", '"No such heading"'],
      "a folder": ["server/gone", "/away"],
      "a file": ["server/tasks/gone", "-away.ts"],
      "a name of code": ["`gone", "Away`"],
      "a function": ["`gone", "()`"],
      "a function without marks": ["gone", "()"],
      "a function with what it is given": ["`gone", "(task)`"],
      "a field": ["`tasks.gone", "Away`"],
      "a type": ["`Gone", "type`"],
      "a link": ["@link gone", "away"],
      "a list": ["lib/gone", "-models.json"],
      "a rule's number": ["rul", "ings 30"],
      "another rule's number": ["ru", "le 7"],
      "a rule's number, said so": ["ru", "ling no. 7"],
      "an invariant in words": ["inva", "riant 95"],
      "a part of a specification": ["Spe", "c 3.2"],
      "an issue": ["#", "14"],
      "a section": ["§", "4"],
      "an invariant": ["I9", "9"],
      "a decision": ["ADR 99", "99"],
      "a decision's file": ["adr/99", "98"],
      "a page without its ending": ["docs/gone", "-away"],
      "a name without marks": ["gone", "Away"],
      "a type without marks": ["Gone", "Away"],
      "a limit without marks": ["GONE_", "AWAY"],
      "a rule by letter and number": ["R", "12"],
      "a principle by its number": ["prin", "ciple 3"],
    }).map(([name, parts], index): [string, string, string, string] => [
      `a comment about ${name} that is not here`,
      `lib/planted-comment-${index}.ts`,
      `/** Sorted as ${parts.join("")} says. */\nexport const sorted = 1;\n`,
      `:1: speaks of ${parts.join("").replace(/^`tasks\.|^@link |\(.*|`/g, "")}`,
    ]),
    [
      "a heading of a page that is not here",
      "docs/planted-link.md",
      "See [it](planted-rules.md#gone-away).\n",
      "gone-away",
    ],
    ...Object.entries({ called: "gone()", field: "`tasks.goneAway`" }).map(
      ([name, cited]): [string, string, string, string] => [
        `a name of code in a page that is not here, ${name}`,
        `docs/planted-name-${name}.md`,
        `Done by ${cited}.\n`,
        "speaks of gone",
      ],
    ),
    [
      "a comment about a command that is not here",
      "lib/planted-command.ts",
      `// Made by ${["npm run gone", ":away"].join("")}.\nexport const made = 1;\n`,
      "speaks of gone:away",
    ],
    ...Object.entries({
      file: "server/tasks/gone-away.ts",
      folder: "server/tasks/gone-away",
      page: "gone-away.md",
      command: "npm run gone-away",
    }).map(([name, cited]): [string, string, string, string] => [
      `a page about a ${name} that is not here`,
      `docs/planted-page-${name}.md`,
      `See ${cited}.\n`,
      `speaks of ${cited.replace("npm run ", "")}`,
    ]),
    [
      "a comment of a statement",
      "bench/planted.sql",
      `SELECT 1; -- as ${["server/gone", "-away.ts"].join("")} has it\n`,
      "speaks of",
    ],
    [
      "a comment of the image",
      "agent-image/Dockerfile",
      `# As ${["server/gone", "-away.ts"].join("")} has it.\n`,
      "speaks of",
    ],
    [
      "an invariant in a document that is not here",
      "docs/planted-rules.md",
      `Held by ${["I9", "8"].join("")}.\n`,
      `speaks of ${["I9", "8"].join("")}`,
    ],
  ];

  let lines: string[];
  beforeAll(async () => {
    for (const [, path, text] of PLANTED) plant(path, text);
    plant("bench/planted-entry.ts", 'import { used } from "../lib/planted-used.ts";\nconsole.log(used);\n');
    plant(
      "lib/planted-terms.ts",
      "const settle = (): number => 1;\nexport const reconcile = (): number => settle();\nexport const GET = reconcile;\n",
    );
    plant("lib/planted-used.ts", "export const used = 1;\nexport const PLANTED_AND_UNUSED = 1;\n");
    const result = await check("--all");
    expect(result.code).toBe(1);
    lines = result.output.split("\n");
  });

  test("a term of the field, a word in capitals and a function of its file alone may be one word", () => {
    expect(lines.filter((line) => line.includes("planted-terms.ts") && line.includes("everyday"))).toEqual([]);
  });

  test.each(PLANTED)("%s is named with its file", (_name, path, _text, finding) => {
    expect(
      lines.filter((line) => line.includes(path) && line.toLowerCase().includes(finding.toLowerCase())),
    ).not.toEqual([]);
  });

  test("an unused export is named with its file", () => {
    expect(lines.find((line) => line.includes("PLANTED_AND_UNUSED"))).toContain("lib/planted-used.ts");
  });
});

/** What is added to a list, and the files whose own list then lacks it. */
const FORGOTTEN: [name: string, path: string, from: string, to: string, lacking: string[]][] = [
  [
    "a column of the outcome without a name",
    "server/db/schema/outcome.ts",
    '    summary: text("summary"),',
    '    summary: text("summary"),\n    plantedColumn: text("planted_column"),',
    ["server/db/schema/outcome.ts"],
  ],
  [
    "a name of the outcome that the export or the view forgets",
    "lib/outcome.ts",
    '  "summary",',
    '  "summary",\n  "plantedName",',
    ["lib/task-csv.ts", "server/tasks/read/view.ts"],
  ],
  [
    "a kind of command that no row can hold",
    "lib/commands/command.ts",
    '  | { kind: "help" }',
    '  | { kind: "help" }\n  | { kind: "plantedKind" }',
    ["lib/commands/command-schema.ts"],
  ],
  [
    "a setting that no save takes over",
    "lib/porter-config.ts",
    "  gistMirror: z.boolean().optional(),",
    "  gistMirror: z.boolean().optional(),\n  plantedSetting: z.string().optional(),",
    ["lib/merge-config.ts"],
  ],
  [
    "a filter that address, list or query forgets",
    "lib/task-filter.ts",
    "  text?: string | undefined;",
    "  text?: string | undefined;\n  plantedFilter?: string | undefined;",
    ["lib/task-filter.ts", "server/db/task-search.ts"],
  ],
  [
    "a provider without address or form",
    "lib/providers.ts",
    '  "deepseek",\n] as const;',
    '  "deepseek",\n  "plantedProvider",\n] as const;',
    ["lib/providers.ts", "lib/porter-config.ts"],
  ],
];

describe("a list that another one has to follow", () => {
  let lines: string[];
  beforeAll(async () => {
    const isTest = (path: string) => path.endsWith(".test.ts") || path.endsWith(join("lib", "testing"));
    for (const path of [
      "lib",
      "server/db/schema",
      "server/db/task-row.ts",
      "server/db/task-search.ts",
      "server/tasks/read/view.ts",
    ])
      cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter: (source) => !isTest(source) });
    for (const [name, path, from, to] of FORGOTTEN) {
      const text = readFileSync(join(copy, path), "utf8");
      if (!text.includes(from)) throw new Error(`${name}: ${path} has no ${from}`);
      plant(path, text.replace(from, to));
    }
    lines = (await check("--all", "--only", "types")).output.split("\n");
  });

  test.each(FORGOTTEN)("is held to it by its types: %s", (_name, _path, _from, to, lacking) => {
    const word = /planted\w+/.exec(to)?.[0] ?? "";
    for (const path of lacking)
      expect(
        lines.filter((line) => line.startsWith(`${path}(`) && line.includes(word)),
        path,
      ).not.toEqual([]);
  });
});
