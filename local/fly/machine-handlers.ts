import { randomBytes } from "node:crypto";
import { okAnswer, refusalAnswer, type LocalFlyAnswer, type LocalFlyRequest, type FlyState } from "./answers.ts";
import { durationMs } from "./create-request.ts";
import type { MachineLife } from "./machine-life.ts";
import { machineToJson, type MachineRecord } from "./machine-record.ts";

/** A request about one machine that exists. */
export type MachineHandler = (
  life: MachineLife,
  request: LocalFlyRequest,
  state: FlyState,
) => LocalFlyAnswer | Promise<LocalFlyAnswer>;

/** Refuses a change of a machine that somebody else leases, and of one that is gone. */
function changing(handler: MachineHandler): MachineHandler {
  return (life, request, state) => {
    const { machine } = life;
    if (machine.state === "destroyed") return refusalAnswer({ status: 404, error: "machine not found" });
    const lease = currentLease(machine);
    if (lease && lease.nonce !== request.leaseNonce) return leaseHeld(machine);
    return handler(life, request, state);
  };
}

const currentLease = (machine: MachineRecord): MachineRecord["lease"] =>
  machine.lease && machine.lease.expiresAtMs > Date.now() ? machine.lease : null;
const leaseHeld = (machine: MachineRecord): LocalFlyAnswer => ({
  status: 409,
  body: { status: "error", message: `machine ID ${machine.id} lease currently held by ${machine.lease?.owner ?? ""}` },
});
const leaseJson = (machine: MachineRecord): LocalFlyAnswer => {
  const lease = currentLease(machine);
  if (!lease) return refusalAnswer({ status: 404, error: "lease not found" });
  return okAnswer({
    status: "success",
    data: {
      nonce: lease.nonce,
      expires_at: Math.floor(lease.expiresAtMs / 1000),
      owner: lease.owner,
      description: "",
      version: machine.instanceId,
    },
  });
};

const text = (body: unknown, key: string): string | number | undefined => {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[key] : undefined;
  return typeof value === "string" || typeof value === "number" ? value : undefined;
};

const SIGNALS = [
  "SIGABRT",
  "SIGALRM",
  "SIGFPE",
  "SIGHUP",
  "SIGILL",
  "SIGINT",
  "SIGKILL",
  "SIGPIPE",
  "SIGQUIT",
  "SIGSEGV",
  "SIGTERM",
  "SIGTRAP",
  "SIGUSR1",
] as const;
function signalOf(value: string | number | undefined): NodeJS.Signals | null {
  if (value === 9) return "SIGKILL";
  return SIGNALS.find((signal) => signal === value) ?? null;
}

/** By method and the last part of the path. */
export const machineHandlers: Record<string, MachineHandler> = {
  "GET ": ({ machine }) => okAnswer(machineToJson(machine)),
  "GET events": ({ machine }) => okAnswer(machine.events),
  "GET metadata": ({ machine }) => okAnswer(machine.config.metadata ?? {}),
  "GET lease": ({ machine }) => leaseJson(machine),
  "POST lease": ({ machine }, { query, leaseNonce }) => {
    const held = currentLease(machine);
    if (held && held.nonce !== leaseNonce) return leaseHeld(machine);
    machine.lease = {
      nonce: held?.nonce ?? randomBytes(6).toString("hex"),
      expiresAtMs: Date.now() + Number(query.get("ttl") ?? 30) * 1000,
      owner: "local",
    };
    return leaseJson(machine);
  },
  "DELETE lease": ({ machine }, { leaseNonce }) => {
    if (currentLease(machine) && machine.lease?.nonce !== leaseNonce) return leaseHeld(machine);
    machine.lease = null;
    return okAnswer({ ok: true });
  },
  "GET wait": async ({ machine }, { query }, { fleet }) => {
    const states = query.getAll("state");
    const wanted = states.length > 0 ? states : ["started"];
    if (wanted.includes("stopped") && query.get("instance_id") === null)
      return refusalAnswer({
        status: 400,
        error: "invalid_argument: instance_id is required when waiting for the stopped state",
      });
    const timeoutMs = Math.min(60, Math.max(1, Number(query.get("timeout") ?? 60) || 60)) * 1000;
    const reached = await fleet.waitFor(machine, wanted, timeoutMs);
    return reached
      ? okAnswer({ ok: true })
      : refusalAnswer({
          status: 408,
          error: `deadline_exceeded: machine did not reach ${wanted.join(" or ")} in time`,
        });
  },
  "POST start": changing((life) => {
    if (life.machine.state !== "stopped" && life.machine.state !== "created")
      return refusalAnswer({
        status: 412,
        error: `failed_precondition: unable to start machine from current state: '${life.machine.state}'`,
      });
    const previous_state = life.machine.state;
    life.start("user");
    return okAnswer({ previous_state, migrated: false, new_host: "" });
  }),
  "POST stop": changing((life, { body }) => {
    const signal = signalOf(text(body, "signal") ?? life.machine.config.stop_config?.signal ?? "SIGINT");
    if (!signal) return refusalAnswer({ status: 400, error: "invalid_argument: unknown signal" });
    const timeoutMs = Math.min(
      300_000,
      durationMs(text(body, "timeout") ?? life.machine.config.stop_config?.timeout, 5000),
    );
    life.stop({ signal, timeoutMs });
    return okAnswer({ ok: true });
  }),
  "POST signal": changing((life, { body }) => {
    const signal = signalOf(text(body, "signal"));
    if (!signal) return refusalAnswer({ status: 400, error: "invalid_argument: unknown signal" });
    life.signal(signal);
    return okAnswer({ ok: true });
  }),
  "DELETE ": changing(async (life, { query }) => {
    const force = query.get("force") === "true" || query.get("kill") === "true";
    if (
      !force &&
      (life.machine.state === "started" || life.machine.state === "starting" || life.machine.state === "stopping")
    ) {
      return refusalAnswer({
        status: 412,
        error: "failed_precondition: unable to destroy machine, not currently stopped, suspended or failed",
      });
    }
    await life.destroy();
    return okAnswer({ ok: true });
  }),
};
