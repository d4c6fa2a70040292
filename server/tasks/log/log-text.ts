import type { LogRecord } from "@/lib/agent-protocol";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { recordsAfter } from "./read-log";

const AT_ONCE = 1000;

/** An attempt's raw log as text, part by part: the agent's output as it wrote it, Porter's own lines marked. */
export async function* logText(context: AppContext, attempt: AttemptRow): AsyncGenerator<string, void> {
  for (let after = 0; after < attempt.records;) {
    const records = await recordsAfter(context, attempt, { after, limit: AT_ONCE });
    const last = records.at(-1);
    if (last === undefined) return;
    yield records.map(lineOf).join("");
    after = last.n;
  }
}

/**
 * What an agent said, called, got and edited stands in its output already: those records are another view of it. What
 * was pushed is in git.
 */
function lineOf(record: LogRecord): string {
  switch (record.k) {
    case "o":
    case "e":
      return `${record.s}\n`;
    case "p":
    case "x":
      return `[porter] ${record.s}\n`;
    case "m":
    case "c":
    case "r":
    case "d":
    case "f":
      return "";
  }
}
