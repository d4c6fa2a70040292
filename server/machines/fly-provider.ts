import { createFlyClient, isMachineId } from "@/server/machines/fly-client";
import type { FlyAnswer, FlyOptions, FlyRequest } from "@/server/machines/fly-client";
import { failureOf, sendToFly } from "@/server/machines/fly-failures";
import { createFlyLauncher } from "@/server/machines/fly-launch";
import { createFlyReader } from "@/server/machines/fly-reader";
import { MachineError } from "@/server/machines/port";
import type { FlyCredentials, MachineProvider, MachineState } from "@/server/machines/port";

const END_TIMEOUT_MS = 8_000;
const NOT_RUNNING: readonly MachineState[] = ["stopping", "stopped", "destroying", "destroyed", "failed"];
const GONE: readonly MachineState[] = ["destroying", "destroyed"];
/** Statuses with which Fly answers a stop or a delete that the machine's state does not allow. */
const STATE_CONFLICTS = [400, 409, 412, 422];

/**
 * Machines on Fly (docs.machines.dev). Each call takes at most 15 s, tokens go to `apiUrl` only.
 * `settleMs`: pause before a create of unknown outcome is looked for.
 */
export function createFlyProvider(options: FlyOptions & { settleMs?: number }): MachineProvider {
  const client = createFlyClient(options);
  const reader = createFlyReader(client);

  /** Sends a stop or a delete; done also when the machine is, or is already on its way. */
  async function end(
    credentials: FlyCredentials,
    machineId: string,
    call: { request: FlyRequest; done: readonly MachineState[] },
  ) {
    if (!isMachineId(machineId)) return;
    const answer: FlyAnswer = await sendToFly(client, credentials, call.request);
    if ((answer.status >= 200 && answer.status < 300) || answer.status === 404) return;
    if (STATE_CONFLICTS.includes(answer.status)) {
      const machine = await reader.get(credentials, machineId);
      if (machine === null || call.done.includes(machine.state)) return;
      throw new MachineError({ kind: "unavailable", message: `Fly: ${answer.errorText}` });
    }
    throw new MachineError(failureOf(answer));
  }

  return {
    launch: createFlyLauncher({ client, reader, settleMs: options.settleMs }),
    get: reader.get,
    findByTask: reader.findByTask,
    async listPorterMachines(credentials) {
      return (await reader.listLive(credentials)).filter((machine) => machine.taskId !== null);
    },
    async stop(credentials, machineId) {
      const request: FlyRequest = {
        method: "POST",
        path: `/machines/${machineId}/stop`,
        body: { signal: "SIGTERM", timeout: "30s" },
        timeoutMs: END_TIMEOUT_MS,
      };
      await end(credentials, machineId, { request, done: NOT_RUNNING });
    },
    async destroy(credentials, machineId) {
      const path = `/machines/${machineId}?force=true`;
      await end(credentials, machineId, { request: { method: "DELETE", path, timeoutMs: END_TIMEOUT_MS }, done: GONE });
    },
  };
}
