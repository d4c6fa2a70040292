import { describe, expect, it } from "vitest";
import { CODE, readRegions } from "@/lib/markdown/regions";
import { renderPullRequest, type PullRequestView } from "./pull-request";

const base: PullRequestView = {
  taskId: "task_0123456789abcdefghij",
  issueNumber: 42,
  issueTitle: "Login fails",
  agent: "claude",
  model: "opus",
  requester: "octocat",
  runUrl: "https://porter.test/tasks/1",
  title: "Fix token refresh race",
  summary: "Adds a single-flight lock in `src/auth/refresh.ts`.",
  checks: [],
  draftReasons: [],
  notices: [],
  heldBackPatch: null,
};
const render = (view: Partial<PullRequestView>) => renderPullRequest({ ...base, ...view });

describe("a pull request", () => {
  it("says what was done, how it was checked, what it closes, who made it and where", () => {
    expect(
      render({
        checks: [
          { command: "npm test", exitCode: 0 },
          { command: "npm run `lint`", exitCode: null },
        ],
      }),
    ).toEqual({
      title: "Fix token refresh race",
      body: [
        "Adds a single-flight lock in `src/auth/refresh.ts`.",
        "",
        "**Checked with**",
        "- `npm test`, exit 0",
        "- `` npm run `lint` ``, did not end",
        "",
        "Closes #42",
        "",
        "<sub>Made by claude (opus) for octocat · [run](https://porter.test/tasks/1) · `task_0123456789abcdefghij`</sub>",
      ].join("\n"),
    });
  });

  it("says first why it is a draft, and what to look at", () => {
    const { body } = render({
      draftReasons: ["Workflow changes are held back."],
      notices: ["`package-lock.json` changed."],
    });
    expect(body.startsWith("**This is a draft:**\n- Workflow changes are held back.\n\nAdds a single-flight")).toBe(
      true,
    );
    expect(body).toContain("**Worth a look**\n- `package-lock.json` changed.\n\nCloses #42");
  });

  it("has a title and a summary when the agent left none", () => {
    expect(render({ title: " \n", summary: null })).toMatchObject({
      title: "Login fails",
      body: expect.stringMatching(/^claude left no summary/),
    });
    expect(render({ title: null, issueTitle: "" }).title).toBe("Resolve issue 42");
  });

  it("holds back a patch in a fence that the patch cannot close", () => {
    const { body } = render({ heldBackPatch: "+```\n+</details>\n+````\n" });
    expect(body).toContain("`````diff\n+```\n+</details>\n+````\n`````\n\n</details>");
  });

  it("closes only its own issue and pings nobody, whatever the agent wrote", () => {
    const evil =
      "Fixes #1, closes o/r#2 and https://github.com/o/r/issues/3 cc @octocat ![x](https://evil.test) <!-- x\n```\nopen";
    const { title, body } = render({
      title: evil,
      summary: evil,
      notices: [evil],
      draftReasons: [evil],
      checks: [{ command: evil, exitCode: 1 }],
    });
    const { marks } = readRegions(body);
    const prose = Array.from({ length: body.length }, (_, at) =>
      ((marks[at] ?? 0) & CODE) === 0 ? (body[at] ?? "") : "",
    ).join("");
    expect(prose.match(/#\d+/g)).toEqual(["#42"]);
    expect(prose).not.toMatch(/@octocat|!\[|<!--|github\.com\/o\/r\/issues\/3(?!.)/);
    expect(title).not.toMatch(/#\d|@o/);
    expect(title.length).toBeLessThan(256);
  });

  it("stays within what GitHub takes", () => {
    const flood = "<@a #1 `".repeat(10_000);
    const many = Array.from({ length: 20 }, () => flood);
    const { body } = render({
      summary: flood,
      notices: many,
      draftReasons: many,
      checks: many.map((command) => ({ command, exitCode: 0 })),
      heldBackPatch: `${"`".repeat(500)}\n${"+line\n".repeat(10_000)}`,
    });
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain("Closes #42");
    expect(body).toContain("… (cut; the whole patch is on the run's page)");
  });
});
