import { describe, expect, it } from "vitest";
import { FLAG_NAMES, MISTAKE_CODES } from "@/lib/commands/command";
import { stateOf } from "@/lib/task-state";
import { parseComment } from "@/lib/commands/parse";
import { FAILURE_CODES } from "@/lib/failures";
import * as replies from "./replies";
import { readReplyMarker, withReplyMarker } from "./reply-marker";

const context = { publicUrl: "https://porter.test", mention: "porter" };
const task = { id: "task_0123456789abcdefghij", agent: "claude", runUrl: "https://porter.test/tasks/1" } as const;
const other = {
  ...task,
  id: "task_zyxwvutsrqponmlkjihg",
  runUrl: "https://porter.test/tasks/2",
  requester: "octocat",
} as const;

function mistakeIn(comment: string): string {
  const [found] = parseComment(comment, { mentions: ["porter"] });
  if (found?.kind !== "mistake") throw new Error(`no mistake in ${comment}`);
  return replies.mistakeReply(found);
}

describe("a mistake is answered with what was meant and the right form", () => {
  it.each([
    [
      "@porter cluade fix it",
      "Porter knows no agent `cluade`. Nothing was started. Did you mean `claude`? Write `@porter claude fix it`, or `@porter -- cluade fix it` if these words are instructions.",
    ],
    [
      "@porter gemini fix it",
      "Porter does not run `gemini`; it runs opencode, claude, codex, amp. Nothing was started. Write `@porter opencode fix it`, or `@porter -- gemini fix it` if these words are instructions.",
    ],
    [
      "@porter --prioritty=high fix",
      "Porter knows no flag `--prioritty`. Nothing was started. Did you mean `--priority`? Write `@porter --priority=high fix`.",
    ],
    [
      "@porter --priority=hihg fix",
      "`--priority=hihg` has a value that Porter cannot use. Nothing was started. Did you mean `high`? Write `@porter --priority=high fix`.",
    ],
    [
      "@porter --model",
      "`--model` has no value. Nothing was started. Write `@porter [opencode|claude|codex|amp] [--priority=low|normal|high] [--model=name] [--base=branch] [--machine=small|medium|large] [--budget=dollars] [instructions]`.",
    ],
    [
      "@porter stpo",
      "Porter knows no command `stpo`. Nothing was started. Did you mean `stop`? Write `@porter stop`, or `@porter -- stpo` if these words are instructions.",
    ],
  ])("%j", (comment, reply) => {
    expect(mistakeIn(comment)).toBe(reply);
  });

  it("keeps what a person typed inside code, where it pings nobody", () => {
    expect(mistakeIn("@porter --x`@octocat`#1 <!-- --> ![a](b)")).toMatch(/^Porter knows no flag `--x`/);
    for (const code of MISTAKE_CODES) {
      const reply = replies.mistakeReply({
        kind: "mistake",
        code,
        what: "a`@octocat #1",
        suggestion: null,
        correctForm: "x",
        asInstructions: null,
      });
      expect(reply.replace(/``[^`]*`[^`]*``/g, "")).not.toContain("@octocat");
    }
  });
});

describe("a refusal names its fix", () => {
  it("with a deep link", () => {
    expect(replies.refusalReply("missing_account", context)).toBe(
      "You have no Porter account yet. [Sign in](https://porter.test/start), and this starts by itself.",
    );
    expect(replies.refusalReply("repository_not_selected", context)).toBe(
      "This repository is not among the ones you selected in Porter. [Select it](https://porter.test/settings/repositories), then comment again.",
    );
  });

  it("for every code in one line", () => {
    for (const code of FAILURE_CODES) expect(replies.refusalReply(code, context)).toMatch(/^[A-Z].*\.$/);
  });
});

describe("the short answers", () => {
  it("help has the whole language in it", () => {
    const help = replies.helpReply(context);
    for (const word of [
      "opencode, claude, codex, amp",
      ...FLAG_NAMES.map((name) => `--${name}=`),
      "`@porter stop`",
      "`@porter retry`",
      "`@porter status`",
      "`@porter setup`",
      "https://porter.test",
    ])
      expect(help).toContain(word);
    const lines = help.split("\n");
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line.length).toBeLessThan(120);
    const examples = lines.filter((line) => /^`@porter [^`]+`$/.test(line)).map((line) => line.slice(1, -1));
    expect(examples.map((example) => parseComment(example, { mentions: ["porter"] }))).toMatchObject([
      [{ kind: "start", agent: null }],
      [{ kind: "start", agent: "claude", base: "develop" }],
    ]);
  });

  it("status lists the issue's tasks, ten at most", () => {
    const running = {
      ...task,
      status: "running",
      failureCode: null,
      blockedReason: null,
      phase: "working",
      requester: "octocat",
    } as const;
    expect(replies.statusReply([running], context)).toBe(
      "- 🔧 working: [claude task_01234567…](https://porter.test/tasks/1) for octocat",
    );
    expect(
      replies
        .statusReply(
          Array.from({ length: 12 }, () => running),
          context,
        )
        .split("\n")
        .at(-1),
    ).toBe("- and 2 older");
    expect(replies.statusReply([], context)).toContain("`@porter opencode`");
  });

  it("status says of each task how it stands, and of none that was stopped or asks that it failed", () => {
    const line = (of: Partial<replies.TaskLine>) => {
      const known = { status: "failed", failureCode: null, blockedReason: null, phase: "working" } as const;
      return replies.statusReply([{ ...task, ...known, requester: "octocat", ...of }], context).split(":")[0];
    };
    expect(line({ status: "queued" })).toBe("- ⏳ queued");
    expect(line({ status: "queued", blockedReason: "provider_credit" })).toBe("- 🔑 needs its requester");
    expect(line({ status: "success" })).toBe("- ✅ done");
    expect(line({ status: "timed_out" })).toBe("- ⌛ timed out");
    for (const failureCode of FAILURE_CODES) {
      const isFailure = stateOf({ status: "failed", failureCode }) === "failed";
      expect([failureCode, line({ failureCode })?.includes("failed")]).toEqual([failureCode, isFailure]);
    }
    expect(line({ failureCode: "no_changes" })).toBe("- ➖ no changes");
    expect(line({ failureCode: "agent_asks" })).toBe("- ❓ asks a question");
    for (const code of ["stopped_by_user", "issue_closed"] as const)
      expect(line({ failureCode: code })).toBe("- ⏹ stopped");
  });

  it("stop, retry and the rest are one line each", () => {
    const lines = [
      replies.pullRequestReply(context),
      replies.nothingToStopReply(null),
      replies.nothingToStopReply(task.id),
      replies.nothingToRetryReply(null),
      replies.nothingToRetryReply(task.id),
      replies.retriedReply(task, 2),
      replies.newTaskForRetryReply(task, other),
      replies.retriedForYouReply(task, other),
      replies.alreadySucceededReply(task),
      replies.stillRunningReply(task),
    ];
    for (const line of lines) expect(line).toMatch(/^[^\n]+\.$/);
    expect(replies.retriedForYouReply(task, other)).toBe(
      "Queued [claude task_01234567…](https://porter.test/tasks/1) for you, with your keys; [claude task_zyxwvuts…](https://porter.test/tasks/2) stays as octocat left it.",
    );
  });

  it("words that may be meant for what runs are asked back, with each way on", () => {
    const command = { agent: "claude", instructions: "add `a` test" } as const;
    expect(replies.askReply([task], { command, mention: "porter-dev" })).toBe(
      "[claude task_01234567…](https://porter.test/tasks/1) has not ended on this issue, so nothing was started or changed. " +
        "For another task beside it write ``@porter-dev claude -- add `a` test``; `@porter-dev stop` ends what there is.",
    );
    const long = { agent: null, instructions: "a\nb" } as const;
    expect(replies.askReply([task, other], { command: long, mention: "porter" })).toContain(
      "and 1 more have not ended",
    );
    expect(replies.askReply([task], { command: long, mention: "porter" })).toContain("`@porter -- …`");
    expect(replies.talkReply({ agent: null, instructions: "thanks" }, context)).toBe(
      "Nothing was started: these words ask for no work. If they do, write `@porter -- thanks`.",
    );
  });

  it("answer no command of their own: no reply reads as a mention", () => {
    const all = [
      replies.helpReply(context),
      replies.statusReply([], context),
      replies.pullRequestReply(context),
      mistakeIn("@porter cluade fix"),
      mistakeIn("> a\n@porter claude fix"),
      mistakeIn("@porter's fix"),
      replies.askReply([task], { command: { agent: null, instructions: "fix" }, mention: "porter" }),
      replies.talkReply({ agent: null, instructions: "thanks" }, context),
    ];
    for (const reply of all) expect(parseComment(reply, { mentions: ["porter"] })).toEqual([]);
  });

  it("are found again by their hidden marker, at the end only", () => {
    const body = withReplyMarker("text", { commentId: 3_000_000_001, index: 7 });
    expect(readReplyMarker(body)).toEqual({ commentId: 3_000_000_001, index: 7 });
    expect(readReplyMarker(`${body}\nmore`)).toBeNull();
  });
});
