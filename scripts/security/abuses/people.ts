import type { Promised } from "../abuse.ts";

const REST = "server/rest/handle-rest.workers.test.ts";
const TRPC = "server/trpc/handle-trpc.workers.test.ts";
const LIVE = "server/trpc/live.workers.test.ts";
const AUTH = "server/auth/handle-auth.workers.test.ts";
const ACCOUNT = "server/identity/account.workers.test.ts";
const SAFETY = "lib/request-safety.test.ts";
const REQUESTS = "server/entry/request-headers.test.ts";

/** People with a session of their own, or with nobody's. */
export const PEOPLE: Promised[] = [
  {
    promise:
      "Nobody sees or changes what belongs to another person; an id of theirs answers like one that does not exist.",
    also: ["e2e/people.spec.ts"],
    abuses: [
      {
        abuse: "Every procedure, as nobody, as another user and as the owner",
        expected: "as listed; a new one without its line fails",
        test: [TRPC, "answers nobody, another user and the owner as listed"],
        guard: {
          file: "server/tasks/read/get.ts",
          text: "const row = await context.db.tasks.getForUser(userId, id);",
          without: "const row = userId > 0 ? await context.db.tasks.get(id) : null;",
        },
      },
      {
        abuse: "Every REST path, as nobody, as another user and as the owner",
        expected: "as listed",
        test: [REST, "answers nobody, another user and the owner as listed"],
      },
      {
        abuse:
          "Whoever asked for a run has lost its repository, and reads its prompt, its log or its changes, by every way that there is",
        expected: "forbidden; they see the outcome, the time and the cost",
        test: ["server/tasks/read/may-read.workers.test.ts", "a requester who lost the repository"],
        guard: {
          file: "server/tasks/read/get.ts",
          text: 'if ((await mayRead(context, requireUser(context.actor), task)) === "all") return task;',
          without: "return task;",
        },
      },
      {
        abuse: "An id of another user's task, of no task, and of a form that is none",
        expected: "one answer for all three",
        test: [REST, "tells another user's task from no task by nothing"],
      },
      {
        abuse: "A body that names another task than the path",
        expected: "the path's counts",
        test: [REST, "cannot name another task than the path does"],
      },
      {
        abuse: "A live stream of another person's task, with an id to go on from",
        expected: "as if it were not there",
        test: [LIVE, "answers another person's task like one that is not there"],
      },
      {
        abuse: "A live stream of one's own list that waits for another's news",
        expected: "none of another person",
        test: [LIVE, "and none of another person"],
      },
      {
        abuse: "Another's log, whole or in blocks",
        expected: "404",
        test: ["server/tasks/log/seal-log.workers.test.ts", "is the owner's alone"],
      },
      {
        abuse: "Another's work as patch or bundle",
        expected: "404",
        test: ["server/rest/work-files.workers.test.ts", "are the owner's alone"],
      },
      {
        abuse: "Another's session is ended",
        expected: "not ended, and told apart by nothing",
        test: [ACCOUNT, "another's session, an unknown and an ended one cannot be ended"],
      },
      {
        abuse: "An answer that GitHub gave to another person is shown from memory",
        expected: "each gets what GitHub shows them",
        test: [
          "server/repositories/github-data.workers.test.ts",
          "is nobody else's: another person gets what GitHub shows them",
        ],
      },
      {
        abuse: "A search for issues that reaches into another repository",
        expected: "the named one and no other",
        test: ["server/repositories/github-data.workers.test.ts", "are searched in the named repository and no other"],
      },
      {
        abuse: "An installation of somebody else in the address after installing",
        expected: "believed only where GitHub says so",
        test: [ACCOUNT, "a post-install URL is believed only for an installation that the person reaches"],
      },
      {
        abuse: "An operator's paths by anybody else",
        expected: "401 or 403; a check shows colours alone",
        test: ["server/entry/startup-check.workers.test.ts", "others than operators learn names and colours"],
      },
      {
        abuse: "A token like the operator's",
        expected: "nobody",
        test: [AUTH, "an operator's script is known by its token, and by nothing like it"],
      },
      {
        abuse: "The account is deleted with another login typed",
        expected: "400; nothing goes",
        test: ["server/tasks/verbs/delete-account.workers.test.ts", "another word than the login deletes nothing"],
      },
      {
        abuse: "Other types, alphabets, sizes and words of the language in every field of every procedure",
        expected: "refused or done; never a fault of Porter's own",
        test: ["server/trpc/hostile-input.workers.test.ts", "it is refused or done, and never Porter's own fault"],
      },
      {
        abuse: "A thousand questions in one request",
        expected: "400",
        test: [TRPC, "more questions than a page asks at once"],
      },
    ],
  },
  {
    promise:
      "A session is its browser's: it cannot be forged, started elsewhere, kept after signing out, or used by another site.",
    abuses: [
      {
        abuse: "A callback of sign-in with another state, none, or another code",
        expected: "signs nobody in",
        test: [AUTH, "signs nobody in and leads to the front page"],
      },
      {
        abuse: "A callback in a browser that did not start it",
        expected: "signs nobody in",
        test: [AUTH, "a callback in a browser that did not start it signs nobody in"],
      },
      { abuse: "A callback used twice", expected: "once is all", test: [AUTH, "a callback works once"] },
      {
        abuse: "A forged cookie, an unsigned one for example",
        expected: "nobody",
        test: [AUTH, "a forged session cookie is nobody"],
      },
      {
        abuse: "A cookie that was kept when its person signed out",
        expected: "worth nothing",
        test: [AUTH, "signing out ends the session on the server"],
        guard: {
          file: "server/db/session-queries.ts",
          text: "eq(sessions.id, id), isNull(sessions.endedAt), gt",
          without: "eq(sessions.id, id), gt",
        },
      },
      {
        abuse: "A cookie of last month",
        expected: "nobody",
        test: [AUTH, "a session ends by itself after 30 days"],
      },
      {
        abuse: "A sister host plants or reads a cookie",
        expected: "`__Host-`, Secure, HttpOnly, Lax",
        test: [AUTH, "cookies are __Host-, Secure, HttpOnly and Lax under https"],
      },
      {
        abuse: "A return to a foreign address after sign-in",
        expected: "Porter's own page",
        test: [AUTH, "never returns to a foreign address"],
      },
      {
        abuse: "A return address planted in a cookie or in a form",
        expected: "Porter's own page",
        test: [AUTH, "a return address that was planted in a cookie or a form leads nowhere else"],
      },
      {
        abuse: "A foreign return address in every disguise",
        expected: "Porter's own page",
        test: ["lib/same-origin-path.test.ts", "falls back for"],
        guard: {
          file: "lib/same-origin-path.ts",
          text: `if (url.origin !== origin || url.pathname.startsWith("//")) return fallback;`,
          without: "",
        },
      },
      {
        abuse: "A return address that is none, in address or cookie (`javascript:`, `%`)",
        expected: "no 500, and Porter's own page",
        test: [AUTH, "a return address that is none is its sender's mistake"],
        guard: {
          file: "server/auth/own-return.ts",
          text: "if (kept.length < cookies.length)",
          without: "if (cookies.length === 0)",
        },
      },
      {
        abuse: "A return address made of anything",
        expected: "a browser never leaves Porter's origin",
        test: ["lib/same-origin-path.test.ts", "never leads a browser to another origin"],
      },
      {
        abuse: "Another host in the headers of a proxy",
        expected: "GitHub is given Porter's own address",
        test: [AUTH, "a host that a header names is nobody's address"],
      },
      {
        abuse: "Another site's form or script writes with the person's cookie",
        expected: "403 at every path that writes",
        test: [REST, "refuses another site"],
        guard: {
          file: "lib/request-safety.ts",
          text: "if (origin !== null && origin !== new URL(publicUrl).origin) return false;",
          without: "",
        },
      },
      {
        abuse: "A write from an opaque, a sister or a hidden origin",
        expected: "refused",
        test: [SAFETY, "a write"],
      },
      {
        abuse: "A mutation by GET",
        expected: "405",
        test: [TRPC, "a mutation is no GET"],
      },
      {
        abuse: "Another site signs a person out",
        expected: "403",
        test: [AUTH, "another site cannot sign a person out"],
      },
    ],
  },
  {
    promise: "A request is read in one way only, and no header of Next's own opens a door.",
    abuses: [
      {
        abuse: "Encoded dots and slashes, doubled slashes and backslashes in a guarded path",
        expected: "400",
        test: [SAFETY, "that a proxy may read otherwise is refused"],
        guard: {
          file: "lib/request-safety.ts",
          text: "%2e|%2f|%5c|",
          without: "",
        },
      },
      {
        abuse: "Control characters, and bytes that are no UTF-8, in a path",
        expected: "400",
        test: [SAFETY, "that a proxy may read otherwise is refused", "%c0%ae"],
        guard: { file: "lib/request-safety.ts", text: "|| !isDecodable(path)", without: "" },
      },
      {
        abuse: "A form posted to a page, which Next would read as an order to the server",
        expected: "405: pages are read",
        test: [SAFETY, "takes no orders and fetches no pictures", "POST"],
      },
      {
        abuse: "The server asked to fetch a picture from anywhere (`/_next/image`, `/cdn-cgi/image`)",
        expected: "there is no such path",
        test: [SAFETY, "takes no orders and fetches no pictures", "/_next/image"],
        guard: { file: "lib/request-safety.ts", text: " && !PICTURES.test(pathname)", without: "" },
      },
      {
        abuse: "`x-middleware-subrequest` and its kin from outside",
        expected: "taken off before Next sees the request",
        test: [REQUESTS, "no header of Next's own comes from outside"],
        guard: {
          file: "server/entry/security-headers.ts",
          text: `headers.delete("x-middleware-subrequest");`,
          without: "",
        },
      },
      {
        abuse: "A browser that chooses the nonce of its page",
        expected: "Porter's own, new for each answer",
        test: [REQUESTS, "the nonce is Porter's"],
      },
      {
        abuse: "A router state that Next cannot read, and rubbish in any other header of its client",
        expected: "400, not 500",
        test: ["server/entry/security-headers.test.ts", "refuse"],
      },
      {
        abuse: "JSON of another type, coerced into a number or a switch",
        expected: "refused",
        test: [REST, "is not coerced"],
      },
      {
        abuse: "A cursor, limit or filter that is none of Porter's",
        expected: "400",
        test: [REST, "a list", "cursor"],
      },
      {
        abuse: "An error that shows a stack or what was in it",
        expected: "an id; the log has the rest",
        test: [REST, "an unexpected failure shows an id and nothing else"],
      },
      {
        abuse: "A page in a frame, a script from elsewhere, a type guessed, an answer cached",
        expected: "the headers of every answer forbid it",
        test: [REQUESTS, "every answer forbids frames, foreign scripts, guessed types and caches"],
      },
      {
        abuse: "Another site's subdomains are held to https without being asked",
        expected: "HSTS for this host alone",
        test: ["server/entry/security-headers.test.ts", "keep browsers to https with"],
      },
    ],
  },
  {
    promise: "What an agent writes stays text in the browser.",
    also: ["e2e/dashboard-hostile.spec.ts"],
    abuses: [
      {
        abuse: "HTML, script links and pictures in an agent's message",
        expected: "text; links of the web alone; no picture is asked for",
        test: ["components/task/markdown.test.ts", "an agent's message is text"],
      },
      {
        abuse: "OSC 8 links, titles, moves and pictures of a terminal in the log",
        expected: "gone",
        test: ["components/task/terminal-text.test.ts", "progress, moves, titles, links and pictures are gone"],
      },
      {
        abuse: "Characters in the log that turn a line around",
        expected: "named",
        test: ["components/task/terminal-text.test.ts", "characters that turn the line around are named"],
      },
      {
        abuse: "A pattern to search the log with that never ends",
        expected: "ended; the next one works",
        test: ["components/task/log-search.test.ts", "a pattern that does not end is ended"],
      },
      {
        abuse: "A title that a spreadsheet takes for a formula",
        expected: "text in the exported table",
        test: ["lib/task-csv.test.ts", "a title cannot become a formula"],
      },
      {
        abuse: "A row with words that this version does not know",
        expected: "hides itself alone",
        test: ["server/tasks/reconcile/unreadable.workers.test.ts", "hides no other task of its owner"],
      },
    ],
  },
];
