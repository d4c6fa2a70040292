import { and, eq, exists, gte, isNull, or, sql } from "drizzle-orm";
import type { Database } from "./database";
import { taskAttempts, tasks } from "./schema";
import type { AttemptRow } from "./task-row";

type Key = { taskId: string; attempt: number };

const isAttempt = ({ taskId, attempt }: Key) => and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt));

/** The machine of an attempt: wanted, known, claimed, heard from. */
export const createAttemptMachines = (db: Database) => ({ ...createLaunches(db), ...createSignsOfLife(db) });

function createLaunches(db: Database) {
  return {
    /**
     * Writes the intent to create the machine, before the call. At most three in three seconds an app: Fly takes
     * one a second, burst three. False: too many just now, or no longer wanted.
     */
    async intendLaunch(input: Key & { flyApp: string; now: string; since: string }): Promise<boolean> {
      const lately = sql`(SELECT count(*) FROM task_attempts other WHERE other.fly_app = ${input.flyApp} AND other.launch_intent_at > ${input.since})`;
      const rows = await db
        .update(taskAttempts)
        .set({ launchIntentAt: input.now })
        .where(and(isAttempt(input), isNull(taskAttempts.endedAt), isNull(taskAttempts.machineId), sql`${lately} < 3`))
        .returning({ attempt: taskAttempts.attempt });
      return rows.length > 0;
    },

    /** Whatever became of the attempt meanwhile, its machine must be known, or nobody would destroy it. */
    async adoptMachine(
      input: Key & { machineId: string; state: string; region: string | null; now: string },
    ): Promise<void> {
      const { machineId, state: machineState, now: machineSeenAt, region } = input;
      await db
        .update(taskAttempts)
        .set({ machineId, machineState, machineSeenAt, region })
        .where(and(isAttempt(input), or(isNull(taskAttempts.machineId), eq(taskAttempts.machineId, machineId))));
    },
  };
}

function createSignsOfLife(db: Database) {
  return {
    /**
     * Takes the claim: the first nonce wins, the same nonce wins again until `started`. Returns the row, or null
     * when another nonce came first, the attempt has ended, or it has started.
     */
    async claim(input: Key & { nonceHash: string; callbackHmac: string; now: string }): Promise<AttemptRow | null> {
      const rows = await db
        .update(taskAttempts)
        .set({
          claimNonceHash: input.nonceHash,
          callbackHmac: input.callbackHmac,
          claimedAt: sql`coalesce(${taskAttempts.claimedAt}, ${input.now})`,
          heartbeatAt: input.now,
        })
        .where(
          and(
            isAttempt(input),
            isNull(taskAttempts.endedAt),
            isNull(taskAttempts.startedAt),
            or(isNull(taskAttempts.claimNonceHash), eq(taskAttempts.claimNonceHash, input.nonceHash)),
          ),
        )
        .returning();
      return rows[0] ?? null;
    },

    /**
     * A machine that its token's HMAC names lives, in one statement: false where the HMAC is another one, the token's time
     * is over (`diedBefore`), or the task no longer runs by this attempt. Then nothing changed.
     */
    async beat(
      input: Key & { callbackHmac: string; hmacKeyVersion: number; now: string; diedBefore: string },
    ): Promise<boolean> {
      const runs = and(eq(tasks.id, input.taskId), eq(tasks.attempt, input.attempt), eq(tasks.status, "running"));
      const rows = await db
        .update(taskAttempts)
        .set({ heartbeatAt: input.now })
        .where(
          and(
            isAttempt(input),
            eq(taskAttempts.callbackHmac, input.callbackHmac),
            eq(taskAttempts.hmacKeyVersion, input.hmacKeyVersion),
            gte(taskAttempts.deadlineAt, input.diedBefore),
            isNull(taskAttempts.endedAt),
            exists(
              db
                .select({ one: sql`1` })
                .from(tasks)
                .where(runs),
            ),
          ),
        )
        .returning({ attempt: taskAttempts.attempt });
      return rows.length > 0;
    },

    /** False when the attempt has ended. */
    async heartbeat(taskId: string, attempt: number, now: string): Promise<boolean> {
      const rows = await db
        .update(taskAttempts)
        .set({ heartbeatAt: now })
        .where(and(isAttempt({ taskId, attempt }), isNull(taskAttempts.endedAt)))
        .returning({ attempt: taskAttempts.attempt });
      return rows.length > 0;
    },
  };
}
