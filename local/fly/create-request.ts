import { z } from "zod";

/**
 * Fly's create body as far as it is understood here; unknown keys are kept, because the config is stored and
 * answered as sent. Source: superfly/fly-go structs and Fly's "Machine sizing" document.
 */
const guestSchema = z.looseObject({
  cpu_kind: z.enum(["shared", "performance"]).default("shared"),
  cpus: z.number().int().default(1),
  memory_mb: z.number().int().default(256),
});

const fileSchema = z.looseObject({
  guest_path: z.string().startsWith("/"),
  raw_value: z.base64().optional(),
  secret_name: z.string().optional(),
  /** Decimal in JSON: 256 is 0400. */
  mode: z.number().int().min(0).max(0o777).optional(),
});

const durationSchema = z.union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/)]);

export const configSchema = z.looseObject({
  image: z.string().regex(/^[a-z0-9][a-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/i),
  auto_destroy: z.boolean().optional(),
  restart: z.looseObject({ policy: z.enum(["no", "always", "on-failure"]) }).optional(),
  guest: guestSchema.optional(),
  env: z.record(z.string(), z.string()).optional(),
  files: z.array(fileSchema).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  stop_config: z.looseObject({ signal: z.string().optional(), timeout: durationSchema.optional() }).optional(),
});
export type MachineConfig = z.infer<typeof configSchema>;

const createSchema = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/i)
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{3}$/)
    .optional(),
  skip_launch: z.boolean().optional(),
  lease_ttl: z.number().int().positive().optional(),
  config: z.unknown(),
});
export type CreateRequest = Omit<z.infer<typeof createSchema>, "config"> & { config: MachineConfig };

type Parsed = { ok: true; value: CreateRequest } | { ok: false; status: 400 | 422; error: string };

/** A create body checked as Fly checks it: 400 for a wrong config or size, 422 for what fails validation. */
export function parseCreateRequest(body: unknown): Parsed {
  const outer = createSchema.safeParse(body);
  if (!outer.success) return { ok: false, status: 422, error: `Validation failed: ${describe(outer.error)}` };
  const config = configSchema.safeParse(outer.data.config);
  if (!config.success) return { ok: false, status: 400, error: `invalid config: ${describe(config.error)}` };
  const guest = config.data.guest;
  const problem = guest && guestProblem(guest);
  if (problem) return { ok: false, status: 422, error: problem };
  const both = config.data.files?.find((file) => (file.raw_value === undefined) === (file.secret_name === undefined));
  if (both)
    return {
      ok: false,
      status: 400,
      error: `invalid config.files: one of raw_value or secret_name must be set for ${both.guest_path}`,
    };
  // The stored config is the one that was sent: the schema's defaults must not leak into it.
  const sent = (body as { config: MachineConfig }).config;
  return { ok: true, value: { ...outer.data, config: sent } };
}

/** Memory comes in steps of 256 MB: 256 to 2048 a shared CPU, 2048 to 8192 a performance CPU. */
function guestProblem(guest: z.infer<typeof guestSchema>): string | null {
  if (![1, 2, 4, 6, 8, 10, 12, 14, 16].includes(guest.cpus))
    return `invalid config.guest.cpus, invalid value: ${guest.cpus}`;
  if (guest.memory_mb % 256 !== 0)
    return `invalid config.guest.memory_mb, minimum increment is 256 MB, got ${guest.memory_mb} MB`;
  const [minPerCpu, maxPerCpu] = guest.cpu_kind === "shared" ? [256, 2048] : [2048, 8192];
  const [min, max] = [minPerCpu * guest.cpus, maxPerCpu * guest.cpus];
  if (guest.memory_mb < min)
    return `invalid config.guest.memory_mb, minimum required ${min} MB, got ${guest.memory_mb} MB`;
  if (guest.memory_mb > max)
    return `invalid config.guest.memory_mb, maximum allowed ${max} MB, got ${guest.memory_mb} MB`;
  return null;
}

const describe = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ");

/** Fly durations: a number of nanoseconds, or Go's form such as `30s`. */
export function durationMs(value: number | string | undefined, fallbackMs: number): number {
  if (value === undefined) return fallbackMs;
  if (typeof value === "number") return value / 1e6;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value);
  if (!match) return fallbackMs;
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as "ms" | "s" | "m" | "h"];
  return Number(match[1]) * unit;
}
