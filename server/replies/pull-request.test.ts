import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTree } from "@/lib/voices/tree";
import { renderPullRequest, type PullRequestView } from "./pull-request";

const base: PullRequestView = {
  taskId: "task_0123456789abcdefghij",
  issueNumber: 42,
  issueTitle: "Login fails",
  agent: "claude",
  model: "opus",
  requester: "octocat",
  runUrl: "https://porter.test/tasks/1",
  publicUrl: "https://porter.test",
  network: null,
  title: "Fix token refresh race",
  habit: null,
  template: null,
  changed: { files: 2, additions: 10, deletions: 3 },
  tookMs: 372_000,
  costUsd: 0.42,
  summary: "Adds a single-flight lock in `src/auth/refresh.ts`.",
  checks: [],
  draftReasons: [],
  notices: [],
  heldBack: [],
  heldBackPatch: null,
};
const render = (view: Partial<PullRequestView>) => renderPullRequest({ ...base, ...view });

describe("the network in a pull request", () => {
  const call = { host: "telemetry.example.com", port: 443, phase: "working", command: "npm test", count: 3 } as const;
  const report = (...blocked: (typeof call | Record<string, unknown>)[]): PullRequestView["network"] => ({
    seal: "sealed",
    reason: null,
    unlisted: 0,
    blocked: blocked.map((one) => ({ ...call, ...one })),
  });

  it("tells what was blocked, by whom, with the way to allow it", () => {
    const { body } = render({
      network: report({}, { port: 80, count: 2, command: "curl x" }, { host: "10.0.0.1", command: null }),
    });
    expect(body).toContain(
      [
        "**Blocked:**",
        "- `telemetry.example.com` (5), by `npm test` · [allow it](https://porter.test/settings/network?allow=telemetry.example.com)",
        "- `10.0.0.1` (3)",
      ].join("\n"),
    );
  });

  it("says that it was open, and nothing where there is nothing to say", () => {
    const none = { seal: "sealed", reason: null, unlisted: 0, blocked: [] } as const;
    expect(render({ network: { ...none, blocked: [] } }).body).toBe(render({ network: null }).body);
    expect(render({ network: { ...none, blocked: [], seal: "open", reason: "no_tools" } }).body).toContain(
      "⚠ Network open",
    );
  });

  it("gives fifty hosts no more room than ten", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ host: `h${index}.example` }));
    const lines = render({ network: report(...many) }).body.split("\n");
    expect(lines.filter((line) => line.startsWith("- `h"))).toHaveLength(10);
    expect(lines).toContain("- and more, on the [run's page](https://porter.test/tasks/1)");
  });

  it("lets no host and no command out of its place", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("`", "a", "[", "](", ")", "\n", "@a", "<b>", "#1", "![", "*", "fixes ", "\u202e", "\0"),
    });
    fc.assert(
      fc.property(hostile, hostile, (host, command) => {
        const { body } = render({ network: report({ host: host || "?", command }) });
        const [line = ""] = body.split("**Blocked:**\n")[1]?.split("\n") ?? [];
        expect(line).toMatch(/ \(3\)/);
        const quiet = render({ network: report({ host: "?", command: null }) }).body;
        expect(body.split("\n")).toHaveLength(quiet.split("\n").length);
        const outside = line.replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
        expect(outside).toMatch(/^-  \(3\)(?:, by )?$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a pull request", () => {
  it("says first what Porter knows, then what the agent says, as the agent's", () => {
    expect(
      render({
        checks: [
          { command: "npm test", exitCode: 0 },
          { command: "npm run `lint`", exitCode: null },
        ],
        notices: ["`package-lock.json` changed.", "`package-lock.json` changed."],
        heldBack: ["Held back: `.env`: holds settings that are often secret."],
        draftReasons: ["There are conflict markers in `a`."],
      }),
    ).toEqual({
      title: "Fix token refresh race",
      body: [
        "**This is a draft:**\n- There are conflict markers in `a`.",
        "2 files, +10 −3 · 6 m 12 s · $0.42 by the machine's count",
        "**Worth a look:**\n- `package-lock.json` changed.",
        "**Left out:**\n- Held back: `.env`: holds settings that are often secret.",
        "Closes #42",
        "<sub>Made by claude (opus) for octocat · [run](https://porter.test/tasks/1) · `task_0123456789abcdefghij`</sub>",
        "---",
        "**In claude's words**",
        "> Adds a single-flight lock in `src/auth/refresh.ts`.",
        "- claude says that it ran `npm test` (exit 0)\n- claude says that it ran `` npm run `lint` `` (did not end)",
      ].join("\n\n"),
    });
  });

  it("fills in the repository's template below that", () => {
    const { body } = render({ template: "## Why\n<!-- say it -->\n- [x] tested", summary: "# Why\n\nIt raced." });
    expect(body.split("\n\n---\n\n")[1]).toBe("## Why\n\n- [ ] tested\n\n**In claude's words**\n\n> It raced.");
  });

  it("has a title and a summary when the agent left none, and no figures that nobody counted", () => {
    const { title, body } = render({ title: " \n", summary: null, changed: null, tookMs: null, costUsd: null });
    expect(title).toBe("Login fails");
    expect(body.startsWith("Closes #42\n\n<sub>")).toBe(true);
    expect(body.endsWith("---\n\nclaude left no summary of its work.")).toBe(true);
    expect(render({ title: null, issueTitle: "" }).title).toBe("Resolve issue 42");
  });

  it("does not say the title again", () => {
    expect(render({ title: "Fix it", summary: "# Fix it\n\nBy a lock." }).body).toContain("words**\n\n> By a lock.");
  });

  it("holds back a patch in a fence that the patch cannot close, as it is or not at all", () => {
    const { body } = render({ heldBackPatch: "+```\n+</details>\n+````\n" });
    expect(body).toContain("`````diff\n+```\n+</details>\n+````\n`````\n\n</details>");
    for (const works of ["+# fixes #7", "+  if: contains(message, '[skip ci]')"])
      expect(render({ heldBackPatch: works }).body).toMatch(/workflows.* are on the \[run's page\]\(.*\)\.$/);
  });

  it("stays within what GitHub takes, and says what is cut", () => {
    const flood = "<@a #1 `".repeat(10_000);
    const many = Array.from({ length: 20 }, (_, at) => `${at} ${flood}`);
    const { body } = render({
      summary: flood,
      template: flood,
      notices: many,
      draftReasons: many,
      heldBack: many,
      checks: many.map((command) => ({ command, exitCode: 0 })),
      heldBackPatch: `${"`".repeat(500)}\n${"+line\n".repeat(10_000)}`,
    });
    expect(body.length).toBeLessThan(65_536);
    for (const said of [
      "Closes #42",
      "(cut; the whole patch is on the run's page)",
      "(cut; the rest is on the",
      "- and more, on",
    ])
      expect(body).toContain(said);
  });
});

/** What closes an issue in GitHub's eyes, in a text or in the commit that a squash makes of it. */
const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:(?:[\w.-]+\/[\w.-]+)?#\d+|gh-\d+|https?:\/\/\S+)/gi;
const MENTION = /(?<![A-Za-z0-9])@[a-z0-9]/i;

it("whatever the agent says, Porter's part is the same but for what it names, and closes its own issue alone", () => {
  const part = fc.constantFrom(
    "fixes #1",
    "Closes #42",
    "closes o/r#2 ",
    "https://github.com/o/r/issues/3",
    "@octocat",
    "[skip ci]",
    "`",
    "```\n",
    "<!--",
    "</sub>",
    "<details>",
    "\n\n---\n\n",
    "\n\n# Porter\n\n",
    "- [x] ",
    "![x](https://evil.test)",
    "[a]: b",
    "$",
    "|",
    "\n",
    " ",
    "\u202e",
    "words",
    "**Worth a look:**\n- nothing",
    "[^1]",
    "\n\n> ",
    "2 files, +10 −3",
  );
  const words = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(words, words, words, (summary, command, path) => {
      const sentence = `Held back: \`${path.replaceAll("`", "")}\`: is too large.`;
      const view = { summary, checks: [{ command, exitCode: 0 }], heldBack: [sentence], title: summary };
      const { title, body } = render(view);
      expect(body.match(CLOSING)).toEqual(["Closes #42"]);
      expect(`${title}${body}`).not.toMatch(/\[skip ci\]/);
      expect(title).not.toMatch(MENTION);
      const { children } = readTree(body);
      const end = children.findIndex(({ type }) => type === "thematicBreak");
      expect(children.slice(0, end).map(({ type }) => type)).toEqual([
        "paragraph",
        "paragraph",
        "list",
        "paragraph",
        "paragraph",
      ]);
      for (const { type } of children.slice(end + 1)) expect(["paragraph", "blockquote", "list"]).toContain(type);
      expect(children.filter(({ type }) => type === "list")).toHaveLength(2);
    }),
    { seed: 20261130, numRuns: 80 },
  );
}, 60_000);
