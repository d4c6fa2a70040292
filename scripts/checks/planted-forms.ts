// What no function and no statement may look like, for scripts/check.test.ts to plant.

/** Its name, the file and its text, and what is said of it. */
type Planted = [name: string, path: string, text: string, finding: string];

/** Comments and empty lines are lines. */
const tooLong = (begin: string, end: string): string =>
  [begin, ...Array.from({ length: 79 }, (_, at) => ["", "  // Why.", "  console.log(1);"][at % 3]), end, ""].join("\n");

export const PLANTED_FORMS: Planted[] = [
  ...Object.entries<[string, string]>({
    "a function of 81 lines": ["export function long(): void {", "}"],
    "a function of 81 lines that is called at once": ["export const long = (() => {", "})();"],
    "a method of 81 lines": ["export const whole = {\n  long(): void {", "  },\n};"],
  }).map(([name, [begin, end]], index): Planted => [
    name,
    // A store may be no longer than anything else.
    `server/db/planted-long-${index}-store.ts`,
    tooLong(begin, end),
    "max-lines-per-function",
  ]),
  ...["agent-image/runner", "bench", "components", "e2e", "local", "scripts", "server/testing"].map(
    (folder): Planted => [
      `a function of 81 lines in ${folder}`,
      `${folder}/planted-long.ts`,
      tooLong("export function long(): void {", "}"),
      "max-lines-per-function",
    ],
  ),
  ...Object.entries({
    "a parameter by its place": "`SELECT id FROM tasks WHERE id = ?`",
    "a numbered parameter": '"DELETE FROM tasks WHERE user_id = ?2"',
    "places that are put together": 'Array.from({ length: 2 }, () => "?").join(", ")',
    "a column with its place": '["a", "b"].map((column) => `${column} = ?`)',
    "values in their order": "((statement: D1PreparedStatement) => statement.bind(1))",
    "values in their order, of what may be missing": "((statement?: D1PreparedStatement) => statement?.bind(1))",
    "values in their order, called later":
      "((statement: D1PreparedStatement) => Reflect.apply(statement.bind, statement, [1]))",
    "a statement under another name":
      "((d1: D1Database) => {\n  const { prepare: make } = d1;\n  return make('SELECT 1');\n})",
    "a statement of its own": '((d1: D1Database) => d1.prepare("SELECT 1"))',
  }).map(([name, planted], index): Planted => [
    `${name}, in SQL`,
    `server/db/planted-place-${index}.ts`,
    `export const planted: unknown = ${planted};\n`,
    "a parameter by its place",
  ]),
  ...Object.entries<[string, string]>({
    "for a whole file": ["/* oxlint-disabl" + "e eqeqeq -- once */", "turned off for one line"],
    "without its reason": ["// eslint-disabl" + "e-next-line eqeqeq", "turned off for one line"],
    "that keeps functions short": [
      "// oxlint-disabl" + "e-next-line max-lines-per-function -- long",
      "never turned off",
    ],
    "of the house": ["// oxlint-disabl" + "e-next-line porter/agent-names -- here", "never turned off"],
  }).map(([name, [line, finding]], index): Planted => [
    `a rule turned off, ${name}`,
    `lib/planted-off-${index}.ts`,
    `${line}\nexport const planted = 1;\n`,
    finding,
  ]),
  ...Object.entries({
    "put together": 'export const planted = async (): Promise<unknown> => import("../tasks/" + "stop");',
    "of a name": "const where = '../tasks/stop';\nexport const planted = async (): Promise<unknown> => import(where);",
    "of a template": "export const planted = async (of: string): Promise<unknown> => import(`../tasks/${of}`);",
    "by require":
      'import { createRequire } from "node:module";\nexport const planted: unknown = createRequire(import.meta.url)("../tasks/stop");',
    "by a module that is told again": 'declare module "../tasks/stop" {}\nexport const planted = 1;',
  }).map(([name, text], index): Planted => [
    `an import that the rules cannot see, ${name}`,
    `server/identity/planted-unseen-${index}.ts`,
    `${text}\n`,
    "what is imported is written out",
  ]),
];
