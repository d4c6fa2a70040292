// What the machines of the pictures do: each issue names a story, and `story-machine.ts` plays it to Porter.
import type { LogRecord } from "../../lib/agent-protocol.ts";
import type { HeldFile } from "./hand-over.ts";
import type { FailureCode } from "../../lib/failures.ts";

type WithoutPlace<R> = R extends LogRecord ? Omit<R, "n" | "t"> : never;
/** A record and how long it takes, in ms of the story's own time. */
/** `isLetAt`: it waits until its story is let so far (long-stories.ts). */
export type Beat = { record: WithoutPlace<LogRecord>; ms: number; isLetAt?: number };

/** What a real run said to Porter, said again: the ending of this name in local/streams. */
export type ReplayedRun = { replays: string };
export type Story = Made | ReplayedRun;
export type Made = {
  beats: Beat[];
  /** Its beats really take their time; else they come in two parts. */
  isPaced?: true;
  end:
    | { is: "changed"; title: string; summary: string; files: Record<string, string> }
    /** The work is with Porter, and the run says that it failed. */
    | { is: "handed"; code: FailureCode; summary: string; files: Record<string, string>; held: HeldFile[] }
    /** Pushes by itself, wherever it can, and lies about its work. `summary` says what became of the pushes. */
    | { is: "forged"; files: Record<string, string> }
    | { is: "no_changes"; summary: string }
    | { is: "failed"; code: FailureCode; message: string }
    /** Goes on until it is stopped. */
    | { is: "open" };
};

let calls = 0;
const nextId = (): string => `call_${(calls += 1)}`;
const say = (s: string, ms = 2000): Beat => ({ record: { k: "m", s }, ms });
const raw = (s: string): Beat => ({ record: { k: "e", s }, ms: 20 });
const call = (
  tool: string,
  s: string,
  result: { ok?: boolean; output?: string; ms: number; patch?: [string, string] },
) => {
  const id = nextId();
  const beats: Beat[] = [{ record: { k: "c", id, tool, s }, ms: 300 }];
  if (result.patch !== undefined)
    beats.push({ record: { k: "d", id, path: result.patch[0], s: result.patch[1] }, ms: 50 });
  const { ok = true, output = "", ms } = result;
  return [...beats, { record: { k: "r", id, ok, s: output, ms }, ms } satisfies Beat];
};
const todo = (done: number, items: string[]): Beat[] =>
  call(
    "TodoWrite",
    [
      `${done} of ${items.length} done${done < items.length ? `, now: ${items[done]}` : ""}`,
      ...items.map((item, index) => `[${index < done ? "x" : index === done ? "~" : " "}] ${item}`),
    ].join("\n"),
    { ms: 40 },
  );

const PLAN = [
  "Reproduce the double refresh",
  "Single-flight lock in refresh()",
  "Tests for concurrent callers",
  "Update the changelog",
];

const REFRESH = `--- a/src/auth/refresh.ts
+++ b/src/auth/refresh.ts
@@ -1,18 +1,31 @@
 import { readSession, writeSession } from "./session.ts";
 import { exchange } from "./oauth.ts";
 
-/** Gives back a token that is good for at least a minute. */
-export async function refresh(userId: string): Promise<Token> {
+/** One refresh a user at a time: the provider takes each refresh token once. */
+const inFlight = new Map<string, Promise<Token>>();
+
+/**
+ * Gives back a token that is good for at least a minute. Callers that come while a refresh runs share its answer.
+ */
+export function refresh(userId: string): Promise<Token> {
+  const running = inFlight.get(userId);
+  if (running !== undefined) return running;
+  const started = refreshNow(userId).finally(() => inFlight.delete(userId));
+  inFlight.set(userId, started);
+  return started;
+}
+
+async function refreshNow(userId: string): Promise<Token> {
   const session = await readSession(userId);
-  if (session.expiresAt > Date.now() + 60000) return session.token;
+  if (session.expiresAt > Date.now() + 60_000) return session.token;
   const fresh = await exchange(session.refreshToken);
   await writeSession(userId, fresh);
   return fresh.token;
 }
`;

const REFRESH_TEST = `--- /dev/null
+++ b/test/auth/refresh.test.ts
@@ -0,0 +1,21 @@
+import assert from "node:assert/strict";
+import { test } from "node:test";
+import { refresh } from "../../src/auth/refresh.ts";
+import { fakeProvider } from "../fake-provider.ts";
+
+test("asks the provider once for many callers at once", async () => {
+  const provider = fakeProvider({ delayMs: 20 });
+  const tokens = await Promise.all(Array.from({ length: 20 }, () => refresh("ada")));
+  assert.equal(provider.exchanges, 1);
+  assert.equal(new Set(tokens).size, 1);
+});
+
+test("asks again after a failure", async () => {
+  const provider = fakeProvider({ failures: 1 });
+  await assert.rejects(refresh("ada"));
+  await refresh("ada");
+  assert.equal(provider.exchanges, 2);
+});
`;

const FAILING = `\u001b[31m✖\u001b[39m asks the provider once for many callers at once \u001b[90m(24.1 ms)\u001b[39m
  \u001b[31mAssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\u001b[39m

  \u001b[31m20\u001b[39m !== \u001b[32m1\u001b[39m

      at TestContext.<anonymous> (test/auth/refresh.test.ts:9:10)
\u001b[34mℹ tests 214\u001b[39m
\u001b[34mℹ pass 213\u001b[39m
\u001b[34mℹ fail 1\u001b[39m`;

const PASSING = Array.from({ length: 34 }, (_, index) =>
  index === 33
    ? "\u001b[34mℹ tests 216\u001b[39m\n\u001b[34mℹ pass 216\u001b[39m\n\u001b[34mℹ fail 0\u001b[39m\n\u001b[34mℹ duration_ms 4182.6\u001b[39m"
    : `\u001b[32m✔\u001b[39m ${["renews", "keeps", "refuses", "stores", "reads"][index % 5]} a session ${index + 1} \u001b[90m(${(index * 1.37 + 0.4).toFixed(1)} ms)\u001b[39m`,
).join("\n");

const looking: Beat[] = [
  say("I'll look at how tokens are refreshed before I change anything."),
  ...call("Read", "src/auth/refresh.ts", { ms: 40 }),
  ...call("Read", "src/auth/session.ts", { ms: 35 }),
  ...call("Grep", "refresh\\(", { ms: 90, output: "src/api/client.ts:41\nsrc/jobs/sync.ts:17\nsrc/auth/index.ts:9" }),
  ...call("Read", "src/api/client.ts", { ms: 30 }),
  ...todo(0, PLAN),
  say(
    "`refresh()` reads the session, exchanges the token and writes it back, with nothing between two callers. The API client and the sync job call it **at the same moment** when a token runs out, and the provider takes each refresh token once:\n\n1. both read the same refresh token\n2. the first exchange succeeds\n3. the second gets `invalid_grant` and signs the user out\n\nA test first.",
    4000,
  ),
];
const working: Beat[] = [
  ...looking,
  ...call("Write", "test/auth/refresh.test.ts", { ms: 60, patch: ["test/auth/refresh.test.ts", REFRESH_TEST] }),
  ...call("Bash", "npm test -- auth", { ok: false, output: FAILING, ms: 6200 }),
  say("It fails as expected: 20 exchanges instead of one. Now the lock."),
  ...todo(1, PLAN),
  ...call("Edit", "src/auth/refresh.ts", { ms: 60, patch: ["src/auth/refresh.ts", REFRESH] }),
];
/** A file as a patch leaves it, or as it was. */
const sideOf = (patch: string, side: "before" | "after"): string =>
  patch
    .split("\n")
    .slice(3)
    .filter((line) => !line.startsWith(side === "before" ? "+" : "-"))
    .map((line) => line.slice(1))
    .join("\n");

/** What the stories find in the repositories, by path. */
export const BEFORE = {
  "src/auth/refresh.ts": sideOf(REFRESH, "before"),
  "src/page.ts": "export const lastPage = (count, size) => Math.floor(count / size);\n",
};

const noise = Array.from({ length: 40 }, (_, index) =>
  raw(
    `\u001b[90m[${String(index).padStart(2, "0")}]\u001b[39m \u001b[36minfo\u001b[39m  opened ${["src/auth", "src/api", "test/auth"][index % 3]} \u001b[2m(${index * 3 + 1} ms)\u001b[22m`,
  ),
);
const summary = [
  "Fix the token refresh race",
  "",
  "- A single-flight lock in `src/auth/refresh.ts`: one exchange a user at a time, callers share its answer",
  "- Two new tests; all 216 pass (`npm test`)",
  "- The lock is let go after a failure, so the next caller asks again",
].join("\n");

const NOTE = { "CHANGELOG.md": "# Changes\n\n- Tokens are refreshed once for many callers.\n" };

const race: Made = {
  beats: [
    ...noise,
    ...working,
    ...call("Bash", "npm test", { output: PASSING, ms: 8400 }),
    ...todo(4, PLAN),
    say(summary),
  ],
  end: {
    is: "changed",
    title: "Fix the token refresh race",
    summary,
    files: {
      ...NOTE,
      "src/auth/refresh.ts": sideOf(REFRESH, "after"),
      "test/auth/refresh.test.ts": sideOf(REFRESH_TEST, "after"),
    },
  },
};
/** Nobody watches a film of half a minute. */
const FILM_PACE = 0.4;

/** By name; every recording of local/streams is a story of its own name, too. */
export const STORIES: Record<string, Story> = {
  race,
  film: { ...race, isPaced: true, beats: race.beats.map((beat) => ({ ...beat, ms: Math.round(beat.ms * FILM_PACE) })) },
  working: {
    beats: [...working, { record: { k: "c", id: "open", tool: "Bash", s: "npm test -- auth" }, ms: 0 }],
    end: { is: "open" },
  },
  looking: { beats: looking, end: { is: "open" } },
  cloning: { beats: [], end: { is: "open" } },
  forged: {
    beats: [],
    end: { is: "forged", files: { "bonjour.txt": "Bonjour\n", ".github/CODEOWNERS": "* @octocat\n" } },
  },
  small: {
    beats: [
      // As the real CLI writes it beside what Porter makes of it.
      { record: { k: "o", s: '{"type":"step_start","sessionID":"ses_1","part":{"type":"step-start"}}' }, ms: 20 },
      say("One line in the pagination helper."),
      ...call("Edit", "src/page.ts", {
        ms: 40,
        patch: [
          "src/page.ts",
          "--- a/src/page.ts\n+++ b/src/page.ts\n@@ -8,3 +8,3 @@ export function lastPage(count: number, size: number) {\n-  return Math.floor(count / size);\n+  return Math.max(0, Math.ceil(count / size) - 1);\n }\n",
        ],
      }),
      ...call("Bash", "npm test", { output: "ℹ pass 41\nℹ fail 0", ms: 2100 }),
      say("The last page is right for full pages now."),
    ],
    end: {
      is: "changed",
      title: "Show the last full page",
      summary: "Show the last full page\n\n- `lastPage()` rounds up\n- all 41 tests pass",
      files: { "src/page.ts": "export const lastPage = (count, size) => Math.max(0, Math.ceil(count / size) - 1);\n" },
    },
  },
  handed: {
    beats: [
      say("The export is there; its settings are in .env."),
      ...call("Bash", "npm test", { output: "ℹ pass 12", ms: 900 }),
    ],
    end: {
      is: "handed",
      code: "push_rejected",
      summary: "Export to QIF\n\n- `toQif()` writes accounts and transfers\n- all 12 tests pass",
      files: {
        "src/export/qif.ts":
          "/** Accounts and transfers as other programs read them. */\nexport const toQif = (rows) => rows.map(({ date, amount }) => `D${date}\\nT${amount}\\n^`).join('\\n');\n",
        "test/export/qif.test.ts": "import { toQif } from '../../src/export/qif.ts';\n",
        "AGENTS.md": "Run the tests with `npm test`.\n",
      },
      held: [
        { path: ".env", content: "QIF_ENCODING=utf-8\n", reason: { kind: "env_file" } },
        { path: ".github/workflows/test.yml", content: "on: push\n", reason: { kind: "workflow" } },
      ],
    },
  },
  // What goes wrong is never made up: it looks as it looks when it happens.
  broken: { replays: "opencode-plain-error" },
  // A refused key would have every later task of this person wait for a good one.
  refused: { replays: "claude-rate-limited" },
  slow: { replays: "claude-timed-out" },
  nothing: { replays: "claude-no-changes" },
};

/** Whether it counts as a step of the agent: a word or a tool. */
export const isStep = ({ record }: Beat): boolean => record.k === "m" || record.k === "c";

/** Whether it goes on until it is stopped. */
export const isEndless = (story: Story | undefined): boolean =>
  story !== undefined && "end" in story && story.end.is === "open";
