import type { Abuse, Promised } from "../abuse.ts";

const SANITISE = "server/prompts/sanitise.test.ts";
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
        guard: { file: "server/prompts/build.ts", text: `pieces.join("[removed]")`, without: "text" },
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
