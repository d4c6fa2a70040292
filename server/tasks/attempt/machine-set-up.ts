import type { MachineSetUp } from "@/lib/set-up/protocol";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { secretsForMachine } from "@/server/repositories/repository-secrets";
import { setUpOf } from "../set-up";

/** What the machine is told, with the secrets that it may have; undefined: nothing is to be set up. */
export async function machineSetUp(
  context: AppContext,
  task: TaskRow,
  flyApp: string,
): Promise<MachineSetUp | undefined> {
  const { run, required, timeoutMinutes, start, services, env, secrets: names, image } = setUpOf(task);
  const isNothing = run === null && start === null && services.length === 0 && Object.keys(env).length === 0;
  if (isNothing && image === null) return undefined;
  const { secrets, withheld } = await secretsForMachine(context, { repositoryId: task.repositoryId, names, flyApp });
  const timeoutMs = Math.min(timeoutMinutes, task.timeoutMinutes) * 60_000;
  return { run, required, timeoutMs, start, services, env, secrets, withheld, image };
}
