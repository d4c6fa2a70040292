import { z } from "zod";
import { agentFromName } from "./agents.ts";
import { BUDGET_SENTENCE, budgetSchema, readBudget } from "./budget.ts";
import { readFlagValue } from "./commands/flag-values.ts";
import { MACHINE_SIZES } from "./machine-size.ts";
import { PRIORITIES, PRIORITY_NAMES, priorityName } from "./task.ts";

const agentName = z
  .string()
  .max(40)
  .optional()
  .transform((name, context) => {
    const agent = name === undefined ? null : agentFromName(name);
    if (name !== undefined && agent === null) context.addIssue({ code: "custom", message: "There is no such agent." });
    return agent;
  });
const modelName = z
  .string()
  .trim()
  .refine((name) => readFlagValue("model", name).ok, "This is no model's name.")
  .nullish();
const budget = z
  .union([z.number(), z.string().max(20)])
  .transform((given, context) => {
    const usd = typeof given === "string" ? readBudget(given) : (budgetSchema.safeParse(given).data ?? null);
    if (usd === null) context.addIssue({ code: "custom", message: BUDGET_SENTENCE });
    return usd;
  })
  .nullish()
  .describe(
    "Dollars that the task may spend on its models, all attempts together; the least of this and your settings",
  );
const idempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe("The same key gives the same task. REST takes the header `Idempotency-Key` for it.");

/**
 * `POST /api/tasks`: an issue and who should work on it. What is absent is as in the person's settings. Flags have the
 * form that comments have.
 */
export const taskRequestSchema = z.object({
  repository: z.string().trim().max(300).describe("`owner/name`, `owner/name#12`, or the issue's address on GitHub"),
  issueNumber: z.number().int().positive().optional().describe("Needed when `repository` names no issue"),
  agent: agentName,
  model: modelName,
  /** A name, or the number that `Task.priority` has. */
  priority: z
    .union([z.enum(PRIORITY_NAMES), z.number().int().min(PRIORITIES.low).max(PRIORITIES.high).transform(priorityName)])
    .nullish(),
  baseBranch: z
    .string()
    .trim()
    .refine((name) => readFlagValue("base", name).ok, "This is no branch's name.")
    .nullish(),
  machine: z.enum(MACHINE_SIZES).nullish().describe("Size of the machine, up to the largest that your settings allow"),
  budget,
  instructions: z.string().trim().max(20_000).default(""),
  idempotencyKey,
});
export type TaskRequest = z.output<typeof taskRequestSchema>;

/**
 * `POST /api/tasks/:id/retry`. Nothing besides the id: the same task again. Another agent, model or other
 * instructions: a new task that names the old one as its parent.
 */
export const retryRequestSchema = z.object({
  agent: agentName,
  model: modelName,
  machine: z.enum(MACHINE_SIZES).nullish().describe("Another size of machine"),
  budget,
  instructions: z.string().trim().max(20_000).optional().describe("Instead of those of the task"),
  version: z.number().int().optional().describe("`Task.version` as you saw it: nothing happens when it has moved on"),
  idempotencyKey,
});
export type RetryRequest = z.output<typeof retryRequestSchema>;

const SHORT = /^([\w.-]{1,100})\/([\w.-]{1,100})(?:#(\d{1,9}))?$/;

/** What `repository` and `issueNumber` name; `origin`: GitHub's, from which an address must be. Null: no issue. */
export function readIssueReference(
  request: { repository: string; issueNumber?: number | undefined },
  origin: string,
): { owner: string; name: string; number: number } | null {
  const { repository } = request;
  const url = /^https?:/i.test(repository) ? URL.parse(repository) : null;
  if (url !== null && url.origin !== new URL(origin).origin) return null;
  const text = url === null ? repository : url.pathname.slice(1).replace(/\/issues\/(\d{1,9})\/?$/, "#$1");
  const [, owner, name, digits] = SHORT.exec(text) ?? [];
  const number = digits === undefined ? request.issueNumber : Number(digits);
  if (owner === undefined || name === undefined || number === undefined || number < 1) return null;
  return digits !== undefined && request.issueNumber !== undefined && request.issueNumber !== number
    ? null
    : { owner, name, number };
}
