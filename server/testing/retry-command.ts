import type { ParsedMention } from "@/lib/commands/command";

/** What `@porter retry` on a line of its own is read as. */
export const RETRY_COMMAND: ParsedMention = {
  kind: "retry",
  taskId: null,
  agent: null,
  instructions: "",
  priority: null,
  model: null,
  base: null,
  machine: null,
  budget: null,
  index: 0,
  line: 1,
  source: "@porter retry",
};
