import { readRows, type HistoryRow } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

const GONE_WITHIN_MS = 120_000;
/** For the image to come, and for the machine to start. */
const PROVISIONING_MS = 600_000 + 180_000;
const GRACE_MS = 120_000;
/** A sweep a minute, and the tick of the calm. */
const CLOCK_MS = 75_000;

/** I2: one machine an attempt. I5: gone two minutes after its end. I8: no attempt outlives its time. */
export async function checkMachines({ stage, calm, history }: CheckedWorld): Promise<Violation[]> {
  const { world } = stage;
  const { fly, born, gone } = world.outside;
  const violations: Violation[] = [];
  const byAttempt = Map.groupBy(fly.machines, (machine) => machine.name);
  for (const [name, machines] of byAttempt)
    if (machines.length > 1)
      violations.push(violationOf("I2", `${name} was created ${machines.length} times`, machines[0]?.taskId ?? ""));

  const attempts = await readRows(
    world.engine,
    `SELECT a.task_id, a.attempt, a.machine_name, a.created_at, a.claimed_at, a.ended_at, t.timeout_minutes
     FROM task_attempts a JOIN tasks t ON t.id = a.task_id`,
  );
  for (const attempt of attempts) {
    const taskId = String(attempt.task_id);
    const label = `attempt ${String(attempt.attempt)} of ${taskId}`;
    const endedAt = Date.parse(String(attempt.ended_at));
    if (Number.isNaN(endedAt)) continue;
    for (const machine of byAttempt.get(String(attempt.machine_name)) ?? []) {
      const goneAt = gone.get(machine.id) ?? Number.POSITIVE_INFINITY;
      const from = Math.max(endedAt, calm.calmAt, born.get(machine.id) ?? 0);
      if (goneAt > from + GONE_WITHIN_MS)
        violations.push(
          violationOf(
            "I5",
            `the machine of ${label} went ${Math.round((goneAt - from) / 1000)} s after its end`,
            taskId,
          ),
        );
    }
    const claimedAt = Date.parse(String(attempt.claimed_at));
    const begun = Number.isNaN(claimedAt) ? Date.parse(String(attempt.created_at)) + PROVISIONING_MS : claimedAt;
    const latest = begun + Number(attempt.timeout_minutes) * 60_000 + GRACE_MS;
    const leftAt = leftRunning(history, taskId, Number(attempt.attempt));
    if (leftAt > Math.max(latest, calm.calmAt) + CLOCK_MS)
      violations.push(violationOf("I8", `${label} ran for ${Math.round((leftAt - latest) / 1000)} s too long`, taskId));
  }
  return violations;
}

/** When the task was no longer running in this attempt, ms; it always was once. */
function leftRunning(history: HistoryRow[], taskId: string, attempt: number): number {
  const own = history.filter((row) => row.what === "task" && row.id === taskId);
  const last = own.findLastIndex((row) => row.data.status === "running" && row.data.attempt === attempt);
  return Date.parse(own[last + 1]?.at ?? "9999-12-31T00:00:00.000Z");
}
