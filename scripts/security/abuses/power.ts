import type { Promised } from "../abuse.ts";

const WEBHOOK = "server/webhooks/handle.workers.test.ts";
const DOORS = "server/tasks/verbs/doors.workers.test.ts";
const PARSE = "lib/commands/parse.property.test.ts";
const MAY_USE = "server/identity/may-use.workers.test.ts";
const CAPS = "server/tasks/admission/caps.workers.test.ts";
const CREATE = "server/tasks/verbs/create.workers.test.ts";
const PUSH_TOO = "server/tasks/writing/push-held-paths.workers.test.ts";
const PUBLISH = "server/tasks/verbs/publish.workers.test.ts";

/** Who may make Porter do something. */
export const POWER: Promised[] = [
  {
    promise:
      "A comment starts a run only if its author may write to the repository, and no bot, App, quote or hidden text starts one.",
    abuses: [
      {
        abuse: "A command of somebody who may not write",
        expected: "silence: no task, no reaction, no comment",
        test: [
          "server/tasks/reconcile/pipe.workers.test.ts",
          "says and starts nothing for somebody without write access",
        ],
      },
      {
        abuse: "A command that a bot wrote, or that came by an edit",
        expected: "ignored",
        test: [WEBHOOK, "ignores what bots say, edits"],
        guard: {
          file: "server/webhooks/project-comment.ts",
          text: `if (event.sender.type !== "User") return notedProjection(delivery, "ignored_bot");`,
          without: "",
        },
      },
      {
        abuse: "A comment that an App made in a person's name",
        expected: "ignored, whatever form the App's id has",
        test: [WEBHOOK, "starts nothing for a comment that any App made in a person's name"],
        guard: {
          file: "server/webhooks/project-comment.ts",
          text: `if (event.viaAppId !== null) return unheard("ignored_app");`,
          without: "",
        },
      },
      {
        abuse: "A command in a quotation, in code or in an HTML comment",
        expected: "no command",
        test: [PARSE, "finds nothing in fences, quotes and comments"],
      },
      {
        abuse: "A command in the original below a reply by mail",
        expected: "no command",
        test: ["lib/mail/reply-end.test.ts", "starts nothing by an original below a reply"],
      },
      {
        abuse: "A text made to cost time to read",
        expected: "time in proportion to its length",
        test: [PARSE, "costs at most in proportion"],
      },
      {
        abuse: "A login that belongs to somebody else by now",
        expected: "the person's number counts, not the name",
        test: [CREATE, "for who may only read, and for a login that is somebody else's by now"],
      },
      {
        abuse: "A stranger asks whether Porter is installed in a private repository",
        expected: "the same answer as where it is not",
        test: [CREATE, "for who cannot see the repository, exactly as where Porter is not installed"],
      },
      {
        abuse: "A task for an address of another host, or in a repository that nobody selected",
        expected: "refused",
        test: [CREATE, "an address of another host"],
      },
    ],
  },
  {
    promise: `No token, launch, claim, retry or pull request without GitHub's own "may write", at most a minute old.`,
    also: ["server/testing/faults/faults.workers.test.ts"],
    abuses: [
      {
        abuse:
          "Somebody who lost the permission comes to any door: launch, claim, token, retry, publish and all others",
        expected: "refused at every one, asked of GitHub there",
        test: [DOORS, "at every door"],
        guard: {
          file: "server/repositories/gate.ts",
          text: "isWriter = mayCommand(permission);",
          without: "isWriter = true;",
        },
      },
      {
        abuse: "An answer of GitHub that is older than a minute is used",
        expected: "GitHub is asked again",
        test: [DOORS, "and again where its answer counts no more"],
        guard: {
          file: "server/repositories/gate.ts",
          text: "<= COUNTS_FOR_MS",
          without: "<= 10 * COUNTS_FOR_MS",
        },
      },
      {
        abuse: "A permit is shown for another person or another repository",
        expected: "refused",
        test: [DOORS, "a permit is good for its person and its repository alone"],
        guard: {
          file: "server/repositories/gate.ts",
          text: "if (permit.userId !== userId || permit.repositoryId !== repositoryId)",
          without: "if (permit.userId < 0)",
        },
      },
      {
        abuse: "Access is taken away in the middle of a run",
        expected: "machine destroyed, token revoked, the issue told",
        test: [DOORS, "has their machine destroyed and its token revoked"],
      },
      {
        abuse: "Work of somebody who lost the permission before it was written",
        expected: "kept, not written, no pull request",
        test: [DOORS, "what was handed over before its person lost the permission is kept"],
      },
      {
        abuse: "Work is published before the click that the repository wants",
        expected: "nothing is written",
        test: [PUBLISH, "writes nothing before the click where the repository wants one"],
      },
      {
        abuse: "Work is published over a branch that somebody else has written to",
        expected: "the branch does not move",
        test: [PUSH_TOO, "never moves a branch that somebody else has written to"],
      },
      {
        abuse: "A held-back file with the run's secret is asked for by a click",
        expected: "the others are written, this one never",
        test: [PUSH_TOO, "adds them as one more commit"],
      },
      {
        abuse: "Files that GitHub runs are asked for by a click, after people got stricter",
        expected: "held back",
        test: [PUBLISH, "holds files that GitHub runs back where people got stricter before the click"],
      },
      {
        abuse: "Somebody else's retry of a task",
        expected: "a task of their own, on their keys",
        test: [
          "server/tasks/admission/answer-command.workers.test.ts",
          "of somebody else is their own task, on their keys",
        ],
      },
      {
        abuse: "A larger machine than the owner's settings allow",
        expected: "refused; nothing starts",
        test: ["server/tasks/attempt/machines.workers.test.ts", "a larger one is refused with the way to the setting"],
      },
    ],
  },
  {
    promise:
      "Nobody starts anything, saves a key or makes an account who is not on the operator's list; removed, their waiting tasks do not start.",
    also: ["server/tasks/verbs/doors.workers.test.ts"],
    abuses: [
      {
        abuse: "Somebody who is not on the operator's list saves or tries a key, by every way that there is",
        expected: "forbidden; nothing is saved, nobody is asked",
        test: [MAY_USE, "saves and tries nothing"],
      },
      {
        abuse: "A list with a name in place of a number, or a word that means nothing",
        expected: "Porter does not start with it",
        test: [MAY_USE, "the list"],
      },
      {
        abuse: "Somebody who is not on the list signs in, or asks for a run",
        expected: "no account; the gate is shut",
        test: [DOORS, "not_listed"],
      },
    ],
  },
  {
    promise: "Nobody makes Porter start more than its limits allow, and one person's flood is not another's.",
    abuses: [
      {
        abuse: "Fifty tasks are asked for at once",
        expected: "five run, the others wait",
        test: ["server/db/task-store.workers.test.ts", "gives exactly five of fifty concurrent claims of one user"],
      },
      {
        abuse: "Commands past a day's cap, two at once",
        expected: "the cap holds",
        test: [CAPS, "lets no two at once past it"],
      },
      {
        abuse: "One person takes all starts of a repository",
        expected: "the person's own cap, and the repository's for all together",
        test: [CAPS, "of a person holds in every repository"],
      },
      {
        abuse: "More than sixty requests in ten minutes by the API",
        expected: "429",
        test: [CREATE, "after sixty requests in ten minutes"],
      },
      {
        abuse: "One person sets off all the comments that GitHub lets Porter write",
        expected: "another's answer is written at once",
        test: ["server/repositories/content-budget.workers.test.ts", "another's answer is written at once"],
      },
    ],
  },
];
