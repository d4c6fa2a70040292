import { randomBytes } from "node:crypto";
import type { MachineConfig } from "./create-request.ts";

/** States of Fly's "Machine states" table that a machine of this server goes through. */
export type MachineState = "created" | "starting" | "started" | "stopping" | "stopped" | "destroying" | "destroyed";

/** What Fly reports of a finished process; `-1` stands for "no signal". */
export type ExitEvent = {
  requested_stop: boolean;
  restarting: boolean;
  guest_exit_code: number;
  guest_signal: number;
  guest_error: string;
  exit_code: number;
  signal: number;
  error: string;
  oom_killed: boolean;
  exited_at: string;
};

export type MachineEvent = {
  id: string;
  type: "launch" | "start" | "stop" | "exit" | "destroy";
  status: MachineState;
  source: "user" | "flyd";
  /** Milliseconds since the epoch. */
  timestamp: number;
  request?: { exit_event: ExitEvent };
};

export type Lease = { nonce: string; expiresAtMs: number; owner: string };

/** One machine, from its creation for ever: Fly still answers for destroyed ones. Events are newest first. */
export type MachineRecord = {
  id: string;
  app: string;
  name: string;
  region: string;
  state: MachineState;
  instanceId: string;
  createdAt: string;
  updatedAt: string;
  /** As sent, so that a test can look for secrets in it. */
  config: MachineConfig;
  events: MachineEvent[];
  /** Process group of the runner while it lives. */
  pid: number | null;
  lease: Lease | null;
};

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
