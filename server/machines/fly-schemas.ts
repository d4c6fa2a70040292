import { z } from "zod";

/**
 * The parts of Fly's answers that Porter reads. Only a machine's `id` is required: a field that is missing or
 * has an unknown shape reads as null, so that one odd machine in a user's app cannot hide the others.
 * Source: fly-go `machine_types.go`, docs.machines.dev.
 */
const text = z.string().nullable().catch(null);
const integer = z.number().int().nullable().catch(null);
const flag = z.boolean().catch(false);

const exitEventSchema = z.object({
  exit_code: integer,
  guest_exit_code: integer,
  guest_signal: integer,
  signal: integer,
  oom_killed: flag,
  requested_stop: flag,
});
export type FlyExitEvent = z.infer<typeof exitEventSchema>;

/** Newer machines carry `exit_event`, older ones `MonitorEvent.exit_event`. */
const eventRequestSchema = z.object({
  exit_event: exitEventSchema.nullable().catch(null),
  MonitorEvent: z
    .object({ exit_event: exitEventSchema.nullable().catch(null) })
    .nullable()
    .catch(null),
});

const eventSchema = z.object({
  type: text,
  timestamp: z.number().nullable().catch(null),
  request: eventRequestSchema.nullable().catch(null),
});

const configSchema = z
  .object({ metadata: z.record(z.string(), z.unknown()).nullable().catch(null) })
  .nullable()
  .catch(null);

export const flyMachineSchema = z.object({
  id: z.string().min(1),
  name: text,
  state: text,
  region: text,
  created_at: text,
  config: configSchema,
  /** Stands in for `config` while the machine's host cannot be reached. */
  incomplete_config: configSchema,
  events: z.array(eventSchema.nullable().catch(null)).nullable().catch(null),
});
export type FlyMachine = z.infer<typeof flyMachineSchema>;

export const flyMachineListSchema = z.array(flyMachineSchema);

/** `{"error","status"}`; lease conflicts put their text into `message`. */
export const flyErrorSchema = z.object({ error: text, message: text, status: text });

export const flyAppSchema = z.object({
  name: z.string(),
  /** Not in every answer. */
  network: text,
  organization: z.object({ name: text, slug: text }).nullable().catch(null),
});

export const flyAppListSchema = z.object({
  apps: z.array(z.object({ name: text, network: text }).nullable().catch(null)),
});
