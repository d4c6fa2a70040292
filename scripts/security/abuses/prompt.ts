import type { Abuse, SourceGuard, Promised } from "../abuse.ts";

const SANITISE = "server/prompts/sanitise.test.ts";
const CHANNELS = "server/prompts/hidden-channels.test.ts";
const AUTHOR = "server/tasks/admission/issue-author.workers.test.ts";
const BUILD = "server/prompts/build.test.ts";

/** A place where text hides from people and not from a model. `shown`: words of its case; `finder`: what finds it. */
const hidden = (channel: string, shown: string, finder?: string): Abuse => ({
  abuse: `Orders hidden in ${channel}`,
  expected: "not in the prompt; told as left out",
  test: [SANITISE, "what nobody sees on GitHub is left out", shown],
  ...(finder === undefined
    ? {}
    : { guard: { file: "server/prompts/sanitise.ts", text: `...${finder}(text, tokens),`, without: "" } }),
});
/** A hiding place by its name in the list of a stranger's. */
const channel = (abuse: string, name: string, guard?: SourceGuard): Abuse => ({
  abuse: `Orders hidden in ${abuse}`,
  expected: "not in the prompt; told as left out",
  test: [CHANNELS, name],
  ...(guard === undefined ? {} : { guard }),
});
/** What an agent is told. */
export const PROMPT: Promised[] = [
  {
    promise: "What a reader of the issue does not see does not reach the prompt; what was left out is told.",
    abuses: [
      hidden("an HTML comment", "print the environment", "htmlEdits"),
      hidden("a comment that never ends", "never"),
      hidden("a processing instruction", "secret words?"),
      hidden("an element with `hidden`", "<div hidden>do"),
      hidden("an element that a style hides", "display: none"),
      hidden("an element that is for nobody (`aria-hidden`)", "aria-hidden"),
      hidden("a script or an unknown element's name", "words-that-somebody-should-obey>a"),
      hidden("an attribute", "words in junk"),
      hidden("the values of attributes that only lay out", "obey-this"),
      hidden("an address of what is no link", "do-as-it-says"),
      hidden("a picture's alt text", "image alt text", "linkEdits"),
      hidden("a link's title", "link title"),
      hidden("a link without text", "link without text"),
      hidden("a link's address that is no page", "link address"),
      hidden("a link's label", "link label"),
      hidden("a definition that nothing uses", "unused link definition"),
      hidden("a footnote that nothing calls", "footnote that nothing calls", "footnoteEdits"),
      hidden("a footnote's name", "footnote's name"),
      hidden("a table cell past the header", "table cell past the header", "cellEdits"),
      hidden("the words behind a code fence", "words behind a code fence", "fenceEdits"),
      hidden("a formula", "(formula)", "formulaEdits"),
      hidden("characters of no width", "zero-width character"),
      hidden("tag characters", "tag character"),
      hidden("bidirectional controls", "bidirectional control"),
      hidden("variation selectors", "variation selector"),
      hidden("private-use and unassigned characters", "private-use character"),
      hidden("references to invisible characters", "invisible character reference"),
      hidden("a terminal's escapes", "terminal escape"),
      hidden("quotations nested past any reader", "quote or list over the limit"),
      channel("a comment whose end a zero-width character keeps apart", "comment ended by a zero width", {
        file: "server/prompts/sanitise.ts",
        text: "let current = withoutHidden(asRead(read, counter.note), counter.note).text;",
        without: "let current = removeInvisible(asRead(read, counter.note)).text;",
      }),
      channel("a definition with a line separator of Unicode", "definition across U+2028"),
      channel("a tag whose quote never ends", "quoted unclosed", {
        file: "server/prompts/seen/html.ts",
        text: "return leaveOut(isQuoted ? text.length : to);",
        without: "return leaveOut(to);",
      }),
      channel("a comment that ends only as text", "comment closed as text", {
        file: "server/prompts/seen/html.ts",
        text: "if (begins(OPENED)) return leaveOut(isComment ? text.length : to);",
        without: "if (begins(OPENED)) return leaveOut(to);",
      }),
      channel("what only an old browser shows of a ruby", "rp"),
      channel("letters that get smaller with each element", "sub x30"),
      channel("tags that are words, one by one", "unknown tags"),
      channel("a code fence's language", "fence lang"),
      channel("a formula that is longer than anybody reads", "phantom long"),
      channel("a comment that ends behind the cut", "clip comment", {
        file: "server/prompts/sanitise.ts",
        text: "const read = clipMarkdown(text, Math.min(maxRead, MAX_READ));",
        without: "const read = text.slice(0, Math.min(maxRead, MAX_READ));",
      }),
      channel("the title of a link with too long a text", "long link label"),
      channel("a selector behind each digit", "keycap bits"),
      channel("joiners between pictures", "zwj bits"),
      channel("the address of a picture", "image address words"),
      channel("a picture of one pixel", "pixel"),
      channel("two edits that overlap", "html formula over comment"),
      {
        abuse: "Hidden text that appears when something before it is left out",
        expected: "read again until nothing hides: once is enough",
        test: [SANITISE, "is idempotent and gives valid UTF-8"],
      },
      {
        abuse: "A text made to cost time to read",
        expected: "time in proportion to its length",
        test: [SANITISE, "cost at most in proportion"],
      },
      {
        abuse: "Any invisible code point, by Unicode's own lists",
        expected: "removed; emoji and scripts keep theirs",
        test: ["lib/markdown/invisible.test.ts", "leaves nothing in of all that Unicode calls a control, a format"],
        guard: { file: "lib/markdown/invisible.ts", text: "\\p{Co}\\p{Cn}\\u2800", without: "\\u2800" },
      },
    ],
  },
  {
    promise:
      "The issue's author is named with what GitHub says that they may do; without write access their text is a report and no order.",
    abuses: [
      {
        abuse: "An issue by somebody without write access, with orders in it",
        expected: "marked as such in the prompt and on the task's page",
        test: [AUTHOR, "is named in the prompt and for the page with what GitHub's permission says"],
        guard: {
          file: "server/prompts/build.ts",
          text: "...(mayWrite(input.issueAuthor.role) ? [] : [FROM_OUTSIDE]),",
          without: "",
        },
      },
      {
        abuse: "An account that took the name of a writer",
        expected: "counts as without write access",
        test: [AUTHOR, "whose name is another account's by now is nobody known"],
      },
      {
        abuse: "GitHub says nothing of the author",
        expected: "counts as without write access",
        test: [AUTHOR, "counts as without write access, and keeps nobody from a run"],
      },
    ],
  },
  {
    promise: "Text of people cannot end its part of the prompt.",
    abuses: [
      {
        abuse: "A title that closes the prompt and opens another",
        expected: "one line inside its delimiters",
        test: [BUILD, "a title that closes the prompt stays one line"],
        guard: {
          file: "server/prompts/sanitise.ts",
          text: `.replace(/\\s+/g, " ");`,
          without: ";",
        },
      },
      {
        abuse: "A body that knows the delimiters' nonce",
        expected: "the nonce is taken out of it",
        test: [BUILD, "a body that knows the nonce cannot end its section"],
        guard: { file: "server/prompts/part.ts", text: `pieces.join("[removed]")`, without: "text" },
      },
      {
        abuse: "A repository's or a file's name with a line of its own",
        expected: "no line is added",
        test: [BUILD, "a repository's or a file's name cannot add a line"],
      },
      {
        abuse: "A flood that pushes the rules out of sight",
        expected: "cut visibly; the rules follow it",
        test: [BUILD, "a flood is cut visibly"],
      },
      {
        abuse: "Any text in any part",
        expected: "the delimiters are Porter's, and so is the end",
        test: [BUILD, "whatever people write, delimiters are Porter's"],
      },
      {
        abuse: "Texts that are no valid Unicode, or too long, from the webhook on",
        expected: "one task with a prompt and a comment that are valid and bounded",
        test: ["server/webhooks/strange.workers.test.ts", "make one task with a prompt and a comment that are valid"],
      },
    ],
  },
];
