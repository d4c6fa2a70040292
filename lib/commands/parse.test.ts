import { describe, expect, it } from "vitest";
import { UNSUPPORTED_AGENTS } from "../agents.ts";
import { MAX_COMMANDS, type ParsedMention } from "./command.ts";
import { parseComment } from "./parse.ts";

const parse = (body: string): ParsedMention[] => parseComment(body, { mentions: ["porter"] });

/** One line a command, for tables: `claude high: fix it`, `stop`, `mistake unknown_verb stop`. */
function brief(found: ParsedMention): string {
  switch (found.kind) {
    case "start": {
      const flags = [found.priority, found.model, found.base, found.machine, found.budget].filter(
        (value) => value !== null,
      );
      return `${[found.agent ?? "default", ...flags].join(" ")}: ${found.instructions}`;
    }
    case "mistake":
      return `mistake ${found.code} ${found.suggestion ?? "-"}`;
    case "help":
    case "setup":
      return found.kind;
    case "talk":
      return `talk ${found.about}`;
    case "retry":
      return ["retry", found.agent, found.priority, found.taskId, found.instructions].filter(Boolean).join(" ");
    case "status":
    case "stop":
      return [found.kind, found.agent, found.taskId].filter(Boolean).join(" ");
  }
}
const briefs = (body: string): string[] => parse(body).map(brief);
const TASK = "task_0123456789abcdefghij";

describe("the plain commands are read", () => {
  it.each([
    ["@porter opencode", "opencode: "],
    ["@porter claude", "claude: "],
    ["@porter amp", "amp: "],
    ["@porter claude-code fix", "claude: fix"],
    ["@porter opencode --priority=high fix flaky test runner", "opencode high: fix flaky test runner"],
    ["@porter --priority=low clean up docs typos", "default low: clean up docs typos"],
    ["@porter", "default: "],
    ["@porter\nfix it", "default: fix it"],
    ["@Porter CLAUDE --Priority=HIGH Fix It", "claude high: Fix It"],
    ["   @porter claude", "claude: "],
    ["@porter, claude: fix", "claude: fix"],
    ["@porter: fix it", "default: fix it"],
    [
      "@porter --priority high --model anthropic/claude-sonnet-4-5 --base release/1.x go",
      "default high anthropic/claude-sonnet-4-5 release/1.x: go",
    ],
    ["@porter --model=\"sonnet[1m]\" --base 'dev' go", "default sonnet[1m] dev: go"],
    ["@porter --priority=low claude go", "claude low: go"],
    ["@porter claude -- --priority=high is ignored", "claude: --priority=high is ignored"],
    ["@porter claude fix --priority=high", "claude: fix --priority=high"],
    ["@porter —priority=high fix", "default high: fix"],
    ["@porter –base main fix", "default main: fix"],
    ["@porter claude --machine=large fix", "claude large: fix"],
    ["@porter --machine Medium", "default medium: "],
    ["@porter claude --budget=2 fix", "claude 2: fix"],
    ["@porter --budget=$2.50 fix", "default 2.5: fix"],
    ["@porter --budget 10$", "default 10: "],
    ["@porter --budget=“$3” fix", "default 3: fix"],
    ["@porter --budget=＄２ fix", "default 2: fix"],
    ["@porter claude <!-- note --> --priority=low go", "claude low: go"],
    ["@porter claude\u00a0fix", "claude: fix"],
    ["@porter 修复 🐛 please", "default: 修复 🐛 please"],
    ["@porter claude opencode is broken", "claude: opencode is broken"],
    ["@porter - fix this", "default: - fix this"],
    ["@porter — fix this", "default: — fix this"],
    ["@porter -v prints nothing", "default: -v prints nothing"],
  ])("%j is %j", (body, expected) => {
    expect(briefs(body)).toEqual([expected]);
  });
});

describe("a mention counts where it stands alone", () => {
  it.each([
    "thanks @porter for this",
    "thanks @porter",
    "mail foo@porter claude",
    "mail me@porter.dev",
    "@porter-bot claude",
    "@porterx claude",
    "@porter.claude",
    "@porter/team claude",
    "x@porter claude",
    "https://example.com/@porter claude",
    "https://example.com/?to=@porter claude",
    '"@porter claude"',
    "`@porter claude`",
    "``@porter ` claude``",
    "```\n@porter claude\n```",
    "~~~\n@porter claude",
    "- list\n  ```\n  @porter claude\n  ```",
    "    @porter claude",
    "> @porter claude",
    "<!-- @porter claude -->",
    "<!--\n@porter claude\n",
    "text <!-- @porter claude",
    "<pre>\n@porter claude\n</pre>",
    "please ask @porter to help",
    "tell @porter cluade",
    "",
  ])("%j starts nothing and is not answered", (body) => {
    expect(parse(body)).toEqual([]);
  });

  it.each([
    ["please @porter claude fix it", "claude: fix it"],
    ["(@porter opencode fix it", "opencode: fix it"],
    ["could you @porter retry", "retry"],
    ["- @porter amp go", "amp: go"],
    ["text\n    @porter claude go", "claude: go"],
    ["hey @porter gemini fix", "mistake unsupported_agent -"],
    ["hey @porter claude --priorty=high fix", "mistake unknown_flag --priority"],
  ])("%j, inside a line, is %j", (body, expected) => {
    expect(briefs(body)).toEqual([expected]);
  });
});

describe("a verb counts only when nothing else follows", () => {
  it.each([
    ["@porter help", "help"],
    ["@porter help!", "help"],
    ["@porter STATUS", "status"],
    ["@porter stop", "stop"],
    ["@porter stop.", "stop"],
    ["@porter stop claude", "stop claude"],
    [`@porter stop ${TASK}`, `stop ${TASK}`],
    [`@porter status ${TASK.toUpperCase()}`.replace("TASK_", "task_"), `status ${TASK}`],
    ["@porter stop <!-- why -->", "stop"],
    ["@porter retry amp --priority=high", "retry amp high"],
    ["@porter claude retry", "retry claude"],
    ["@porter --priority=high retry", "retry high"],
    ["@porter retry\n\nuse the other approach", "retry use the other approach"],
    ["@porter retry -- use the other approach", "retry use the other approach"],
    ["@porter stop\n\nSorry, wrong issue.", "stop"],
    ["@porter stop using moment", "default: stop using moment"],
    ["@porter help me fix this", "default: help me fix this"],
    ["@porter retry use the other approach", "default: retry use the other approach"],
    ["@porter claude stop using moment", "claude: stop using moment"],
    ["@porter stop --force quitting the app", "default: stop --force quitting the app"],
    ["@porter stop task_runner from hanging", "default: stop task_runner from hanging"],
    ["@porter stop task_abc", "mistake bad_task_id -"],
    ["@porter stop --force", "mistake unknown_flag -"],
    ["@porter -- stop", "default: stop"],
  ])("%j is %j", (body, expected) => {
    expect(briefs(body)).toEqual([expected]);
  });
});

describe("a misspelling is answered, an ordinary word is not", () => {
  it.each([
    ["@porter opencod fix", "opencode"],
    ["@porter opncode fix", "opencode"],
    ["@porter open-code fix", "opencode"],
    ["@porter cluade fix", "claude"],
    ["@porter claud fix", "claude"],
    ["@porter claudee fix", "claude"],
    ["@porter claude_code fix", "claude-code"],
    ["@porter ampp fix", "amp"],
  ])("%j meant the agent %s", (body, agent) => {
    expect(briefs(body)).toEqual([`mistake unknown_agent ${agent}`]);
  });

  it.each([
    ["@porter stpo", "stop"],
    ["@porter retyr", "retry"],
    ["@porter hlep", "help"],
    ["@porter staus", "status"],
    ["@porter claude retyr", "retry"],
    [`@porter sotp ${TASK}`, "stop"],
    ["@porter step", "stop"],
    ["@porter try", "retry"],
  ])("%j, alone on its line, meant the verb %s", (body, verb) => {
    expect(briefs(body)).toEqual([`mistake unknown_verb ${verb}`]);
  });

  it.each([
    ["@porter --prioritty=high fix", "unknown_flag --priority", "@porter --priority=high fix"],
    ["@porter --priority:high fix", "unknown_flag --priority", "@porter --priority=high fix"],
    ["@porter -priority=high fix", "unknown_flag --priority", "@porter --priority=high fix"],
    ["@porter priority=high fix", "unknown_flag --priority", "@porter --priority=high fix"],
    ["@porter —prioriti=high fix", "unknown_flag --priority", "@porter --priority=high fix"],
    ["@porter --agent=claude fix", "unknown_flag claude", "@porter claude fix"],
    ["@porter --claude fix", "unknown_flag claude", "@porter claude fix"],
    ["@porter --help", "unknown_flag help", "@porter help"],
    ["@porter --priorty=high fix", "unknown_flag --priority", "@porter --priority=high fix"],
    ["@porter --priority=hihg fix", "bad_flag_value high", "@porter --priority=high fix"],
    ["@porter --priority=low --priority=high fix", "duplicate_flag -", "@porter --priority=low fix"],
  ])("%j is answered with the right form", (body, expected, correctForm) => {
    const [found] = parse(body);
    expect(found && brief(found)).toBe(`mistake ${expected}`);
    expect(found?.kind === "mistake" && found.correctForm).toBe(correctForm);
  });

  it.each([
    ["@porter --foo fix", "unknown_flag"],
    ["@porter --priority=urgent fix", "bad_flag_value"],
    ["@porter --priority", "missing_flag_value"],
    ["@porter --priority= fix", "missing_flag_value"],
    ["@porter --priority --model=x fix", "missing_flag_value"],
    ["@porter --model=\u0007x fix", "bad_flag_value"],
    ["@porter --model=a;b fix", "bad_flag_value"],
    ["@porter --model='a b' fix", "bad_flag_value"],
    [`@porter --model=${"m".repeat(129)} fix`, "bad_flag_value"],
    ["@porter --machine=huge fix", "bad_flag_value"],
    ["@porter --budget=0 fix", "bad_flag_value"],
    ["@porter --budget=-2 fix", "bad_flag_value"],
    ["@porter --budget=2,50 fix", "bad_flag_value"],
    ["@porter --budget=2.505 fix", "bad_flag_value"],
    ["@porter --budget=1e3 fix", "bad_flag_value"],
    ["@porter --budget=99999 fix", "bad_flag_value"],
    ["@porter --budget=€2 fix", "bad_flag_value"],
    ["@porter --budget=$ fix", "bad_flag_value"],
    ["@porter --budget=lots fix", "bad_flag_value"],
    ["@porter --budget", "missing_flag_value"],
    ["@porter --machine fix", "bad_flag_value"],
    ["@porter --base=-x fix", "bad_flag_value"],
    ["@porter --base=a..b fix", "bad_flag_value"],
    ["@porter --base=a.lock fix", "bad_flag_value"],
    ["@porter --base=/a fix", "bad_flag_value"],
    ["@porter --base=a//b fix", "bad_flag_value"],
    ["@porter --base=a@{1} fix", "bad_flag_value"],
    ["@porter --base=a~1 fix", "bad_flag_value"],
    ["@porter --base=a\u202eb fix", "bad_flag_value"],
    ["@porter --base=a\u0000b fix", "bad_flag_value"],
  ])("%j is the mistake %s with the general form", (body, code) => {
    const [found] = parse(body);
    expect(found).toMatchObject({
      kind: "mistake",
      code,
      suggestion: null,
      correctForm: expect.stringContaining("--priority=low|normal|high"),
    });
  });

  it.each([
    "please fix this",
    "add a test",
    "add",
    "clean up",
    "step through the parser",
    "try again with less",
    "fix",
    "map the errors",
    "and also fix it",
    "held locks leak",
    "shop page is broken",
    "static analysis fails",
    "state is lost",
    "stats are wrong",
    "starts twice",
    "start",
    "cloud sync is broken",
    "clause parsing",
    "close the socket",
    "cause of the crash",
    "encode the query",
    "amqp leaks",
    "API returns 500",
    "AMQ leaks",
    "all tests fail",
    "app crashes",
    "set up CI",
    "priority queue is wrong",
    "base class is wrong",
    "model: User has no name",
    "claude's last change broke it",
    "include it",
    "Blade templates fail",
    "test it",
  ])("`@porter %s` is instructions, whole", (instructions) => {
    expect(briefs(`@porter ${instructions}`)).toEqual([`default: ${instructions}`]);
  });

  it.each([...UNSUPPORTED_AGENTS])("answers that %s is not run here, and how to mean the word", (name) => {
    expect(parse(`@porter ${name} fix it`)).toMatchObject([
      {
        kind: "mistake",
        code: "unsupported_agent",
        what: name,
        correctForm: "@porter opencode fix it",
        asInstructions: `@porter -- ${name} fix it`,
      },
    ]);
  });
});

describe("one comment holds several commands", () => {
  it("ends instructions at the next line that begins with a mention, and keeps everything else in them", () => {
    const body =
      "Hi\n@porter claude do A\n\n```\n@porter in code\n```\nand ask @porter amp too\r\n  @porter opencode\ndo B\n> @porter quoted";
    expect(parse(body)).toMatchObject([
      {
        index: 0,
        line: 2,
        agent: "claude",
        instructions: "do A\n\n```\n@porter in code\n```\nand ask @porter amp too",
      },
      {
        index: 1,
        line: 8,
        agent: "opencode",
        instructions: "do B\n> @porter quoted",
        source: "@porter opencode\ndo B\n> @porter quoted",
      },
    ]);
  });

  it("keeps the indentation of instructions that begin below the head", () => {
    expect(parse("@porter claude\n\n    code\n  text\n\n")).toMatchObject([{ instructions: "    code\n  text" }]);
  });

  it("reads a command inside a line again after a verb, which has no instructions", () => {
    expect(briefs("@porter stop\nand then @porter claude fix it")).toEqual(["stop", "claude: fix it"]);
  });

  it("starts nothing for what a mistake's author wanted done", () => {
    expect(briefs("@porter cluade fix\nplease @porter claude fix")).toEqual(["mistake unknown_agent claude"]);
  });

  it("takes five and answers once that there are more", () => {
    const found = parse("@porter claude x\n".repeat(5000));
    expect(found).toHaveLength(MAX_COMMANDS + 1);
    expect(found.at(-1)).toMatchObject({ kind: "mistake", code: "too_many_commands", index: MAX_COMMANDS });
    expect(found.at(-2)).toMatchObject({ kind: "start", instructions: "x" });
  });

  it("reads a mention other than `porter`", () => {
    expect(parseComment("@porter-dev claude go\n@porter claude", { mentions: ["porter-dev"] })).toMatchObject([
      { kind: "start", agent: "claude", instructions: "go\n@porter claude" },
    ]);
  });
});
