import type { FailureCode } from "@/lib/failures";

/** What a user lends Porter to run machines with. `token` without a scheme prefix. */
export type FlyCredentials = { token: string; app: string };

export type MachineSpec = {
  /** `porter-<20>-<attempt>`: unique in the app, so that a second create is refused, not run. */
  name: string;
  taskId: string;
  attempt: number;
  /** null: the app's own region. */
  region: string | null;
  image: string;
  deadlineAt: string;
  /** Whose machine it is: this Porter's `PUBLIC_URL`. */
  origin: string;
  /** Written to `/porter/task.json`, mode 0400. */
  taskFile: string;
  guest: { cpuKind: "shared" | "performance"; cpus: number; memoryMb: number };
};

export type MachineState =
  | "created"
  | "starting"
  | "started"
  | "stopping"
  | "stopped"
  | "destroying"
  | "destroyed"
  | "failed"
  | "other";

export type Machine = {
  id: string;
  name: string;
  state: MachineState;
  region: string | null;
  taskId: string | null;
  attempt: number | null;
  /** `PUBLIC_URL` of the Porter that made it. */
  origin: string | null;
  createdAt: string | null;
  /** When Fly had fetched its image and began to start it; null: it says nothing of that yet. */
  imagePulledAt: string | null;
  exit: { code: number | null; signal: number | null; outOfMemory: boolean; requestedStop: boolean } | null;
};

/**
 * Why a machine call failed. `unknown_outcome`: it may have happened; look for the name before another try.
 * `failureCode` is set when trying again cannot help.
 */
export type MachineFailure =
  | { kind: "unknown_outcome"; message: string }
  | { kind: "rate_limited"; retryAfterMs: number; message: string }
  | { kind: "capacity"; message: string }
  | { kind: "unavailable"; message: string }
  | { kind: "rejected"; failureCode: FailureCode; message: string };

export class MachineError extends Error {
  override readonly name = "MachineError";
  readonly failure: MachineFailure;
  constructor(failure: MachineFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

/** Machines of one provider. Every method throws `MachineError` only. Source: Fly Machines API. */
export interface MachineProvider {
  /** Creates, or adopts the machine that already holds `spec.name` (the name is the idempotency key). */
  launch(credentials: FlyCredentials, spec: MachineSpec): Promise<{ machine: Machine; adopted: boolean }>;
  /** null: never existed. A destroyed machine is still answered, with state `destroyed`. */
  get(credentials: FlyCredentials, machineId: string): Promise<Machine | null>;
  /** Every machine of the task, deleted ones too. */
  findByTask(credentials: FlyCredentials, taskId: string): Promise<Machine[]>;
  /** Every live machine of the app that carries Porter's metadata. */
  listPorterMachines(credentials: FlyCredentials): Promise<Machine[]>;
  /** Asks the guest to end (SIGTERM, 30 s). True also when it is gone. */
  stop(credentials: FlyCredentials, machineId: string): Promise<void>;
  /** Forced; succeeds when it is gone already. */
  destroy(credentials: FlyCredentials, machineId: string): Promise<void>;
}
