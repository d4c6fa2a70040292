import { randomBytes } from "node:crypto";
import { z } from "zod";
import { configSchema } from "./create-request.ts";

/** States of Fly's "Machine states" table that a machine of this server goes through. */
const state = z.enum(["created", "starting", "started", "stopping", "stopped", "destroying", "destroyed"]);
export type LocalMachineState = z.infer<typeof state>;

/** What Fly reports of a finished process; `-1` stands for "no signal". */
const exitEvent = z.object({
  requested_stop: z.boolean(),
  restarting: z.boolean(),
  guest_exit_code: z.number(),
  guest_signal: z.number(),
  guest_error: z.string(),
  exit_code: z.number(),
  signal: z.number(),
  error: z.string(),
  oom_killed: z.boolean(),
  exited_at: z.string(),
});
export type ExitEvent = z.infer<typeof exitEvent>;

const machineEvent = z.object({
  id: z.string(),
  type: z.enum(["launch", "start", "stop", "exit", "destroy"]),
  status: state,
  source: z.enum(["user", "flyd"]),
  /** Milliseconds since the epoch. */
  timestamp: z.number(),
  request: z.object({ exit_event: exitEvent }).optional(),
});
export type MachineEvent = z.infer<typeof machineEvent>;

const lease = z.object({ nonce: z.string(), expiresAtMs: z.number(), owner: z.string() });

/** One machine, from its creation for ever: Fly still answers for destroyed ones. Events are newest first. */
export const machineRecordSchema = z.object({
  id: z.string(),
  app: z.string(),
  name: z.string(),
  region: z.string(),
  state,
  instanceId: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** As sent, so that a test can look for secrets in it. */
  config: configSchema,
  events: z.array(machineEvent),
  /** Process group of the runner while it lives. */
  pid: z.number().nullable(),
  lease: lease.nullable(),
});
export type MachineRecord = z.infer<typeof machineRecordSchema>;

const ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 26 characters like Fly's instance and event ids: time first, so that they sort. */
export function newUlid(nowMs: number): string {
  let time = "";
  for (let rest = nowMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    time = (ULID_ALPHABET[rest % 32] ?? "0") + time;
  let tail = "";
  for (const byte of randomBytes(16)) tail += ULID_ALPHABET[byte % 32] ?? "0";
  return time + tail;
}

/** 14 hexadecimal digits, as Fly's machine ids. */
export const newMachineId = (): string => randomBytes(7).toString("hex");

export const lastExit = (machine: MachineRecord): ExitEvent | null =>
  machine.events.find((event) => event.type === "exit")?.request?.exit_event ?? null;

/** The machine as the API answers it. */
export function machineToJson(machine: MachineRecord): Record<string, unknown> {
  return {
    id: machine.id,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    image_ref: imageRef(machine.config.image),
    instance_id: machine.instanceId,
    private_ip: "fdaa:0:1:a7b:0:0:0:2",
    created_at: machine.createdAt,
    updated_at: machine.updatedAt,
    config: machine.config,
    events: machine.events,
    host_status: "ok",
    cordoned: false,
  };
}

function imageRef(image: string): Record<string, unknown> {
  const [beforeDigest = image, digest] = image.split("@");
  const slash = beforeDigest.indexOf("/");
  const registry = slash > 0 ? beforeDigest.slice(0, slash) : "registry-1.docker.io";
  const path = slash > 0 ? beforeDigest.slice(slash + 1) : beforeDigest;
  const colon = path.lastIndexOf(":");
  return {
    registry,
    repository: colon > 0 ? path.slice(0, colon) : path,
    tag: colon > 0 ? path.slice(colon + 1) : digest ? "" : "latest",
    digest: digest ?? "",
    labels: null,
  };
}
