// `node scripts/failures-page.ts` writes docs/failures.md from lib/failures.ts; its test says when that is due.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAILURE_CODES, FAILURES, fixFor } from "../lib/failures.ts";
import { addressOf, type Fix } from "../lib/fix.ts";
import { isLoss } from "../lib/losses.ts";

export const FAILURES_PAGE = join(import.meta.dirname, "..", "docs", "failures.md");

const HEAD = `# Why a task waits, fails or is refused

Every way in which a comment does not become a pull request, with the sentence that people read on the issue, on the
page and in the API (\`failureCode\`, \`blockedReason\`), and what they can do. This page is written from
\`lib/failures.ts\` by \`node scripts/failures-page.ts\`.

- **waits**: the task stays queued, takes none of the five slots, starts by itself after the fix, and ends after 7 days.
- **tries again**: a fault of machines or networks; Porter makes a new attempt by itself, as often as the setting
  \`maxRetries\` says (3), before the task fails.
- **ends**: the task has failed; nothing happens by itself.

| code | what people read | what helps | then |
| --- | --- | --- | --- |
`;

/** The page's whole text. */
export const failuresPage = (): string => `${HEAD}${FAILURE_CODES.map(row).join("\n")}\n`;

function row(code: (typeof FAILURE_CODES)[number]): string {
  const { sentence, resumes } = FAILURES[code];
  const then = resumes ? "waits" : isLoss(code) ? "tries again" : "ends";
  return `| \`${code}\` | ${sentence} | ${help(fixFor(code, "porter"))} | ${then} |`;
}

function help(fix: Fix | null): string {
  switch (fix?.kind) {
    case undefined:
      return "";
    case "command":
      return `comment \`${fix.command}\``;
    case "advice":
      return fix.advice;
    case "page":
      return `${fix.label}${fix.next === undefined ? "" : `, then ${fix.next}`} (\`${fix.path}\`)`;
    case "reconnect":
    case "link":
      return `${fix.label} (\`${addressOf(fix)}\`)`;
  }
}

if (import.meta.main) writeFileSync(FAILURES_PAGE, failuresPage());
