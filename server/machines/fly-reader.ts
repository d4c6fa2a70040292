import type { z } from "zod";
import { isMachineId } from "@/server/machines/fly-client";
import type { FlyAnswer, FlyClient } from "@/server/machines/fly-client";
import { failureOf, sendToFly } from "@/server/machines/fly-failures";
import { TASK_METADATA, toMachine } from "@/server/machines/fly-machine";
import { flyMachineListSchema, flyMachineSchema } from "@/server/machines/fly-schemas";
import { MachineError } from "@/server/machines/port";
import type { FlyCredentials, Machine } from "@/server/machines/port";

const READ_TIMEOUT_MS = 5_000;

function parse<T>(schema: z.ZodType<T>, answer: FlyAnswer): T {
  if (answer.status < 200 || answer.status >= 300) throw new MachineError(failureOf(answer));
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new MachineError({
    kind: "unavailable",
    message: `Fly: the answer could not be read${where ? ` at ${where}` : ""}`,
  });
}

/** The reading half of the provider: every call is safe to repeat. */
export function createFlyReader(client: FlyClient) {
  async function list(credentials: FlyCredentials, query: string): Promise<Machine[]> {
    const answer = await sendToFly(client, credentials, {
      method: "GET",
      path: `/machines${query}`,
      timeoutMs: READ_TIMEOUT_MS,
    });
    return parse(flyMachineListSchema, answer).map(toMachine);
  }
  return {
    async get(credentials: FlyCredentials, machineId: string): Promise<Machine | null> {
      if (!isMachineId(machineId)) return null;
      const path = `/machines/${machineId}`;
      const answer = await sendToFly(client, credentials, { method: "GET", path, timeoutMs: READ_TIMEOUT_MS });
      return answer.status === 404 ? null : toMachine(parse(flyMachineSchema, answer));
    },
    /** Fly's filter is documented, yet flyctl does not trust it: the metadata is compared here again. */
    async findByTask(credentials: FlyCredentials, taskId: string): Promise<Machine[]> {
      const query = new URLSearchParams({ [`metadata.${TASK_METADATA}`]: taskId, include_deleted: "true" });
      return (await list(credentials, `?${query}`)).filter((machine) => machine.taskId === taskId);
    },
    async listLive(credentials: FlyCredentials): Promise<Machine[]> {
      return (await list(credentials, "")).filter((machine) => machine.state !== "destroyed");
    },
  };
}
export type FlyReader = ReturnType<typeof createFlyReader>;
