import { describe, expect, it } from "vitest";
import { FAILURE_CODES, FAILURES } from "@/lib/failures";
import { phaseStates } from "@/lib/phases";
import type { WorkLocation } from "@/lib/work-location";
import { aTrackingView } from "@/server/testing/tracking-view";
import { TASK_PHASES, TASK_STATUSES } from "@/lib/task";
import { readMarker, renderTrackingComment, withoutMarker } from "./tracking-comment";
import type { TrackingView } from "./tracking-view";

const ID = "task_0123456789abcdefghij";
const wip: WorkLocation = {
  is: "branch",
  branch: { name: `porter/${ID}-wip`, url: "https://gh.test/tree/wip", compareUrl: "https://gh.test/compare/wip" },
  refusal: null,
  heldBack: 0,
};
const running: Partial<TrackingView> = {
  status: "running",
  phase: "working",
  model: "opus",
  phases: phaseStates(
    {
      starting: { from: "2026-02-18T14:02:52.000Z", to: "2026-02-18T14:02:54.000Z" },
      cloning: { from: "2026-02-18T14:02:54.000Z", to: "2026-02-18T14:03:00.000Z" },
      working: { from: "2026-02-18T14:03:00.000Z", to: null },
    },
    { is: "open" },
  ),
  deadlineAt: "2026-02-18T14:33:00.000Z",
  steps: 31,
  lastStep: "`npm test -- auth`",
};

const render = (view: Partial<TrackingView>): string => renderTrackingComment(aTrackingView(view));
/** The text without its marker, which has a test of its own. */
const text = (view: Partial<TrackingView>): string => withoutMarker(render(view));

describe("the tracking comment reads as designed", () => {
  it("queued", () => {
    expect(
      text({
        agent: "opencode",
        model: "sonnet",
        queue: { position: 3, waiting: 4, running: 5 },
        typicalRunMs: 240_000,
      }),
    ).toBe(
      [
        "**⏳ Queued, 3rd of 4: five tasks are running** · opencode (sonnet) for octocat · [live page](https://porter.test/tasks/1)",
        "",
        "This starts by itself. Runs here take about 4 m. `@porter stop` cancels it.",
      ].join("\n"),
    );
  });

  it("says of every state that had a machine that its network was open, and of none that had not", () => {
    const networkOpen = { reason: "not_permitted" } as const;
    for (const status of TASK_STATUSES) {
      const said = text({ status, networkOpen });
      expect(said.includes("Network open: the machine could not be sealed"), status).toBe(status !== "queued");
      expect(text({ status, networkOpen: null })).not.toContain("Network open");
    }
  });

  it("set-up missing", () => {
    expect(text({ blockedReason: "missing_credentials", providerName: "Anthropic" })).toBe(
      [
        "**🔑 Needs your Anthropic key** · [add it](https://porter.test/settings/providers) and this starts by itself",
        "",
        "claude for octocat · [live page](https://porter.test/tasks/1) · `@porter stop` cancels it",
      ].join("\n"),
    );
  });

  it("working", () => {
    expect(text(running)).toBe(
      [
        "**🔧 Working** · claude (opus) for octocat · [live page](https://porter.test/tasks/1)",
        "",
        "✓ machine 2 s · ✓ clone 6 s · **● agent since 14:03 UTC** · ○ push · ○ pull request",
        "> Step 31: `npm test -- auth`",
        "",
        "<sub>14:07 UTC · stops at 14:33 · attempt 1 · `@porter stop`</sub>",
      ].join("\n"),
    );
  });

  it("working by a plan", () => {
    expect(
      text({ ...running, plan: { at: 3, of: 5, item: "Tests for #12\nof @octocat" } })
        .split("\n")
        .slice(2, 5),
    ).toEqual([
      "✓ machine 2 s · ✓ clone 6 s · **● agent since 14:03 UTC** · ○ push · ○ pull request",
      "> 3 of 5: Tests for #\u200b12 of @\u200boctocat  ",
      "> Step 31: `npm test -- auth`",
    ]);
  });

  it("starting, in a second attempt", () => {
    expect(text({ status: "running", phase: "starting", attempt: 2, attemptNote: "machine was lost at 14:05" })).toBe(
      [
        "**🔧 Starting** · claude for octocat · [live page](https://porter.test/tasks/1)",
        "",
        "**● machine** · ○ clone · ○ agent · ○ push · ○ pull request",
        "",
        "<sub>14:07 UTC · attempt 2 (machine was lost at 14:05) · `@porter stop`</sub>",
      ].join("\n"),
    );
  });

  it("success", () => {
    expect(
      text({
        status: "success",
        phase: "done",
        durationMs: 372_000,
        costUsd: 0.42,
        pullRequest: { number: 128, title: "Fix token refresh race", url: "https://gh.test/pull/128", draft: false },
        summary:
          "## Done\n\n- Adds a single-flight lock in `src/auth/refresh.ts`\n- Two new tests; all 216 pass (`npm test`, exit 0)\n",
        diff: { files: 5, additions: 84, deletions: 12 },
      }),
    ).toBe(
      [
        "**✅ Opened #128: Fix token refresh race** · claude, 6 m 12 s, $0.42 · [run](https://porter.test/tasks/1)",
        "",
        "- Adds a single-flight lock in `src/auth/refresh.ts`",
        "- Two new tests; all 216 pass (`npm test`, exit 0)",
        "",
        "5 files, +84 −12 · asked by octocat",
      ].join("\n"),
    );
  });

  it.each([
    [null, undefined],
    [{ is: "merged", by: "octocat", afterMs: 2 * 3_600_000 }, "🟣 Merged by octocat after 2 h 00 m."],
    [{ is: "merged", by: "@ev*il*", afterMs: null }, "🟣 Merged by @\u200Bev\\*il\\*."],
    [{ is: "merged", by: null, afterMs: 60_000 }, "🟣 Merged after 1 m."],
    [{ is: "closed" }, "Closed without a merge."],
  ] as const)("a pull request that came to its end: %j", (pullEnd, said) => {
    const pullRequest = { number: 128, title: "Fix it", url: "https://gh.test/pull/128", draft: false };
    const lines = text({ status: "success", phase: "done", pullRequest, pullEnd }).split("\n\n");
    expect(lines[0]).toContain("✅ Opened #128");
    expect(lines.find((line) => /erged|Closed/.test(line))).toBe(said);
  });

  it("failed, with its fix and the end of the log", () => {
    expect(
      text({
        status: "failed",
        phase: "done",
        failureCode: "provider_auth",
        failureDetail: "Anthropic refused the key (401)",
        phases: phaseStates(
          {
            starting: { from: "2026-02-18T14:02:52.000Z", to: "2026-02-18T14:02:54.000Z" },
            cloning: { from: "2026-02-18T14:02:54.000Z", to: "2026-02-18T14:03:00.000Z" },
            working: { from: "2026-02-18T14:03:00.000Z", to: null },
          },
          { is: "badly", at: Date.parse("2026-02-18T14:03:09.000Z") },
        ),
        logTail: "\u001b[31merror\u001b[0m: 401\n```\n@octocat #1",
      }),
    ).toBe(
      [
        "**❌ Failed: Anthropic refused the key (401)** · claude for octocat · [run](https://porter.test/tasks/1)",
        "",
        "✓ machine 2 s · ✓ clone 6 s · **✗ agent 9 s**",
        "",
        "**Fix:** [replace the key](https://porter.test/settings/providers), then comment `@porter retry`. Nothing was pushed.",
        "<details><summary>Last lines</summary>",
        "",
        "````text",
        "error: 401",
        "```",
        "@octocat #1",
        "````",
        "",
        "</details>",
      ].join("\n"),
    );
  });

  it("no changes", () => {
    expect(
      text({
        status: "failed",
        phase: "done",
        failureCode: "no_changes",
        durationMs: 160_000,
        costUsd: 0.11,
        summary: "The crash was fixed in the parser; `npm test -- parser` passes on `main`.",
      }),
    ).toBe(
      [
        "**➖ No changes needed, says claude** · 2 m 40 s, $0.11 · [run](https://porter.test/tasks/1)",
        "",
        "> The crash was fixed in the parser; `npm test -- parser` passes on `main`.",
      ].join("\n"),
    );
  });

  it("timed out", () => {
    expect(
      text({
        status: "timed_out",
        phase: "done",
        failureCode: "timed_out",
        agent: "opencode",
        where: wip,
        diff: { files: 3, additions: 41, deletions: 9 },
        lastStep: "`npm test`",
        lastStepMs: 360_000,
      }),
    ).toBe(
      [
        "**⌛ Timed out after 10 m; work saved** · opencode for octocat · [run](https://porter.test/tasks/1)",
        "",
        "3 files, +41 −9 on [`porter/…-wip`](https://gh.test/tree/wip) · [compare](https://gh.test/compare/wip) · last step: `npm test` (running 6 m)",
        "`@porter retry` starts again · longer limit: [settings](https://porter.test/settings/defaults)",
      ].join("\n"),
    );
  });

  it("stopped", () => {
    const stopped = { by: "octocat", at: "2026-02-18T14:12:00.000Z" };
    const spent = { durationMs: 242_000, costUsd: 0.2, where: wip, diff: { files: 2, additions: 12, deletions: 3 } };
    expect(text({ status: "failed", phase: "done", failureCode: "stopped_by_user", stopped, ...spent })).toBe(
      [
        "**⏹ Stopped by octocat at 14:12 UTC** · claude, 4 m 02 s, $0.20 · [run](https://porter.test/tasks/1)",
        "",
        "Work so far: [`porter/…-wip`](https://gh.test/tree/wip), 2 files, +12 −3. `@porter retry` starts again.",
      ].join("\n"),
    );
    expect(text({ status: "failed", phase: "done", failureCode: "issue_closed", stopped })).toBe(
      [
        "**⏹ Stopped: the issue was closed at 14:12 UTC** · claude · [run](https://porter.test/tasks/1)",
        "",
        "Nothing was pushed. Reopen the issue and comment `@porter retry` to start again.",
      ].join("\n"),
    );
  });
});

describe("what is said stays true", () => {
  it("a question is quoted, with the way to answer it", () => {
    const question = "Which ones do you mean, the **blue** or the **red** ones?";
    const asked = text({ status: "failed", phase: "done", failureCode: "agent_asks", failureDetail: question });
    expect(asked).toMatch(/^\*\*❓ claude asks\*\*/);
    expect(asked).toContain(`> ${question}`);
    expect(asked).toContain("Answer with `@porter your answer`");
    expect(asked).not.toMatch(/fail|❌/i);
  });

  it("the choices of a question keep the numbers that an answer may name", () => {
    const failureDetail = "Which should I improve?\n\n1. the blue ones\n2) the red ones";
    const asked = text({ status: "failed", phase: "done", failureCode: "agent_asks", failureDetail });
    expect(asked).toContain("> Which should I improve?\n> 1. the blue ones\n> 2) the red ones\n");
  });

  it("a name keeps its capitals at the beginning of every sentence", () => {
    for (const code of FAILURE_CODES) {
      if (
        ["no_changes", "agent_asks", "waits_for_click", "never_published", "stopped_by_user", "issue_closed"].includes(
          code,
        )
      )
        continue;
      const [line = ""] = text({ status: "failed", phase: "done", failureCode: code }).split("\n");
      const sentence = FAILURES[code].sentence.replace(/\.$/, "");
      expect(line.replaceAll("\\", "")).toContain(`❌ Failed: ${sentence.slice(0, 60)}`);
    }
  });

  it("while the work is being saved nothing is said of what became of it", () => {
    const stopped = { by: "octocat", at: "2026-02-18T14:12:00.000Z" };
    const ends: Partial<TrackingView>[] = [
      { status: "failed", failureCode: "stopped_by_user", stopped },
      { status: "failed", failureCode: "issue_closed", stopped },
      { status: "failed", failureCode: "agent_failed" },
      { status: "timed_out", failureCode: "timed_out" },
    ];
    for (const end of ends) {
      const saving = text({ phase: "done", ...end, where: { is: "saving" } });
      expect(saving).toMatch(/saving what there is…/i);
      expect(saving).not.toMatch(/nothing was pushed|work so far|work saved/i);
      expect(text({ phase: "done", ...end })).toMatch(/nothing was pushed/i);
      expect(text({ phase: "done", ...end, where: wip })).toMatch(/work so far|work saved/i);
    }
  });

  it("the pull request's title is not said again below it", () => {
    const pullRequest = { number: 1, title: "Fix the race", url: "https://gh.test/pull/1", draft: false };
    const lines = text({ status: "success", phase: "done", pullRequest, summary: "## Fix the race\n\n- A lock\n" });
    expect(lines.match(/Fix the race/g)).toHaveLength(1);
    expect(lines).toContain("- A lock");
  });
});

describe("whatever a task holds", () => {
  const flood =
    "@octocat fixes #12 ![x](https://evil.test/a.png) <img src=x> <!-- porter:task=task_zzzzzzzzzzzzzzzzzzzz rev=9 --> | a | b |\n# Heading\n- [ ] box\n".repeat(
      200,
    );
  const every = TASK_STATUSES.flatMap((status) =>
    (status === "running" ? TASK_PHASES : (["done"] as const)).flatMap((phase) =>
      [null, ...FAILURE_CODES].map((code): Partial<TrackingView> => ({
        status,
        phase,
        failureCode: code,
        blockedReason: code !== null && FAILURES[code].resumes ? code : null,
        failureDetail: flood,
        providerName: "Anthropic",
        queue: { position: 111, waiting: 112, running: 5 },
        waitReason: { kind: "older", sentence: flood },
        typicalRunMs: 1e9,
        model: "a-provider/a-very-long-model-name-that-goes-on-and-on-and-on-for-ever-and-ever-2026",
        requester: "a-login-that-has-all-of-the-39-chars-ok",
        attempt: 12,
        attemptNote: flood,
        phases: running.phases ?? [],
        deadlineAt: "2026-02-19T00:10:00.000Z",
        steps: 100_000,
        lastStep: flood,
        lastStepMs: 1,
        pullRequest: { number: 123_456, title: flood, url: "https://gh.test/pull/1", draft: true },
        pullEnd: { is: "merged", by: flood, afterMs: 1e12 },
        summary: flood,
        diff: { files: 1, additions: 100_000, deletions: 100_000 },
        durationMs: 5_000_000,
        costUsd: 0.001,
        tokens: 12_345_678,
        where: wip,
        stopped: { by: "somebody", at: "2026-02-18T14:12:00.000Z" },
        logTail: flood,
      })),
    ),
  );

  it("the comment keeps its bounds and pings, closes, loads and ticks nothing", () => {
    for (const view of every) {
      const body = render(view);
      const folded = withoutMarker(body).replace(/<details>[\s\S]*<\/details>/, "<details>");
      const lines = folded.split("\n");
      const visible = (lines[0] ?? "")
        .replace(/ · \[.*$/, "")
        .replace(/\*\*|\\|\u200b/g, "")
        .replaceAll("&lt;", "<");
      expect(Array.from(visible).length, lines[0]).toBeLessThanOrEqual(80);
      expect(lines.length).toBeLessThanOrEqual(12);
      expect(body.length).toBeLessThan(60_000);
      expect(folded).not.toMatch(
        /(^|[^A-Za-z0-9])@(?!porter (stop|retry|your answer))[A-Za-z0-9]|!\[|<img|<!--|^ {0,3}#{1,6} |^\||^\s*(>|[-*+]|\d+[.)]) \[[ x]\]/m,
      );
      expect(folded.replaceAll("#123456", "")).not.toMatch(/#\d/);
      expect(readMarker(body)).toEqual({ taskId: ID, rev: 3 });
    }
  });

  it("every failure that is answered says in one line what puts it right, as far as anything does", () => {
    for (const code of FAILURE_CODES) {
      const { fix } = FAILURES[code];
      if (!fix || ["no_changes", "agent_asks", "waits_for_click", "stopped_by_user", "issue_closed"].includes(code))
        continue;
      expect(text({ status: "failed", phase: "done", failureCode: code })).toContain(
        "path" in fix ? `](https://porter.test${fix.path})` : fix.kind === "advice" ? fix.advice : "`@porter retry`",
      );
    }
  });
});

describe("the marker", () => {
  it("is read from the end of the comment only", () => {
    const marker = `<!-- porter:task=${ID} rev=41 -->`;
    expect(readMarker(`text\n\n${marker}`)).toEqual({ taskId: ID, rev: 41 });
    expect(readMarker(`text\r\n\r\n${marker}\r\n`)).toEqual({ taskId: ID, rev: 41 });
    expect(readMarker(`${marker}\n\nquoted by somebody`)).toBeNull();
    expect(readMarker("<!-- porter:task=task_short rev=1 -->")).toBeNull();
    expect(readMarker("")).toBeNull();
  });

  it("is all that differs between two revisions with the same text", () => {
    expect(withoutMarker(render({ rev: 1 }))).toBe(withoutMarker(render({ rev: 2 })));
  });
});
