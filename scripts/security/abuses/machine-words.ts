import type { Promised } from "../abuse.ts";

const PIPE = "server/tasks/reconcile/pipe.workers.test.ts";
const DOOR = "server/callbacks/change-sets.workers.test.ts";
const HOSTILE = "server/tasks/change-set/hostile-machine.workers.test.ts";
const FORGED = "server/callbacks/forged.workers.test.ts";
const PUBLISH_SET = "server/tasks/writing/publish-set.workers.test.ts";
const AUTHENTICATE = "server/callbacks/authenticate.ts";

/** What a machine says, or somebody who plays one. */
export const MACHINE_WORDS: Promised[] = [
  {
    promise: "A machine speaks for its own attempt alone, and only while that lives.",
    abuses: [
      {
        abuse: "A callback with a made-up token, or with another attempt's",
        expected: "401",
        test: [PIPE, "refuse a forged token and the token of another attempt"],
        guard: {
          file: AUTHENTICATE,
          text: `if (!isSame(given, row?.callbackHmac ?? "") || row === null) throw unauthenticated();`,
          without: "if (row === null) throw unauthenticated();",
        },
      },
      {
        abuse: "A part of another attempt's work",
        expected: "401, before its body is read",
        test: [DOOR, "only an attempt's own token opens its door"],
      },
      {
        abuse: "A callback after the attempt's last word, or after its time",
        expected: "410",
        test: [DOOR, "after its last word, and after its time, nothing more comes"],
        guard: {
          file: AUTHENTICATE,
          text: "if (context.clock.now().getTime() > Date.parse(row.deadlineAt) + TIMES.deadlineGrace)",
          without: 'if (row.deadlineAt === "" + TIMES.deadlineGrace)',
        },
      },
      {
        abuse: "A claim that another machine has made, or after the start",
        expected: "409; the same nonce gets the same answer until then",
        test: [PIPE, "give the same nonce the same answer, another one 409"],
      },
      {
        abuse: "A last word said twice, or a second one",
        expected: "no second effect; another one 409",
        test: [PIPE, "answer a replayed completion without a second effect"],
      },
      {
        abuse: "A machine of a person who deleted their account",
        expected: "turned away",
        test: ["server/tasks/verbs/delete-account.workers.test.ts", "a machine of the deleted person is turned away"],
      },
      {
        abuse: "A machine that names another person, repository, pull request, state or cost limit as the task's",
        expected: "nothing of it is read",
        test: [FORGED, "says whose the task is"],
      },
      {
        abuse: "A machine that names another branch, `main` for one",
        expected: "400",
        test: [PIPE, "refuse a branch that is not the attempt's own"],
        guard: {
          file: "server/callbacks/complete.ts",
          text: "if (request.branch != null && request.branch !== attempt.branch && request.branch !== attempt.wipBranch) {",
          without: `if (request.branch === "") {`,
        },
      },
      {
        abuse: "Fields of a callback that are out of any bounds",
        expected: "400; no row changes",
        test: [FORGED, "is out of its bounds"],
      },
      {
        abuse: "A query with a name twice, in other letters, or unknown",
        expected: "400",
        test: [DOOR, "a query that is none of a part is refused"],
      },
      {
        abuse: "A part that is not what its query says: other bytes, none, over 8 MB",
        expected: "not kept",
        test: [DOOR, "a body that is not what the query says is not kept"],
      },
      {
        abuse: "A played machine that fills Porter's bucket with its log",
        expected: "nothing more is taken; its last word still counts",
        test: ["server/callbacks/log-capacity.workers.test.ts", "a played machine fills no bucket"],
        guard: { file: "server/callbacks/log-capacity.ts", text: "<= MOST_LOG_BYTES", without: ">= 0" },
      },
      {
        abuse: "A batch of records larger than any of a runner's",
        expected: "413, not kept",
        test: ["server/callbacks/log-capacity.workers.test.ts", "a batch larger than any of a runner's is not kept"],
      },
      {
        abuse: "More uploads at once than an isolate has memory for",
        expected: "503 for the rest",
        test: ["server/callbacks/with-memory.test.ts", "takes as much at once as an isolate has memory for"],
        guard: {
          file: "server/callbacks/with-memory.ts",
          text: "if (held.length > 0 && inUse + bytes > MOST_BYTES) return null;",
          without: "",
        },
      },
    ],
  },
  {
    promise: "A machine cannot write to the repository, and what it says of its work is not believed.",
    also: ["e2e/forged.spec.ts"],
    abuses: [
      {
        abuse: "A machine that pushes with the token that it was given",
        expected: "its token reads one repository: 403",
        test: [PUBLISH_SET, "gets no token that could push"],
        guard: {
          file: "server/tasks/attempt/git-token.ts",
          text: `permissions: { contents: "read", metadata: "read" },`,
          without: `permissions: { contents: "write", metadata: "read" },`,
        },
      },
      {
        abuse: "A machine that says it is done, with a branch that somebody pushed",
        expected: "no pull request",
        test: [PUBLISH_SET, "is not enough: changed without a set"],
        guard: {
          file: "server/tasks/reconcile/apply-completion.ts",
          text: `if (outcome === "changed") return set === null ? "undelivered" : "changed";`,
          without: `if (outcome === "changed") return set === null ? "pushed_by_hand" : "changed";`,
        },
      },
      {
        abuse: "A last word with forged figures",
        expected: "commits, files and lines are counted by Porter",
        test: [PUBLISH_SET, "is written by Porter, opened as a pull request, and counted by Porter"],
      },
      {
        abuse: "A path that leaves the repository or enters git's folder",
        expected: "no set",
        test: [HOSTILE, "a path that leaves the repository or enters git's folder makes no set"],
      },
      {
        abuse: "Names that some disk takes for git's folder or for workflows",
        expected: "they stay out",
        test: [HOSTILE, "names that some disk takes for git's folder"],
      },
      {
        abuse: "Parts that never came, or came otherwise",
        expected: "no set",
        test: [HOSTILE, "parts that never came, or came otherwise, make no set"],
      },
      {
        abuse: "Content that is not what its path is named with",
        expected: "it stays out unseen",
        test: [HOSTILE, "content that is not what a path is named with stays out unseen"],
      },
      {
        abuse: "A history of its own, tied to the base in any way",
        expected: "written by nobody",
        test: [HOSTILE, "a history of its own is written by nobody"],
      },
      {
        abuse: "A base or a parent that is not in the branch's history",
        expected: "kept for download, written by nobody",
        test: [DOOR, "a base that is not in the branch's history is written by nobody"],
      },
      {
        abuse: "A body that unpacks to a thousand times its size",
        expected: "it stays as it came",
        test: [HOSTILE, "eight megabytes of zeros in a gzip stay that gzip"],
      },
      {
        abuse: "A set over its size, part by part",
        expected: "413",
        test: [HOSTILE, "a set is at most as large as it may be"],
      },
      {
        abuse: "Notes that a machine makes up",
        expected: "they can make a draft, and nothing else",
        test: ["server/change-sets/judge.test.ts", "a machine can make a draft by its notes, and nothing else"],
      },
      {
        abuse: "Commits and pushes over somebody's commits on Porter's branch",
        expected: "nobody else's commits move",
        test: [PUBLISH_SET, "never writes over somebody's commits"],
      },
    ],
  },
];
