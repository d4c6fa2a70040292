import type { Abuse, Promised } from "../abuse.ts";

const JUDGE = "server/change-sets/judge.test.ts";
const COMMIT = "lib/review/commit-text.test.ts";
const VOICES = "lib/voices/two-voices.test.ts";
const NEUTRALISE = "server/commands/neutralise.test.ts";

/** A row of the judge's own table. */
const judged = (abuse: string, expected: string, name: string, guard?: Abuse["guard"]): Abuse => ({
  abuse,
  expected,
  test: [JUDGE, "what Porter says of a change set", name],
  ...(guard === undefined ? {} : { guard }),
});
const HELD = "held back";
const DRAFT = "a draft that says so";
const NAMED = "named to the reviewer";

/** What comes out of a machine and would be written to GitHub. */
export const CHANGE_SET: Promised[] = [
  {
    promise:
      "Nothing is written before it was judged: own secrets, keys, `.env` files, workflows and files that git itself obeys stay out.",
    abuses: [
      judged("A workflow is added, changed or removed", HELD, "a workflow", {
        file: "server/change-sets/hold.ts",
        text: `if (!facts.mayPushWorkflows && isWorkflowPath(path)) return { kind: "workflow" };`,
        without: "",
      }),
      judged("A workflow's path in other letters", HELD, "a workflow in other letters"),
      judged("An action of the repository, or Dependabot's orders", HELD, "Dependabot's orders"),
      judged("A link or a file in the place of the folder of workflows", HELD, "in the place of"),
      judged("A workflow that somebody asks for by a click", HELD, "a workflow that somebody wants in all the same"),
      judged("The run's secret in a file", HELD, "the run's secret", {
        file: "server/change-sets/judge.ts",
        text: "if (test(content.subarray(at, at + WINDOW + OVERLAP))) return true;",
        without: "",
      }),
      judged("The run's secret in base64 or hex", HELD, "the run's secret in base64"),
      judged("The run's secret in a URL", HELD, "the run's secret in a URL"),
      judged("The run's secret in a binary file", HELD, "the run's secret in a binary"),
      judged("The run's secret in UTF-16, as some shells write files", HELD, "the run's secret in UTF-16"),
      judged("The run's secret as a file's name or a link's target", HELD, "the run's secret in a name"),
      judged(
        "The run's secret in a commit on the way, gone at the end",
        HELD,
        "the run's secret in a commit on the way",
      ),
      judged("The run's secret that somebody asks for by a click", HELD, "the run's secret that somebody wants in"),
      {
        abuse: "The run's secret in any file, commit and choice of files",
        expected: "never written",
        test: [JUDGE, "never lets the run's secret by, whoever wants it in"],
      },
      judged("A private key, by its content or its name", HELD, "a private key"),
      judged("A new `.env` file", HELD, "settings of a place"),
      judged("Somebody's key of another service", DRAFT, "somebody's key"),
      judged("A folder that a file system takes for `.git`", HELD, "git's folder for a file system"),
      judged("A submodule that `.gitmodules` does not name", HELD, "a submodule that nothing names"),
      judged("Claude's, opencode's or another agent's configuration", NAMED, "Claude's hooks"),
      judged("Servers of tools for agents (`.mcp.json`)", NAMED, "servers of tools"),
      judged("Git hooks, an editor's tasks, a package manager's settings", NAMED, "git hooks"),
      judged("A script that runs when somebody installs", NAMED, "a script after the installation"),
      judged("`.gitattributes` that hides files from the diff", DRAFT, "files out of the diff"),
      judged("Characters that turn the order of code around", DRAFT, "characters that turn the order"),
      judged("A file's name with a letter that nobody sees", DRAFT, "a name that nobody sees"),
      judged("A link out of the tree or into git's folder", DRAFT, "a link to git's folder"),
      judged("A link that takes a file's old content as its target", DRAFT, "a link that takes a file's content"),
      judged("A program, or minified code", DRAFT, "a program"),
      judged("A lock file without its manifest, or CODEOWNERS", DRAFT, "a lock alone"),
    ],
  },
  {
    promise: "An agent's text on GitHub mentions nobody, closes nothing and looks like nobody else's.",
    abuses: [
      {
        abuse: "A commit message that skips the checks (`[skip ci]` and its kin)",
        expected: "written so that nothing obeys it",
        test: [COMMIT, "a text of a commit calls nobody and does nothing", "skip"],
        guard: {
          file: "lib/review/commit-text.ts",
          text: `withoutSkips(seen).split("\\n")`,
          without: `seen.split("\\n")`,
        },
      },
      {
        abuse: "A commit message that mentions people or teams",
        expected: "nobody is called",
        test: [COMMIT, "a text of a commit calls nobody and does nothing", "a team"],
        guard: {
          file: "lib/review/commit-text.ts",
          text: "clip(withoutCalls(lines).trim(), LONGEST)",
          without: "clip(lines.trim(), LONGEST)",
        },
      },
      {
        abuse: "A commit message that closes other issues",
        expected: "closes nothing",
        test: [COMMIT, "a text of a commit calls nobody and does nothing", "a closing word"],
      },
      {
        abuse: "Signed-off-by, Co-authored-by and Porter's own trailers, made up",
        expected: "left out",
        test: [COMMIT, "a text of a commit calls nobody and does nothing", "a signature"],
        guard: {
          file: "lib/review/commit-text.ts",
          text: "inside = goesOn || (key !== undefined && SPEAKS_FOR_OTHERS.test(key));",
          without: "inside = false;",
        },
      },
      {
        abuse: "Any text made of these pieces",
        expected: "none of them works, and once is enough",
        test: [COMMIT, "whatever it is made of, and once is enough"],
      },
      {
        abuse: "An agent's summary that would mention, close, load a picture, tick a box or end the quotation",
        expected: "text in a quotation, under its speaker's name",
        test: [VOICES, "whatever is said stays in its quotation, calls nobody and closes nothing"],
      },
      {
        abuse: "An agent that fills the repository's template with another's words",
        expected: "the template's own lines are the only ones outside of quotations",
        test: [VOICES, "whatever is said, the template's own lines are the only ones outside of quotations"],
      },
      {
        abuse: "Text in the tracking comment that pings, refers or loads",
        expected: "nothing dangerous outside of code",
        test: [NEUTRALISE, "nothing dangerous is left outside code"],
        guard: {
          file: "server/commands/neutralise.ts",
          text: ".replace(/(?<![A-Za-z0-9])@(?=[A-Za-z0-9])/g, `@${BREAK}`)",
          without: "",
        },
      },
      {
        abuse: "A pull request's title that calls somebody or has two lines",
        expected: "one line that calls nobody",
        test: ["server/commands/pull-request-title.test.ts", "calls nobody and is one line"],
      },
      {
        abuse: "A summary that rewrites Porter's own part of the pull request",
        expected: "Porter's part is the same; its own issue alone is closed",
        test: ["server/commands/pull-request.test.ts", "whatever the agent says, Porter's part is the same"],
      },
      {
        abuse: "A link in the name of a file or of a filter, in Porter's own sentences",
        expected: "code",
        test: ["lib/held-back-words.test.ts", "a name of a machine's is code in Porter's own sentences"],
        guard: { file: "lib/held-back-words.ts", text: "${shownPath(reason.name)}", without: "${reason.name}" },
      },
      {
        abuse: "A held-back patch that closes its fence",
        expected: "shown as it is, or not at all",
        test: ["server/commands/pull-request.test.ts", "in a fence that the patch cannot close"],
      },
      {
        abuse: "A reply of Porter's that would read as a command",
        expected: "answers no command of its own",
        test: ["server/commands/replies.test.ts", "answer no command of their own"],
      },
    ],
  },
];
