import { MachineError, type Machine, type MachineProvider, type MachineSpec } from "@/server/machines/port";

export type FakeMachine = Machine & { spec: MachineSpec; app: string };

/** A Fly with state, at the port: names are unique in an app, a destroyed machine is still answered. */
export function createFakeMachines(hooks: { before?: (call: string) => void; after?: (call: string) => void } = {}) {
  const machines: FakeMachine[] = [];
  const calls: string[] = [];
  const call = async <T>(name: string, run: () => T): Promise<T> => {
    calls.push(name);
    hooks.before?.(name);
    const result = run();
    hooks.after?.(name);
    return result;
  };
  const find = (id: string) => machines.find((machine) => machine.id === id);
  const provider: MachineProvider = {
    launch: (credentials, spec) =>
      call("launch", () => {
        const known = machines.find(
          (machine) => machine.app === credentials.app && machine.name === spec.name && machine.state !== "destroyed",
        );
        if (known !== undefined) return { machine: known, adopted: true };
        const machine: FakeMachine = {
          id: `m${machines.length + 1}`,
          name: spec.name,
          state: "started",
          region: spec.region,
          taskId: spec.taskId,
          attempt: spec.attempt,
          origin: spec.origin,
          createdAt: null,
          imagePulledAt: null,
          exit: null,
          spec,
          app: credentials.app,
        };
        machines.push(machine);
        return { machine, adopted: false };
      }),
    get: (_credentials, id) => call("get", () => find(id) ?? null),
    findByTask: (_credentials, taskId) =>
      call("findByTask", () => machines.filter((machine) => machine.taskId === taskId)),
    listPorterMachines: (credentials) =>
      call("list", () =>
        machines.filter((machine) => machine.app === credentials.app && machine.state !== "destroyed"),
      ),
    stop: (_credentials, id) =>
      call("stop", () => {
        const machine = find(id);
        if (machine !== undefined && machine.state !== "destroyed") machine.state = "stopping";
      }),
    destroy: (_credentials, id) =>
      call("destroy", () => {
        const machine = find(id);
        if (machine !== undefined) machine.state = "destroyed";
      }),
  };
  return { provider, machines, calls };
}

export const capacityFailure = () => new MachineError({ kind: "capacity", message: "insufficient_capacity" });
