import { z } from "zod";
import { AGENT_IDS } from "../agents.ts";
import { MACHINE_SIZES } from "../machine-size.ts";
import { PRIORITY_NAMES } from "../task.ts";
import { type Command, MISTAKE_CODES, TALK_SUBJECTS } from "./command.ts";

const text = z.string();
const named = { agent: z.enum(AGENT_IDS).nullable(), taskId: text.nullable() };
const flags = {
  priority: z.enum(PRIORITY_NAMES).nullable(),
  model: text.nullable(),
  base: text.nullable(),
  machine: z.enum(MACHINE_SIZES).nullable().default(null),
  budget: z.number().nullable().default(null),
};

/** A command as a mention's row holds it. Rows of an older Porter lack what has a default. */
export const commandSchema: z.ZodType<Command> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("start"),
    agent: named.agent,
    instructions: text,
    isForced: z.boolean().default(false),
    ...flags,
  }),
  z.object({ kind: z.literal("talk"), about: z.enum(TALK_SUBJECTS), agent: named.agent, instructions: text }),
  z.object({ kind: z.literal("help") }),
  z.object({ kind: z.literal("status"), ...named }),
  z.object({ kind: z.literal("stop"), ...named }),
  z.object({ kind: z.literal("retry"), ...named, instructions: text, ...flags }),
  z.object({
    kind: z.literal("mistake"),
    code: z.enum(MISTAKE_CODES),
    what: text,
    suggestion: text.nullable(),
    correctForm: text,
    asInstructions: text.nullable().default(null),
  }),
]);
