import { setTimeout as sleep } from "node:timers/promises";
import { constants } from "node:os";
import type { ProcessGuard } from "../processes/guard.ts";
import { startMachineProcess, type MachineProcess, type ProcessEnd, type RunnerCommand } from "./machine-process.ts";
import {
  newUlid,
  type ExitEvent,
  type MachineEvent,
  type MachineRecord,
  type LocalMachineState,
} from "./machine-record.ts";

export type StopOptions = { signal: NodeJS.Signals; timeoutMs: number };

/** The transitions of one machine; every move writes an event and calls `moved`. */
export type MachineLife = {
  machine: MachineRecord;
  /** `created` or `stopped` → `starting` → `started`. */
  start(source: "user" | "flyd"): void;
  /** Asks the process to end; after `timeoutMs` it is killed. Returns at once. */
  stop(options: StopOptions): void;
  signal(signal: NodeJS.Signals): void;
  /** Kills the process if it lives, then removes the machine. */
  destroy(): Promise<void>;
  /** A fault of the platform: `oom` ends with an exit event that says so, `vanish` with none. */
  break(how: "oom" | "vanish"): Promise<void>;
};

type Options = {
  machine: MachineRecord;
  runner: RunnerCommand;
  guard: ProcessGuard;
  logDir: string;
  /** From create to a running process. */
  bootMs: number;
  moved: (machine: MachineRecord) => void;
};

type Happening = Pick<MachineEvent, "type" | "source" | "request"> | null;

/** The machine is in this state from now on, by what happened. */
function note({ machine, moved }: Options, state: LocalMachineState, event: Happening): void {
  const nowMs = Date.now();
  machine.state = state;
  machine.updatedAt = new Date(nowMs).toISOString();
  if (event) machine.events.unshift({ id: newUlid(nowMs), status: state, timestamp: nowMs, ...event });
  moved(machine);
}

export function createMachineLife(options: Options): MachineLife {
  const { machine } = options;
  let running: MachineProcess | null = null;
  // Until the last process has ended and its events are written.
  let over: Promise<void> = Promise.resolve();
  let requestedStop = false;
  let killTimer: NodeJS.Timeout | undefined;
  let broken: "oom" | "vanish" | null = null;

  const move = (state: LocalMachineState, event: Happening): void => note(options, state, event);

  const finish = async (end: ProcessEnd): Promise<void> => {
    running = null;
    machine.pid = null;
    clearTimeout(killTimer);
    if (broken !== "vanish") {
      move("stopped", {
        type: "exit",
        source: "flyd",
        request: { exit_event: exitEvent(end, { requestedStop, oomKilled: broken === "oom" }) },
      });
    }
    if (machine.config.auto_destroy || broken === "vanish") {
      await sleep(10);
      move("destroying", null);
      move("destroyed", { type: "destroy", source: "flyd" });
    }
  };

  const boot = async (): Promise<void> => {
    await sleep(options.bootMs);
    if (hasGone(machine)) return;
    const child = await startMachineProcess(options);
    if (hasGone(machine)) return child.kill();
    machine.pid = child.pid;
    running = child;
    move("started", { type: "start", source: "flyd" });
    await finish(await child.ended);
  };

  const killAndWait = async (): Promise<void> => {
    running?.kill();
    await over;
  };

  return {
    machine,
    start(source) {
      requestedStop = false;
      broken = null;
      move("starting", { type: "start", source });
      over = boot().catch(() => finish({ code: 127, signal: null }));
    },
    stop({ signal, timeoutMs }) {
      if (!running) return;
      const child = running;
      requestedStop = true;
      move("stopping", { type: "stop", source: "user" });
      child.signal(signal);
      killTimer = setTimeout(() => child.kill(), timeoutMs);
    },
    signal: (signal) => running?.signal(signal),
    async destroy() {
      requestedStop = true;
      // Before the wait, so that a boot under way sees it and starts nothing.
      if (!running && machine.state !== "destroyed") move("destroying", { type: "destroy", source: "user" });
      await killAndWait();
      if (machine.state === "destroyed") return;
      if (machine.state !== "destroying") move("destroying", { type: "destroy", source: "user" });
      move("destroyed", { type: "destroy", source: "flyd" });
    },
    async break(how) {
      broken = how;
      await killAndWait();
    },
  };
}

const hasGone = (machine: MachineRecord): boolean => machine.state === "destroying" || machine.state === "destroyed";

function exitEvent(end: ProcessEnd, why: { requestedStop: boolean; oomKilled: boolean }): ExitEvent {
  const signal = end.signal === null ? -1 : constants.signals[end.signal];
  return {
    requested_stop: why.requestedStop,
    restarting: false,
    guest_exit_code: end.code ?? -1,
    guest_signal: signal,
    guest_error: "",
    exit_code: end.code ?? 128 + signal,
    signal: -1,
    error: "",
    oom_killed: why.oomKilled,
    exited_at: new Date().toISOString(),
  };
}
