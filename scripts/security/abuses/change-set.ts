import type { Abuse, Promised } from "../abuse.ts";

const JUDGE = "server/change-sets/judge.test.ts";
const COMMIT = "lib/review/commit-text.test.ts";
const VOICES = "lib/voices/two-voices.test.ts";
const NEUTRALISE = "server/replies/neutralise.test.ts";

/** Rows of the judge's own table, by their names there. */
const judged =
  (expected: string) =>
  (abuse: string, name: string, guard?: Abuse["guard"]): Abuse => ({
    abuse,
    expected,
    test: [JUDGE, "what Porter says of a change set", name],
    ...(guard === undefined ? {} : { guard }),
  });
const held = judged("held back");
const drafted = judged("a draft that says so");
const named = judged("named to the reviewer");

/** What comes out of a machine and would be written to GitHub. */
export const CHANGE_SET: Promised[] = [
  {
    promise:
      "Nothing is written before it was judged: own secrets, keys, `.env` files, workflows and files that git itself obeys stay out.",
    abuses: [
      held("A workflow is added, changed or removed", "a workflow", {
        file: "server/change-sets/hold.ts",
        text: `if (!facts.mayPushWorkflows && isWorkflowPath(path)) return { kind: "workflow" };`,
        without: "",
      }),
      held("A workflow's path in other letters", "a workflow in other letters"),
      held("An action of the repository, or Dependabot's orders", "Dependabot's orders"),
      held("A link or a file in the place of the folder of workflows", "in the place of"),
      held("A workflow that somebody asks for by a click", "a workflow that somebody wants in all the same"),
      held("The run's secret in a file", "the run's secret", {
        file: "server/change-sets/judge.ts",
        text: "if (test(content.subarray(at, at + WINDOW + OVERLAP))) return true;",
        without: "",
      }),
      held("The run's secret in base64 or hex", "the run's secret in base64"),
      held("The run's secret in a URL", "the run's secret in a URL"),
      held("The run's secret in a binary file", "the run's secret in a binary"),
      held("The run's secret with invisible letters or colours between its own", "that nobody sees"),
      held("The run's secret in UTF-16, as some shells write files", "the run's secret in UTF-16"),
      held("The run's secret as a file's name or a link's target", "the run's secret in a name"),
      held("The run's secret in a commit on the way, gone at the end", "the run's secret in a commit on the way"),
      held("The run's secret that somebody asks for by a click", "the run's secret that somebody wants in"),
      {
        abuse: "The run's secret in any file, commit and choice of files",
        expected: "never written",
        test: [JUDGE, "never lets the run's secret by, whoever wants it in"],
      },
      held("A private key, by its content or its name", "a private key"),
      held("A new `.env` file", "settings of a place"),
      drafted("Somebody's key of another service", "somebody's key"),
      held("A folder that a file system takes for `.git`", "git's folder for a file system"),
      held("A submodule that `.gitmodules` does not name", "a submodule that nothing names"),
      named("An agent's configuration, hooks and commands among it", "Claude's hooks"),
      named("Servers of tools for agents (`.mcp.json`)", "servers of tools"),
      named("Git hooks, an editor's tasks, a package manager's settings", "git hooks"),
      named("A script that runs when somebody installs", "a script after the installation"),
      drafted("`.gitattributes` that hides files from the diff", "files out of the diff"),
      drafted("Characters that turn the order of code around", "characters that turn the order"),
      drafted("A file's name with a letter that nobody sees", "a name that nobody sees"),
      drafted("A link out of the tree or into git's folder", "a link to git's folder"),
      drafted("A link that takes a file's old content as its target", "a link that takes a file's content"),
      drafted("A program, or minified code", "a program"),
      drafted("A lock file without its manifest, or CODEOWNERS", "a lock alone"),
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
          text: "clipText(withoutCalls(lines).trim(), LONGEST)",
          without: "clipText(lines.trim(), LONGEST)",
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
          text: "inside = isContinued || (key !== undefined && SPEAKS_FOR_OTHERS.test(key));",
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
          file: "server/replies/neutralise.ts",
          text: ".replace(/(?<![A-Za-z0-9])@(?=[A-Za-z0-9])/g, `@${BREAK}`)",
          without: "",
        },
      },
      {
        abuse: "A pull request's title that calls somebody or has two lines",
        expected: "one line that calls nobody",
        test: ["server/replies/pull-request-title.test.ts", "calls nobody and is one line"],
      },
      {
        abuse: "A summary that rewrites Porter's own part of the pull request",
        expected: "Porter's part is the same; its own issue alone is closed",
        test: ["server/replies/pull-request.test.ts", "whatever the agent says, Porter's part is the same"],
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
        test: ["server/replies/pull-request.test.ts", "in a fence that the patch cannot close"],
      },
      {
        abuse: "A reply of Porter's that would read as a command",
        expected: "answers no command of its own",
        test: ["server/replies/replies.test.ts", "answer no command of their own"],
      },
    ],
  },
];
