import { createHash } from "node:crypto";
import type { ScriptedAction } from "../../agent-image/testing/agent-script.ts";
import { FIXTURE_PACKAGE } from "../../agent-image/testing/package-registry.ts";

/** What the scripted model does for one request: actions in order, each with a sentence before it, then the end. */
export type ScriptedPlan = { steps: { say: string; action: ScriptedAction }[]; summary: string };

/** Stands in every text of the scripted model that a person may read. */
export const SCRIPTED = "scripted model, not a real one";

const runTests = {
  say: "Now the tests.",
  action: { do: "run", command: "npm test", why: "Run the tests" },
} as const;

/** The label stands right under the title: a summary may be cut to its first lines on its way to GitHub. */
const signed = (title: string, ...rest: string[]): string => [title, "", `- Done by a ${SCRIPTED}`, ...rest].join("\n");

/** octocat/hello-porter, "Add a French greeting". */
const frenchGreeting: ScriptedPlan = {
  steps: [
    { say: `(${SCRIPTED}) I look at the greetings first.`, action: { do: "read", path: "src/greetings.js" } },
    {
      say: "French is one more line there.",
      action: {
        do: "edit",
        path: "src/greetings.js",
        from: '  es: "Hola",\n',
        to: '  es: "Hola",\n  fr: "Bonjour",\n',
      },
    },
    { say: "The tests name every language, so they get one more.", action: { do: "read", path: "test/greet.test.js" } },
    {
      say: "A test of its own for French.",
      action: {
        do: "edit",
        path: "test/greet.test.js",
        from: 'test("refuses a language it does not know", () => {',
        to: 'test("greets in French", () => {\n  assert.equal(greet("Ada", "fr"), "Bonjour, Ada!");\n});\n\ntest("refuses a language it does not know", () => {',
      },
    },
    { say: "The README shows each language.", action: { do: "read", path: "README.md" } },
    {
      say: "One line there as well.",
      action: {
        do: "edit",
        path: "README.md",
        from: "    node src/cli.js Ada --lang de  # Hallo, Ada!\n",
        to: "    node src/cli.js Ada --lang de  # Hallo, Ada!\n    node src/cli.js Ada --lang fr  # Bonjour, Ada!\n",
      },
    },
    runTests,
  ],
  summary: signed(
    "Add a French greeting",
    '- `fr: "Bonjour"` in `src/greetings.js`, with a test in `test/greet.test.js`',
    "- a line in the README",
  ),
};

/** octocat/hello-porter, "An empty name greets nobody". */
const emptyName: ScriptedPlan = {
  steps: [
    { say: `(${SCRIPTED}) I look at the greeter first.`, action: { do: "read", path: "src/greet.js" } },
    {
      say: "A name without letters becomes the world.",
      action: {
        do: "edit",
        path: "src/greet.js",
        from: "  return `${greeting}, ${name}!`;",
        to: '  return `${greeting}, ${name.trim() || "world"}!`;',
      },
    },
    { say: "It needs a test.", action: { do: "read", path: "test/greet.test.js" } },
    {
      say: "For the empty name and for spaces.",
      action: {
        do: "edit",
        path: "test/greet.test.js",
        from: 'test("refuses a language it does not know", () => {',
        to: 'test("greets the world when there is no name", () => {\n  assert.equal(greet(""), "Hello, world!");\n  assert.equal(greet("  "), "Hello, world!");\n});\n\ntest("refuses a language it does not know", () => {',
      },
    },
    runTests,
  ],
  summary: signed("Greet the world when the name is empty", "- `greet()` trims the name", "- a test for both cases"),
};

/** octocat/hello-python, "Shout a greeting". */
const shout: ScriptedPlan = {
  steps: [
    { say: `(${SCRIPTED}) I look at the greeter first.`, action: { do: "read", path: "greet.py" } },
    {
      say: "Shouting is a greeting in capitals.",
      action: {
        do: "edit",
        path: "greet.py",
        from: '\n\nif __name__ == "__main__":',
        to: '\n\ndef shout(name, language="en"):\n    return greet(name, language).upper()\n\n\nif __name__ == "__main__":',
      },
    },
    { say: "It needs a test.", action: { do: "read", path: "test_greet.py" } },
    {
      say: "The name of the function comes first.",
      action: {
        do: "edit",
        path: "test_greet.py",
        from: "from greet import greet",
        to: "from greet import greet, shout",
      },
    },
    {
      say: "Then a test of its own.",
      action: {
        do: "edit",
        path: "test_greet.py",
        from: "    def test_unknown_language(self):",
        to: '    def test_shouts(self):\n        self.assertEqual(shout("Ada", "fr"), "BONJOUR, ADA!")\n\n    def test_unknown_language(self):',
      },
    },
    { say: "Now the tests.", action: { do: "run", command: "make test", why: "Run the tests" } },
  ],
  summary: signed("Shout a greeting", "- `shout()` in `greet.py`", "- a test for it"),
};

/** Any other request: a note, so that every request gives a change. */
function note(prompt: string, files: number): ScriptedPlan {
  // The prompt carries a nonce of its own, so the name is new for every task.
  const id = createHash("sha256").update(prompt).digest("hex").slice(0, 8);
  const request = prompt.split("\n").map((line) => `> ${line}`);
  const steps = Array.from({ length: files }, (_, index) => {
    const path = files === 1 ? `notes/porter-${id}.md` : `notes/porter-${id}-${index + 1}.md`;
    const content = `# A note by a ${SCRIPTED}\n\nIt was asked for this and can only write it down:\n\n${request.slice(0, 40).join("\n")}\n`;
    return { say: `(${SCRIPTED}) I write the request down.`, action: { do: "write", path, content } as const };
  });
  return { steps, summary: signed("Write the request down in a note", "- a real one would have changed the code") };
}

/** A look and nothing else. */
const noChanges: ScriptedPlan = {
  steps: [{ say: `(${SCRIPTED}) I look at the README first.`, action: { do: "read", path: "README.md" } }],
  summary: signed("Nothing to change: what was asked for is already there."),
};

/** A host that is on no list: a sealed machine refuses the call, and Porter says so. */
const callOut = {
  say: `(${SCRIPTED}) I call a host that no list names.`,
  action: { do: "run", command: "curl -sS https://telemetry.example.com/hello || true", why: "Call somebody" },
} as const;

const INSTALL = `npm install --no-audit --no-fund --no-update-notifier --registry http://registry.npmjs.org/ ${FIXTURE_PACKAGE}`;

/** A package from a registry that the default list names: it comes through the sealed machine's door. */
const install = {
  say: `(${SCRIPTED}) I install a package, and keep what npm unpacks out of git.`,
  action: {
    do: "run",
    command: `grep -qsx node_modules/ .gitignore || echo node_modules/ >> .gitignore; ${INSTALL}; echo "npm install: exit code $?"`,
    why: "Install a package",
  },
} as const;

/** What the run was given beside its clone, so that the pull request shows it. */
const keepContext = {
  say: `(${SCRIPTED}) I keep what I was given.`,
  action: { do: "run", command: "mkdir seen && cp ../context/* seen/", why: "Keep the context" },
} as const;

type Wish = { noChanges: boolean; files: number; callsOut: boolean; installs: boolean; keepsContext: boolean };

/** The plan for a prompt; stateless, so the same prompt gives the same plan on every turn of a run. */
export function planFor(prompt: string, wish: Wish): ScriptedPlan {
  const plan = planOf(prompt, wish);
  const first = [
    ...(wish.callsOut ? [callOut] : []),
    ...(wish.installs ? [install] : []),
    ...(wish.keepsContext ? [keepContext] : []),
  ];
  return { ...plan, steps: [...first, ...plan.steps] };
}

function planOf(prompt: string, wish: Wish): ScriptedPlan {
  if (wish.noChanges) return noChanges;
  if (wish.files > 1) return note(prompt, wish.files);
  if (/add a french greeting/i.test(prompt)) return frenchGreeting;
  if (/an empty name greets nobody/i.test(prompt)) return emptyName;
  if (/shout a greeting/i.test(prompt)) return shout;
  return note(prompt, 1);
}
