import type { FlyExitEvent, FlyMachine } from "@/server/machines/fly-schemas";
import type { Machine, MachineState } from "@/server/machines/port";

export const TASK_METADATA = "porter_task";
export const ATTEMPT_METADATA = "porter_attempt";
export const ORIGIN_METADATA = "porter_origin";

const STATES: Record<string, MachineState> = {
  created: "created",
  creating: "created",
  starting: "starting",
  started: "started",
  stopping: "stopping",
  stopped: "stopped",
  destroying: "destroying",
  destroyed: "destroyed",
  replaced: "destroyed",
  migrated: "destroyed",
  failed: "failed",
  launch_failed: "failed",
};

/** Fly writes -1 where there is no exit code, and -1 or 0 where there is no signal. */
const exitCode = (code: number | null): number | null => (code !== null && code >= 0 ? code : null);
const signalNumber = (signal: number | null): number | null => (signal !== null && signal > 0 ? signal : null);

function newestExit(events: FlyMachine["events"]): FlyExitEvent | null {
  let newest: { at: number; exit: FlyExitEvent } | null = null;
  for (const event of events ?? []) {
    const exit = event?.request?.exit_event ?? event?.request?.MonitorEvent?.exit_event ?? null;
    if (event?.type !== "exit" || exit === null) continue;
    const at = event.timestamp ?? 0;
    // Fly lists the newest first, so the first one wins among equals.
    if (newest === null || at > newest.at) newest = { at, exit };
  }
  return newest?.exit ?? null;
}

/**
 * A new machine is `created` for as long as its image is fetched and unpacked; the first event of a start ends that.
 */
function imagePulledAt(events: FlyMachine["events"]): string | null {
  const starts = (events ?? []).flatMap((event) =>
    event?.type === "start" && event.timestamp !== null && event.timestamp > 0 ? [event.timestamp] : [],
  );
  if (starts.length === 0) return null;
  const first = new Date(Math.min(...starts));
  return Number.isNaN(first.getTime()) ? null : first.toISOString();
}

/** Fly's machine in Porter's words. `taskId` and `attempt` come from the metadata alone, never from the name. */
export function toMachine(machine: FlyMachine): Machine {
  const metadata = machine.config?.metadata ?? machine.incomplete_config?.metadata ?? {};
  const taskId = metadata[TASK_METADATA];
  const origin = metadata[ORIGIN_METADATA];
  const attempt = Number(metadata[ATTEMPT_METADATA]);
  const exit = newestExit(machine.events);
  return {
    id: machine.id,
    name: machine.name ?? "",
    state: STATES[machine.state ?? ""] ?? "other",
    region: machine.region === "" ? null : machine.region,
    taskId: typeof taskId === "string" && taskId !== "" ? taskId : null,
    attempt: Number.isSafeInteger(attempt) && attempt > 0 ? attempt : null,
    origin: typeof origin === "string" ? origin : null,
    createdAt: machine.created_at,
    imagePulledAt: imagePulledAt(machine.events),
    exit:
      exit === null
        ? null
        : {
            code: exitCode(exit.exit_code) ?? exitCode(exit.guest_exit_code),
            signal: signalNumber(exit.guest_signal) ?? signalNumber(exit.signal),
            outOfMemory: exit.oom_killed,
            requestedStop: exit.requested_stop,
          },
  };
}
