import type { Abuse, Promised } from "../abuse.ts";

const AUDIT = "server/identity/audit.workers.test.ts";
const REDACTION = "lib/redaction.test.ts";
const SEALER = "server/crypto/sealer.test.ts";
const SETTINGS = "server/settings/config.workers.test.ts";
const CHECKS = "server/secrets/check-keys.workers.test.ts";
const KEY_CHECKS = "server/providers/key-checks.test.ts";
const CANARIES = "server/tasks/attempt/canaries.workers.test.ts";

const printed = (form: string, guard?: Abuse["guard"]): Abuse => ({
  abuse: `A key printed as ${form}, cut anywhere`,
  expected: "hidden in every form",
  test: [REDACTION, "own secrets", "never leave in", form],
  ...(guard === undefined ? {} : { guard }),
});

/** Keys and tokens, wherever they lie or pass. */
export const SECRETS: Promised[] = [
  {
    promise: "No secret in rows, logs, comments or pages.",
    also: ["e2e/main-job.spec.ts"],
    abuses: [
      printed("plain", {
        file: "lib/redaction.ts",
        text: "return this.#emit(text, Math.max(0, text.length - (PIECE - 1)));",
        without: "return this.#emit(text, text.length);",
      }),
      printed("base64"),
      printed("url"),
      printed("hex"),
      printed("json"),
      printed("basic auth"),
      {
        abuse: "A key printed in base64 over lines, or in pieces",
        expected: "hidden",
        test: [REDACTION, "are hidden in base64 that is wrapped at 76 columns, and in pieces"],
      },
      {
        abuse: "A key printed with colours, invisible letters or NULs between its letters",
        expected: "hidden: what is seen counts",
        test: ["server/tasks/attempt/seen-secrets.workers.test.ts", "what nobody sees between its letters"],
      },
      {
        abuse: "Tokens of others: GitHub, Fly, AWS, Google, npm, Slack, private keys",
        expected: "hidden by their shape, at every cut",
        test: [REDACTION, "is named but not repeated, and hidden at every cut"],
      },
      {
        abuse: "A machine that repeats its own secrets to Porter",
        expected: "hidden when it arrives as well",
        test: ["server/tasks/reconcile/pipe.workers.test.ts", "redact what a machine says of its own secrets"],
        guard: {
          file: "server/callbacks/progress.ts",
          text: "const s = redact(record.s).slice(0, 8192);",
          without: "const s = record.s;",
        },
      },
      {
        abuse: "A machine that repeats a key which its owner has deleted meanwhile",
        expected: "hidden all the same",
        test: ["server/tasks/reconcile/survives.workers.test.ts", "redacts a key that its owner deleted"],
      },
      {
        abuse: "An agent that prints, commits and says its run's credentials",
        expected: "none of it leaves the machine",
        test: ["agent-image/runner/runner-hostile.test.ts", "has its credentials hidden in whatever it prints"],
      },
      {
        abuse: "A thief with a copy of D1 and R2 after a whole run",
        expected: "no key, token or secret in any table or file",
        test: [CANARIES, "no table and no file holds a secret"],
      },
      {
        abuse: "A reader of the Worker's log of a whole run",
        expected: "no secret in any line",
        test: [CANARIES, "no line of the log holds a secret"],
      },
      {
        abuse: "A token in an error of GitHub's or of Fly's",
        expected: "in neither message nor cause",
        test: ["server/github/github-client.test.ts", "neither error nor cause shows the token"],
      },
      {
        abuse: "A file or a text made to cost time to redact",
        expected: "time in proportion",
        test: [REDACTION, "reads hostile text in linear time"],
      },
    ],
  },
  {
    promise: "Secrets at rest are sealed to their place, and opening needs a key that D1 does not have.",
    also: ["scripts/setup/setup.test.ts"],
    abuses: [
      {
        abuse: "A sealed value moved to another table, row, person or field",
        expected: "does not open",
        test: [SEALER, "a sealed value does not open"],
      },
      {
        abuse: "A sealed value moved between people or names in the database",
        expected: "does not open",
        test: [SETTINGS, "moved to another user or another name in the database do not open"],
      },
      {
        abuse: "A sealed value with a bit turned",
        expected: "does not open",
        test: [SEALER, "a sealed value does not open", "altered"],
      },
      {
        abuse: "Keys in a dump, in any spelling",
        expected: "in none",
        test: [SETTINGS, "are in no table in plain, base64 or hex"],
      },
      {
        abuse: "GitHub's tokens in a dump, also renewed ones",
        expected: "in none",
        test: ["server/identity/user-token.workers.test.ts", "a dump shows none"],
      },
      {
        abuse: "A saved key is read back",
        expected: "its status alone",
        test: [SETTINGS, "are read back as status only"],
      },
      {
        abuse: "The Fly token asked for as a provider's key",
        expected: "not given",
        test: [SETTINGS, "the Fly token cannot be asked for as a provider's key"],
      },
      {
        abuse: "An old encryption key is taken away while rows need it",
        expected: "counted, left, and named by its version",
        test: ["server/secrets/rotate-keys.workers.test.ts", "a value whose key is gone is counted and left"],
      },
    ],
  },
  {
    promise: "Keys are spent for their owner alone, and checking them tells nobody anything.",
    abuses: [
      {
        abuse: "The key check as an oracle for stolen keys",
        expected: "twenty in ten minutes, for this user alone",
        test: [CHECKS, "is no oracle"],
        guard: {
          file: "server/secrets/check-keys.ts",
          text: "return used <= MAX_CHECKS;",
          without: "return used > 0;",
        },
      },
      {
        abuse: "A provider that answers with what it was sent, or redirects",
        expected: "nothing of it is repeated, nowhere is followed",
        test: [KEY_CHECKS, "repeats nothing that a provider wrote, and follows it nowhere"],
        guard: { file: "server/providers/key-checks.ts", text: `redirect: "manual"`, without: `redirect: "follow"` },
      },
      {
        abuse: "A Fly that answers with what it was sent",
        expected: "nothing of it is repeated",
        test: ["server/machines/fly-apps.test.ts", "repeat nothing that the other side wrote"],
      },
      {
        abuse: "A secret pasted for another service, which would be sent there",
        expected: "refused before anybody is asked",
        test: [
          "server/tasks/attempt/refused-secret.workers.test.ts",
          "of another issuer is refused before anybody is asked",
        ],
      },
      {
        abuse: "A Fly token or app's name that would change the address",
        expected: "sent to nobody",
        test: ["server/machines/fly-apps.test.ts", "that cannot be any are sent to nobody"],
      },
      {
        abuse: "A repository's or a person's name that would change GitHub's address",
        expected: "it stays in its segment",
        test: ["server/github/github-client.test.ts", "a name cannot leave its path segment"],
      },
      {
        abuse: "GitHub redirects a call to another origin",
        expected: "no token goes there",
        test: ["server/github/github-client.test.ts", "no token and no request goes to another origin"],
      },
      {
        abuse: "A token for no repository, which GitHub would give for all",
        expected: "not asked for",
        test: ["server/github/app.test.ts", "for no repository are not asked for"],
      },
    ],
  },
  {
    promise:
      "Every act on a task, key, token, setting, session or installation leaves a line, in the statement of the act, which nobody can change, or delete for 400 days; it names people by a random subject alone.",
    also: ["server/testing/faults/faults.workers.test.ts"],
    abuses: [
      {
        abuse: "A line is changed, deleted, or replaced by another of its number",
        expected: "the database refuses; lines older than 400 days go",
        test: [AUDIT, "is neither changed, replaced nor deleted before its time, and goes after it"],
      },
      {
        abuse: "Something is done while its line cannot be written",
        expected: "it is not done",
        test: [AUDIT, "what cannot be written down does not happen"],
      },
      {
        abuse: "A new procedure that changes something and writes no line",
        expected: "the test of them all is red",
        test: [AUDIT, "every procedure that changes something"],
      },
      {
        abuse: "A table that nobody watches",
        expected: "written down by triggers, or named with the reason",
        test: [AUDIT, "every table is written down by triggers"],
      },
      {
        abuse: "A flood of refusals that fills the log",
        expected: "one line an hour for the same",
        test: [AUDIT, "refusals leave a line, and the same one again within an hour none"],
      },
      {
        abuse: "A name that a spreadsheet runs as a formula",
        expected: "it is a text in the file",
        test: [AUDIT, "as a file that no spreadsheet runs"],
      },
      {
        abuse: "The lines of other people are asked for",
        expected: "one's own alone; everybody's for operators, which is written down",
        test: [AUDIT, "is everybody's for operators alone"],
      },
    ],
  },
  {
    promise: "Deleting the account ends what runs and removes keys, logs and work.",
    abuses: [
      {
        abuse: "Rows that still name a person who deleted their account",
        expected: "none",
        test: ["server/tasks/verbs/delete-account.workers.test.ts", "leaves not one row that names the person"],
      },
      {
        abuse: "What a machine sends at the moment of the deletion",
        expected: "gone as well",
        test: ["server/tasks/log/kept-files.workers.test.ts", "what is kept goes with its person"],
      },
    ],
  },
];
