import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ProcessGuard } from "../processes/guard.ts";
import type { CreateRequest } from "./create-request.ts";
import { createMachineLife, type MachineLife } from "./machine-life.ts";
import type { RunnerCommand } from "./machine-process.ts";
import {
  machineRecordSchema,
  newMachineId,
  newUlid,
  type MachineRecord,
  type LocalMachineState,
} from "./machine-record.ts";
import { readJson } from "../../lib/json.ts";

export type ListFilter = { metadata: Record<string, string>; region: string | null; includeDeleted: boolean };
export type CreateOutcome = { kind: "created"; life: MachineLife } | { kind: "name_taken"; holder: MachineRecord };

/** All machines of the server, on disk after every move (`machines.json`). */
export type Fleet = {
  create(app: string, request: CreateRequest, options: { stuck: boolean; imagePullMs?: number }): CreateOutcome;
  find(app: string, id: string): MachineLife | null;
  list(app: string, filter: ListFilter): MachineRecord[];
  records(): MachineRecord[];
  /** True as soon as the machine is in one of `states`; false after `timeoutMs`. */
  waitFor(machine: MachineRecord, states: string[], timeoutMs: number): Promise<boolean>;
  /** Ends every process and writes the last state. */
  close(): Promise<void>;
};

export type FleetOptions = { stateDir: string; runner: RunnerCommand; guard: ProcessGuard; bootMs: number };

export function createFleet(options: FleetOptions): Fleet {
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const file = join(options.stateDir, "machines.json");
  const lives = new Map<string, MachineLife>();
  const waiters = new Set<(machine: MachineRecord) => void>();
  const records = (): MachineRecord[] => [...lives.values()].map((life) => life.machine);
  const save = createSaver(file, records);

  const moved = (machine: MachineRecord): void => {
    save.soon();
    for (const waiter of waiters) waiter(machine);
  };
  const adopt = (machine: MachineRecord): MachineLife => {
    const { runner, guard, bootMs, stateDir } = options;
    const life = createMachineLife({
      machine,
      runner,
      guard,
      bootMs,
      logDir: join(stateDir, "machines", machine.id),
      moved,
    });
    lives.set(machine.id, life);
    return life;
  };
  for (const machine of readRecords(file)) adopt(machine);

  return {
    create(app, request, { stuck, imagePullMs = 0 }) {
      const name = request.name ?? `porter-local-${randomBytes(4).toString("hex")}`;
      const holder = records().find(
        (machine) => machine.app === app && machine.name === name && machine.state !== "destroyed",
      );
      if (holder) return { kind: "name_taken", holder };
      const life = adopt(newRecord({ app, name, request }));
      moved(life.machine);
      // The answer to the create says `created`; the boot comes after it.
      if (!request.skip_launch && !stuck) startOncePulled(life, imagePullMs);
      return { kind: "created", life };
    },
    find(app, id) {
      const life = lives.get(id);
      return life?.machine.app === app ? life : null;
    },
    list: (app, filter) => records().filter((machine) => machine.app === app && isListed(machine, filter)),
    records,
    waitFor: (machine, states, timeoutMs) => waitForState({ waiters, machine, states, timeoutMs }),
    async close() {
      await Promise.all([...lives.values()].filter((life) => isLive(life.machine.state)).map((life) => life.destroy()));
      await save.end();
    },
  };
}

/** The machine stays `created` while its image is fetched; one that is gone by then is not started. */
function startOncePulled(life: MachineLife, imagePullMs: number): void {
  const start = (): void => {
    if (life.machine.state === "created") life.start("flyd");
  };
  if (imagePullMs === 0) setImmediate(start);
  else setTimeout(start, imagePullMs).unref();
}

function newRecord(input: { app: string; name: string; request: CreateRequest }): MachineRecord {
  const nowMs = Date.now();
  const now = new Date(nowMs).toISOString();
  const { request } = input;
  return {
    id: newMachineId(),
    app: input.app,
    name: input.name,
    region: request.region ?? "iad",
    state: "created",
    instanceId: newUlid(nowMs),
    createdAt: now,
    updatedAt: now,
    config: request.config,
    events: [{ id: newUlid(nowMs), type: "launch", status: "created", source: "user", timestamp: nowMs }],
    pid: null,
    lease:
      request.lease_ttl === undefined
        ? null
        : { nonce: randomBytes(6).toString("hex"), expiresAtMs: nowMs + request.lease_ttl * 1000, owner: "local" },
  };
}

const isLive = (state: LocalMachineState): boolean => state !== "destroyed" && state !== "stopped";

function isListed(machine: MachineRecord, filter: ListFilter): boolean {
  if (machine.state === "destroyed" && !filter.includeDeleted) return false;
  if (filter.region !== null && machine.region !== filter.region) return false;
  return Object.entries(filter.metadata).every(([key, value]) => machine.config.metadata?.[key] === value);
}

function waitForState(input: {
  waiters: Set<(machine: MachineRecord) => void>;
  machine: MachineRecord;
  states: string[];
  timeoutMs: number;
}): Promise<boolean> {
  const { waiters, machine, states, timeoutMs } = input;
  if (states.includes(machine.state)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (reached: boolean): void => {
      clearTimeout(timer);
      waiters.delete(look);
      resolve(reached);
    };
    const look = (changed: MachineRecord): void => {
      if (changed.id === machine.id && states.includes(changed.state)) finish(true);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    waiters.add(look);
  });
}

/** Machines of an earlier run of this state folder; what lived then died with its host. */
function readRecords(file: string): MachineRecord[] {
  if (!existsSync(file)) return [];
  const stored = readJson(z.array(machineRecordSchema), readFileSync(file, "utf8"));
  return stored.map((machine) => (isLive(machine.state) ? { ...machine, state: "destroyed", pid: null } : machine));
}

/** Writes are coalesced: many moves in a row make one file. `end` writes the last state and nothing after it. */
function createSaver(file: string, records: () => MachineRecord[]): { soon(): void; end(): Promise<void> } {
  let pending: NodeJS.Immediate | null = null;
  let last = Promise.resolve();
  let isOver = false;
  const write = async (): Promise<void> => {
    await writeFile(`${file}.new`, JSON.stringify(records(), null, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  const queue = (): Promise<void> => {
    pending = null;
    return (last = last.then(write, write));
  };
  return {
    soon() {
      if (isOver || pending !== null) return;
      pending = setImmediate(() => void queue());
    },
    end() {
      isOver = true;
      if (pending !== null) clearImmediate(pending);
      return queue();
    },
  };
}
