import type { Promised } from "../abuse.ts";

const REFUSALS = "server/entry/refusals.workers.test.ts";
const TOLD = "server/entry/failures-told.workers.test.ts";
const LIMITS = "server/entry/rate-limits.workers.test.ts";
const AUTHENTICATE = "server/callbacks/authenticate.ts";

/** What strangers cost, and what they are told. */
export const EDGES: Promised[] = [
  {
    promise:
      "Names come before bodies: who is refused costs no row and no memory, and after a while not even a reason.",
    abuses: [
      {
        abuse: "A delivery without a signature, by another App, too large, by another method",
        expected: "refused without one call to D1, then or later",
        test: [REFUSALS, "costs no call to D1, then or later"],
        guard: {
          file: "server/entry/hot-paths.ts",
          text: `    // Who is refused costs no more than that: not one question to D1.
    if (received.isRefused !== true) after(followUp({ context, bindings }, received.work));`,
          without: "    after(followUp({ context, bindings }, received.work));",
        },
      },
      {
        abuse: "A body that never ends, without the form of a signature",
        expected: "401, unread",
        test: [REFUSALS, "is not read without the form of a signature"],
      },
      {
        abuse: "A flood of deliveries with bad signatures",
        expected: "429 with Retry-After; a good one from the same address is taken",
        test: [REFUSALS, "is told to wait when it comes too often, and a good one from the same address never is"],
      },
      {
        abuse: "A callback with a body that never ends, by nobody known",
        expected: "read for 64 KB at most",
        test: [REFUSALS, "of nobody known is read no further than 64 KB"],
        guard: {
          file: AUTHENTICATE,
          text: "called === null ? Math.min(most, UNKNOWN_BODY_BYTES) : most",
          without: "most + (called === null ? 0 : 0)",
        },
      },
      {
        abuse: "A callback with a token that names another's attempt",
        expected: "401, unread",
        test: [REFUSALS, "is not read without a token, nor with one that names another's attempt"],
      },
      {
        abuse: "Bytes in a callback that are no UTF-8",
        expected: "400",
        test: [REFUSALS, "that is no UTF-8 is refused, and not guessed at"],
        guard: { file: AUTHENTICATE, text: "fatal: true", without: "fatal: false" },
      },
      {
        abuse: "A flood of wrong tokens from a machine's own address",
        expected: "the machine's good token is heard all the same",
        test: [REFUSALS, "with a good token is never told to wait"],
        guard: {
          file: "server/callbacks/handle.ts",
          text: "if (caller.isKnown || status >= 500)",
          without: "if (status >= 500)",
        },
      },
      {
        abuse: "One guess at the operator's token after the other",
        expected: "429 with Retry-After",
        test: [LIMITS, "of no form that one could have counts as a wrong one"],
        guard: {
          file: "server/auth/operator-token.ts",
          text: `  if (!(await context.limits.isOver("refused", clientOf(headers)))) return null;`,
          without: "  if (Date.now() > 0) return null;",
        },
      },
      {
        abuse: "A flood of guesses at the operator's token from the operator's own address",
        expected: "the right token is heard all the same",
        test: [LIMITS, "that is wrong too often is told to wait, and the right one from the same address never is"],
        guard: {
          file: "server/auth/operator-token.ts",
          text: ` || (await isOperatorToken(context, headers))`,
          without: "",
        },
      },
      {
        abuse: "Guesses from each address of one IPv6 network",
        expected: "counted as one",
        test: [LIMITS, "is counted for a whole IPv6 network"],
        guard: {
          file: "lib/client-address.ts",
          text: `if (!address.includes(":"))`,
          without: `if (address !== "")`,
        },
      },
      {
        abuse: "Sign-ins begun or ended without end",
        expected: "429 with Retry-After, for that address alone",
        test: [LIMITS, "too often from one address is told to wait; others and other questions are not"],
        guard: { file: "server/auth/handle-auth.ts", text: "if (SIGN_IN.has(action) && ", without: "if (false && " },
      },
      {
        abuse: "Checks of keys in a loop",
        expected: "refused before a row is written, for that person alone",
        test: [LIMITS, "are counted by the platform for each person, before a row is written"],
        guard: {
          file: "server/secrets/check-keys.ts",
          text: `  if (await context.limits.isOver("key_check", String(userId))) return false;`,
          without: "",
        },
      },
      {
        abuse: "A platform that cannot count",
        expected: "nobody is refused for it, and the log says so",
        test: [LIMITS, "nobody is refused where the platform cannot count"],
      },
    ],
  },
  {
    promise: "The id of every failure that is told is in the log with its reason, and the reason is in no answer.",
    abuses: [
      {
        abuse: "A failure inside, behind each path of the API, sign-in, webhook and callbacks",
        expected: "5xx whose id is in the log",
        test: [TOLD, "is in the log under the id that is told"],
        guard: {
          file: "server/http-errors.ts",
          text: "if (httpStatus(problem.code) >= 500)",
          without: "if (Date.now() < 0)",
        },
      },
      {
        abuse: "`log.txt?attempt=x`",
        expected: "400",
        test: [TOLD, "of the file "],
      },
      {
        abuse: "D1 that is away",
        expected: "503 with Retry-After, and its id in the log",
        test: [TOLD, "of D1 that is away is a 503 with its id in the log, at every door"],
      },
    ],
  },
];
