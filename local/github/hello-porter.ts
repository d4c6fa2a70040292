/** The files and issues of octocat/hello-porter, the repository of the demo: a real Node project, small enough to read. */

const packageJson = {
  name: "hello-porter",
  version: "1.0.0",
  description: "Greets people in their language",
  type: "module",
  private: true,
  scripts: { test: "node --test" },
};

const readme = `# hello-porter

Greets people in their language.

    node src/cli.js Ada            # Hello, Ada!
    node src/cli.js Ada --lang de  # Hallo, Ada!

Run the tests with \`npm test\`. They need nothing but Node.
`;

const agents = `# For agents

- Code is in \`src/\`, tests are in \`test/\`. No dependencies.
- Every language is one line in \`src/greetings.js\`, with a test in \`test/greet.test.js\`.
- Run \`npm test\` before you finish.
`;

const greetings = `/** Language code → greeting. */
export const greetings = {
  en: "Hello",
  de: "Hallo",
  es: "Hola",
};
`;

const greet = `import { greetings } from "./greetings.js";

/** Greets \`name\` in \`language\`; throws a RangeError for a language it does not know. */
export function greet(name, language = "en") {
  const greeting = greetings[language];
  if (greeting === undefined) throw new RangeError(\`unknown language: \${language}\`);
  return \`\${greeting}, \${name}!\`;
}
`;

const cli = `import { parseArgs } from "node:util";
import { greet } from "./greet.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lang: { type: "string", default: "en" } },
});
console.log(greet(positionals[0] ?? "world", values.lang));
`;

const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { greet } from "../src/greet.js";

test("greets in English unless told otherwise", () => {
  assert.equal(greet("Ada"), "Hello, Ada!");
});

test("greets in German and Spanish", () => {
  assert.equal(greet("Ada", "de"), "Hallo, Ada!");
  assert.equal(greet("Ada", "es"), "Hola, Ada!");
});

test("refuses a language it does not know", () => {
  assert.throws(() => greet("Ada", "xx"), RangeError);
});
`;

export const helloPorterFiles: Record<string, string> = {
  "README.md": readme,
  "AGENTS.md": agents,
  "package.json": `${JSON.stringify(packageJson, null, 2)}\n`,
  "src/greetings.js": greetings,
  "src/greet.js": greet,
  "src/cli.js": cli,
  "test/greet.test.js": test,
};

const frenchBody = `We greet people in English, German and Spanish. Our French users get an error:

\`\`\`
$ node src/cli.js Ada --lang fr
RangeError: unknown language: fr
\`\`\`

**Expected:** \`Bonjour, Ada!\`

Please add \`fr\` to \`src/greetings.js\`, a test for it, and a line in the README.
`;

const emptyNameBody = `\`greet("")\` returns \`Hello, !\`. It should greet the world instead: \`Hello, world!\`.

The same for a name that is only spaces.
`;

export const helloPorterIssues = [
  { title: "Add a French greeting", body: frenchBody },
  { title: "An empty name greets nobody", body: emptyNameBody },
];
