// A story of output that nobody wishes for, in one run: what agents, their tools and the programs that they start have
// been seen to write.
import type { Beat, Made } from "./stories.ts";

const ESC = "\u001b";
const beat = (record: Beat["record"]): Beat => ({ record, ms: 0 });
const say = (s: string): Beat => beat({ k: "m", s });
const out = (s: string): Beat => ({ record: { k: "o", s }, ms: 0 });
type Result = { s?: string; ok?: boolean; exit?: number; ms?: number; edits?: [path: string, patch: string][] };
const call = (id: string, [tool, s]: [string, string], result: Result = {}): Beat[] => [
  beat({ k: "c", id, tool, s }),
  ...(result.edits ?? []).map(([path, patch]) => beat({ k: "d", id, path, s: patch })),
  {
    record: {
      k: "r",
      id,
      ok: result.ok ?? true,
      s: result.s ?? "",
      ms: result.ms ?? 900,
      ...(result.exit === undefined ? {} : { exit: result.exit }),
    },
    ms: 60,
  },
];

const MARKDOWN = `# A heading of the agent

- [x] done thing
- [ ] open thing

<script>window.hacked = true</script><b onclick="window.hacked = true">raw</b>

[a trap](javascript:window.hacked=true), [a file](src/auth/refresh.ts), [elsewhere](https://example.com/x), ![a picture](https://example.com/pixel.png)

| ${Array.from({ length: 24 }, (_, index) => `column ${index}`).join(" | ")} |
| ${Array.from({ length: 24 }, () => "---").join(" | ")} |
| ${Array.from({ length: 24 }, (_, index) => `value ${index}`).join(" | ")} |

👩‍👩‍👧‍👦 עברית ثم العربية ${"\u202e"}desrever${"\u202c"} zero${"\u200b\u200b"}width ${ESC}[31mred${ESC}[39m`;

const COLOURS = [
  `${ESC}[38;5;208mtwo hundred and eight${ESC}[0m plain ${ESC}[48;5;19;38;5;231mon blue${ESC}[0m`,
  `${ESC}[38;2;255;105;180mhot pink${ESC}[0m ${ESC}[48;2;0;40;80mdeep ground${ESC}[0m`,
  `${ESC}[38:2::255:105:180mcolons${ESC}[0m ${ESC}[4:3mcurly${ESC}[0m ${ESC}[1;3;4;7;9mall at once${ESC}[0m`,
  `${ESC}]8;;https://example.com/run${ESC}\\a link${ESC}]8;;${ESC}\\ and ${ESC}]0;a title\u0007text`,
  `${ESC}Pq#0;2;0;0;0${ESC}\\after a picture ${ESC}_G…${ESC}\\end`,
  `${ESC}[2K${ESC}[1A${ESC}[Gmoved${ESC}[?25l${ESC}[10;20H here${ESC}[K`,
  `0%\r50%\r100%\r`,
  `long first\rshort`,
  `type\u0008\u0008\u0008\u0008typo fixed\u0007`,
  `\u0000\u0001\u0002binary\u007f\ufffd\ufffd`,
  `אבג שלום ${"\u202e"}gnol${"\u202c"} 👩‍💻 zero${"\u200b"}width ${ESC}[broken`,
  `<img src=x onerror="window.hacked=true"><script>window.hacked=true</script>`,
  "x".repeat(8000),
  `${"a".repeat(40)}!`,
];

const lines = (count: number, sign: string): string =>
  Array.from({ length: count }, (_, index) => `${sign}line ${index + 1} of a long file`).join("\n");
const EDITS: [string, string][] = [
  [
    "src/new file.ts",
    `--- /dev/null\n+++ b/src/new file.ts\n@@ -0,0 +1,2 @@\n+export const one = 1;\n+export const two = "<b>";\n`,
  ],
  ["src/gone.ts", "--- a/src/gone.ts\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-export const one = 1;\n--- a comment in SQL\n"],
  [
    "src/renamed.ts",
    "diff --git a/src/old.ts b/src/renamed.ts\nsimilarity index 100%\nrename from src/old.ts\nrename to src/renamed.ts\n",
  ],
  ["art/logo.png", "diff --git a/art/logo.png b/art/logo.png\nBinary files a/art/logo.png and b/art/logo.png differ\n"],
  ["bin/run", "diff --git a/bin/run b/bin/run\nold mode 100644\nnew mode 100755\n"],
  [
    "end.txt",
    "--- a/end.txt\n+++ b/end.txt\n@@ -1 +1 @@\n-old\n\\ No newline at end of file\n+new\n\\ No newline at end of file\n",
  ],
  ["crlf.bat", "--- a/crlf.bat\n+++ b/crlf.bat\n@@ -1,3 +1,3 @@\n-echo one\r\n+echo one\n same\r\n\n"],
  ["notes.unknownlanguage", "--- a/notes\n+++ b/notes\n@@ -3,3 +3,3 @@ a heading\n before\n\n-é日本\n+é日本語 👩‍💻\n"],
  ["src/long.ts", `--- /dev/null\n+++ b/src/long.ts\n@@ -0,0 +1,5000 @@\n${lines(240, "+")} … [cut]`],
  ["日本/語.md", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"],
  ["中国/文.md", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-c\n+d\n"],
];

export const hostileStory = (): Made => ({
  isPaced: true,
  beats: [
    say(MARKDOWN),
    ...COLOURS.map(out),
    ...call("all", ["Bash", `cat ${"very-".repeat(34)}long-name`], { s: COLOURS.join("\n").slice(0, 8000), ms: 400 }),
    ...call("fails", ["Bash", "npm test"], {
      s: `${ESC}[31mred\nstill red${ESC}[0m\nplain`,
      ok: false,
      exit: 3,
      ms: 700,
    }),
    ...call("quiet", ["Bash", "true"]),
    ...call("plan", ["TodoWrite", "1 of 3 done, now: two\n[x] one\n[~] two\n[ ] <b>three</b>"]),
    ...call("plan2", ["todowrite", "1 of 3 done, now: two\n[x] same\n[~] same\n[ ] same"]),
    ...EDITS.flatMap((edit, index) => call(`edit${index}`, ["edit", edit[0]], { edits: [edit], ms: 60 })),
    ...call("sub", ["Task", "Look through the tests"], { s: "It found **nothing**.", ms: 1200 }),
    ...call("mcp", ["mcp__linear__get_issue_with_a_very_long_tool_name_that_goes_on", ""], { s: "{}" }),
    ...call("web", ["WebFetch", "https://example.com/docs"], { s: "…", ok: false }),
    ...["a.ts", "b.ts", "c.ts", "d.ts"].flatMap((path, index) => call(`read${index}`, ["Read", path], { ms: 20 })),
    beat({ k: "x", dropped: 512, s: "512 lines dropped: Porter did not take them in time" }),
    ...Array.from({ length: 300 }, (_, index) => out(`after the gap ${index + 1}`)),
    say("That is all."),
  ],
  end: { is: "no_changes", summary: MARKDOWN },
});
