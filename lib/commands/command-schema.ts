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

/** One of each kind: a kind more does not compile before it stands here. */
const FORMS = {
  start: z.object({
    kind: z.literal("start"),
    agent: named.agent,
    instructions: text,
    isForced: z.boolean().default(false),
    ...flags,
  }),
  talk: z.object({ kind: z.literal("talk"), about: z.enum(TALK_SUBJECTS), agent: named.agent, instructions: text }),
  help: z.object({ kind: z.literal("help") }),
  setup: z.object({ kind: z.literal("setup") }),
  status: z.object({ kind: z.literal("status"), ...named }),
  stop: z.object({ kind: z.literal("stop"), ...named }),
  retry: z.object({ kind: z.literal("retry"), ...named, instructions: text, ...flags }),
  mistake: z.object({
    kind: z.literal("mistake"),
    code: z.enum(MISTAKE_CODES),
    what: text,
    suggestion: text.nullable(),
    correctForm: text,
    asInstructions: text.nullable().default(null),
  }),
} satisfies Record<Command["kind"], z.ZodType<Command>>;

/** A command as a mention's row holds it. Rows of an older Porter lack what has a default. */
export const commandSchema: z.ZodType<Command> = z.union(Object.values(FORMS));
