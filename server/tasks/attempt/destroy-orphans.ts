import type { AppContext } from "@/server/context";
import { describeError } from "@/server/log";
import type { FlyCredentials, Machine } from "@/server/machines/port";
import { openFlyToken } from "@/server/secrets/fly-credentials";

/** Apps of one sweep: each is a call to Fly. */
const APPS_A_SWEEP = 10;
/** Its own attempt destroys a machine within this time after its end (I5); a new one has its row before it exists. */
const GRACE_MS = 2 * 60_000;
/** An app in which nothing was started for so long, and where nothing is left, is not looked at any more. */
const QUIET_MS = 2 * 24 * 3_600_000;

/**
 * The last resort against machines that run for ever: every app in which Porter starts machines is looked through
 * every ten minutes, and what carries Porter's mark without a living attempt is destroyed.
 */
export async function destroyOrphans(context: AppContext): Promise<void> {
  const now = context.clock.now();
  for (const app of await context.db.appSweeps.take(now.toISOString(), APPS_A_SWEEP)) {
    try {
      const left = await lookThrough(context, app);
      if (left === 0 && now.getTime() - Date.parse(app.lastLaunchAt) > QUIET_MS)
        await context.db.appSweeps.forget(app.userId, app.flyApp);
    } catch (error) {
      // The app is due again in ten minutes.
      context.log.warn("orphans.look_failed", { flyApp: app.flyApp, error: describeError(error) });
    }
  }
}

/** How many machines are left, also where nobody may look (null credentials). */
async function lookThrough(context: AppContext, input: { userId: number; flyApp: string }): Promise<number> {
  const token = await openFlyToken(context, input.userId);
  if (token === null) return 0;
  const credentials: FlyCredentials = { token, app: input.flyApp };
  const machines = await context.machines.listPorterMachines(credentials);
  for (const machine of machines) {
    if (!(await isOrphan(context, machine))) continue;
    context.log.warn("orphan.destroyed", { machineId: machine.id, taskId: machine.taskId, attempt: machine.attempt });
    await context.machines.destroy(credentials, machine.id);
  }
  return machines.length;
}

async function isOrphan(context: AppContext, machine: Machine): Promise<boolean> {
  const { taskId, attempt: number, origin } = machine;
  // Another Porter may use the same app: its machines are its own.
  if (taskId === null || number === null || origin !== context.env.PUBLIC_URL) return false;
  const now = context.clock.now().getTime();
  const attempt = await context.db.attempts.get(taskId, number);
  if (attempt === null) return machine.createdAt === null || now - Date.parse(machine.createdAt) > GRACE_MS;
  if (attempt.machineId !== null && attempt.machineId !== machine.id) return true;
  return attempt.endedAt !== null && now - Date.parse(attempt.endedAt) > GRACE_MS;
}
