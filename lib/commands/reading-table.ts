import { expect, it } from "vitest";
import type { ParsedMention } from "./command.ts";
import { parseComment } from "./parse.ts";

/** `claude high: fix it` starts; `stop`, `retry claude`, `talk thanks` and `hint in_quote` start nothing new. */
export function briefReading(found: ParsedMention): string {
  switch (found.kind) {
    case "start":
      return `${[found.agent ?? "default", found.priority, found.model, found.base, found.machine, found.budget].filter(Boolean).join(" ")}${found.isForced ? " --" : ""}: ${found.instructions}`;
    case "mistake":
      return `hint ${found.code}`;
    case "help":
    case "setup":
      return found.kind;
    case "talk":
      return `talk ${found.about}`;
    case "retry":
      return ["retry", found.agent, found.priority, found.taskId, found.instructions].filter(Boolean).join(" ");
    case "status":
    case "stop":
      return [found.kind, found.agent, found.taskId].filter(Boolean).join(" ");
  }
}

export type Row = [comment: string, ...readings: string[]];
export const testReadings = (name: string, rows: readonly Row[]): void =>
  it.each(rows.map(([comment, ...readings]) => ({ comment, readings })))(
    `${name}: $comment`,
    ({ comment, readings }) => {
      expect(parseComment(comment, { mentions: ["porter"] }).map(briefReading)).toEqual(readings);
    },
  );
