import type { Promised } from "../abuse.ts";

const WEBHOOK = "server/webhooks/handle.workers.test.ts";
const STRANGE = "server/webhooks/strange.workers.test.ts";
const SIGNATURE = "server/webhooks/delivery-body.ts";

/** What comes in from GitHub, or says that it does. */
export const INTAKE: Promised[] = [
  {
    promise: "Only a delivery with a good signature of this App is read; a bad one costs no row.",
    abuses: [
      {
        abuse: "A delivery to a Porter that has no webhook secret",
        expected: "503; nothing is believed",
        test: [WEBHOOK, "is no service without a secret"],
      },
      {
        abuse: "A delivery with no signature, somebody else's, or of other bytes",
        expected: "401",
        test: [WEBHOOK, "refuses a missing, a foreign and an altered signature"],
        guard: {
          file: SIGNATURE,
          text: `if (await crypto.subtle.verify("HMAC", key, given, bytes)) return true;`,
          without: "return true;",
        },
      },
      {
        abuse: "Bytes that read like the signed ones (U+FFFD in place of a broken byte)",
        expected: "401: the bytes are compared, not the text",
        test: [WEBHOOK, "compares the bytes as they came"],
        guard: {
          file: SIGNATURE,
          text: `verify("HMAC", key, given, bytes)`,
          without: `verify("HMAC", key, given, utf8.encode(new TextDecoder().decode(bytes)))`,
        },
      },
      {
        abuse: "A form whose payload is signed, but not the form",
        expected: "401",
        test: [WEBHOOK, "refuses a form that is signed by what is in it"],
      },
      {
        abuse: "A signed delivery of another GitHub App",
        expected: "401",
        test: [WEBHOOK, "refuses another App's delivery"],
        guard: {
          file: "server/webhooks/handle.ts",
          text: "Number(target) !== context.env.GITHUB_APP_ID",
          without: "Number.isNaN(Number(target))",
        },
      },
      {
        abuse: "A body over 5 MB",
        expected: "413, not read to its end",
        test: [WEBHOOK, "a body over 5 MB"],
        guard: {
          file: "lib/bounded-body.ts",
          text: "length += part.byteLength;",
          without: "length += 0;",
        },
      },
      {
        abuse: "A signed body that is no JSON, or of another form",
        expected: "recorded as unreadable, without the parser's words; starts nothing",
        test: [WEBHOOK, "records a signed delivery that cannot be read"],
      },
      {
        abuse: "A signed event whose action is a word of the language (`constructor`)",
        expected: "noted, and nothing else",
        test: ["server/webhooks/project-changes.test.ts", "an action that nobody lists is noted and nothing else"],
      },
    ],
  },
  {
    promise: "The same delivery or comment, however often it comes, is one command.",
    abuses: [
      {
        abuse: "A delivery replayed twenty times at once",
        expected: "one claim, one mention",
        test: [WEBHOOK, "answers twenty equal deliveries with one claim"],
      },
      {
        abuse: "The same comment under a new delivery id",
        expected: "a duplicate",
        test: [STRANGE, "the same comment under another delivery id is a duplicate"],
      },
      {
        abuse: "A comment with a thousand commands",
        expected: "five start, one answer for the rest",
        test: [STRANGE, "of a thousand commands in one comment start five"],
      },
    ],
  },
];
