import { FAILURES } from "@/lib/failures";
import { type MachineSize, mayHave } from "@/lib/machine-size";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { loadRunSettings } from "@/server/settings/run-settings";

/** For whoever waits for the answer. @throws AppError (forbidden) for a machine beyond the person's own settings */
export async function requireMachine(context: AppContext, userId: number, machine: MachineSize | null): Promise<void> {
  if (machine === null || mayHave(machine, (await loadRunSettings(context, userId)).config.largestMachine)) return;
  const { sentence, fix } = FAILURES.machine_too_large;
  throw new AppError("forbidden", sentence, { field: "machine", fix });
}
