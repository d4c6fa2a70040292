import { and, eq, exists, inArray, isNotNull, isNull, notExists, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { OPEN_STATUSES } from "@/lib/task";
import { type Database, isAmong } from "./database";
import { isActor } from "./delivery-store";
import { insertWhere } from "./insert-where";
import * as schema from "./schema";

/** How many rows of each kind went. */
export type Erased = {
  tasks: number;
  attempts: number;
  events: number;
  mentions: number;
  secrets: number;
  tokens: number;
  sessions: number;
  settings: number;
};

/** `newSubject`: of somebody of whom there is no audit line yet. */
type Leaving = { userId: number; login: string; newSubject: string };

const { auditSubjects, changeSets, deliveries, mentions, obligations, taskAttempts, tasks, users } = schema;

/** Everything that Porter holds of one person, for the day they leave. */
export function createErasureStore(db: Database) {
  return {
    /** Every task of the person; deleting an account may read them all. */
    taskIds: async (userId: number): Promise<string[]> =>
      (await db.select({ id: tasks.id }).from(tasks).where(eq(tasks.userId, userId))).map(({ id }) => id),

    /** Tasks that have not ended, or whose machines or tokens are still to be cleaned up. */
    async unfinishedTaskIds(userId: number): Promise<string[]> {
      const isOpen = isAmong(tasks.status, OPEN_STATUSES);
      const rows = await db
        .select({ id: tasks.id })
        .from(tasks)
        .where(and(eq(tasks.userId, userId), or(isOpen, exists(uncleanAttempts(db)))));
      return rows.map(({ id }) => id);
    },

    /**
     * One batch: all or nothing. Audit lines stay; with the person's row goes whom their random subject means (by a
     * trigger), which is `pseudonym` from then on. `withWork`: tasks that had change sets until then.
     */
    async erase(input: Leaving): Promise<{ erased: Erased; withWork: string[]; pseudonym: string }> {
      const { userId, newSubject } = input;
      const known = db
        .select({ one: sql`1` })
        .from(auditSubjects)
        .where(eq(auditSubjects.userId, userId));
      const counted = countedRemovals(db, userId);
      const before = removalsBefore(db, userId);
      const [, [subject], work, ...removed] = await db.batch([
        insertWhere(db, auditSubjects, { row: { id: newSubject, userId }, where: notExists(known) }),
        db.select({ id: auditSubjects.id }).from(auditSubjects).where(eq(auditSubjects.userId, userId)),
        db.selectDistinct({ taskId: changeSets.taskId }).from(changeSets).where(eq(changeSets.userId, userId)),
        ...before,
        ...Object.values(counted),
        ...removalsAfter(db, userId),
        ...namesTaken(db, input),
        // Last: its trigger takes away whom the lines mean, those of this batch among them.
        remove(db, users, eq(users.id, userId)),
      ]);
      // Rows that were returned: D1 counts what triggers write as well.
      const gone = (name: keyof Erased): number => {
        const rows = removed[before.length + Object.keys(counted).indexOf(name)];
        return Array.isArray(rows) ? rows.length : 0;
      };
      const erased: Erased = {
        attempts: gone("attempts"),
        events: gone("events"),
        mentions: gone("mentions"),
        tasks: gone("tasks"),
        secrets: gone("secrets"),
        tokens: gone("tokens"),
        settings: gone("settings"),
        sessions: gone("sessions"),
      };
      return { erased, withWork: work.map(({ taskId }) => taskId), pseudonym: subject?.id ?? newSubject };
    },
  };
}
export type ErasureStore = ReturnType<typeof createErasureStore>;

/** Attempts of a task that are open or not cleaned up, unless that was given up. */
function uncleanAttempts(db: Database) {
  const isGivenUp = and(
    eq(obligations.subject, sql`${taskAttempts.taskId} || '/' || ${taskAttempts.attempt}`),
    eq(obligations.kind, "clean_up"),
    isNotNull(obligations.gaveUpReason),
  );
  return db
    .select({ one: sql`1` })
    .from(taskAttempts)
    .where(
      and(
        eq(taskAttempts.taskId, tasks.id),
        or(isNull(taskAttempts.endedAt), isNull(taskAttempts.machineDestroyedAt), isNull(taskAttempts.tokenRevokedAt)),
        notExists(
          db
            .select({ one: sql`1` })
            .from(obligations)
            .where(isGivenUp),
        ),
      ),
    );
}

const remove = (db: Database, table: SQLiteTable, where: SQL | undefined) =>
  db
    .delete(table)
    .where(where)
    .returning({ one: sql<number>`1` });

const tasksOf = (db: Database, userId: number) =>
  db.select({ id: tasks.id }).from(tasks).where(eq(tasks.userId, userId));

/** What is found by the tasks, attempts and mentions goes before them. */
function removalsBefore(db: Database, userId: number) {
  const { contentShares } = schema;
  const ofAttempt = sql<string>`${taskAttempts.taskId} || '/' || ${taskAttempts.attempt}`;
  const ofAttempts = db
    .select({ id: ofAttempt })
    .from(taskAttempts)
    .where(inArray(taskAttempts.taskId, tasksOf(db, userId)));
  const ofMentions = db.select({ id: mentions.id }).from(mentions).where(eq(mentions.actorId, userId));
  const theirs = tasksOf(db, userId).unionAll(ofAttempts).unionAll(ofMentions);
  const installations = db.selectDistinct({ id: tasks.installationId }).from(tasks).where(eq(tasks.userId, userId));
  return [
    remove(db, schema.logChunks, inArray(schema.logChunks.taskId, tasksOf(db, userId))),
    remove(db, changeSets, eq(changeSets.userId, userId)),
    remove(db, obligations, inArray(obligations.subject, theirs)),
    remove(
      db,
      contentShares,
      and(inArray(contentShares.installationId, installations), eq(contentShares.userId, userId)),
    ),
    // Before its tasks, whose triggers then find no week of theirs.
    remove(db, schema.endedWeeks, eq(schema.endedWeeks.userId, userId)),
  ];
}

function countedRemovals(db: Database, userId: number): Record<keyof Erased, ReturnType<typeof remove>> {
  const { sessions, taskEvents, userOauthTokens, userSecrets, userSettings } = schema;
  return {
    attempts: remove(db, taskAttempts, inArray(taskAttempts.taskId, tasksOf(db, userId))),
    events: remove(db, taskEvents, inArray(taskEvents.taskId, tasksOf(db, userId))),
    mentions: remove(db, mentions, eq(mentions.actorId, userId)),
    tasks: remove(db, tasks, eq(tasks.userId, userId)),
    secrets: remove(db, userSecrets, eq(userSecrets.userId, userId)),
    tokens: remove(db, userOauthTokens, eq(userOauthTokens.githubUserId, userId)),
    settings: remove(db, userSettings, eq(userSettings.userId, userId)),
    sessions: remove(db, sessions, eq(sessions.userId, userId)),
  };
}

function removalsAfter(db: Database, userId: number) {
  const { appSweeps, githubAnswers, repositorySecrets, starts, useCounts } = schema;
  return [
    remove(db, appSweeps, eq(appSweeps.userId, userId)),
    remove(db, starts, eq(starts.userId, userId)),
    remove(db, githubAnswers, eq(githubAnswers.userId, userId)),
    remove(db, repositorySecrets, eq(repositorySecrets.savedBy, userId)),
    remove(db, useCounts, eq(useCounts.key, `key_check:${userId}`)),
  ];
}

/** Rows that stay, without saying whose they were. */
function namesTaken(db: Database, { userId, login }: Leaving) {
  const { auditLog, repositorySettings } = schema;
  return [
    db
      .update(deliveries)
      .set({ actorLogin: null, facts: sql`json_remove(${deliveries.facts}, '$.actorId')` })
      .where(isActor(login)),
    db.update(repositorySettings).set({ updatedBy: null }).where(eq(repositorySettings.updatedBy, userId)),
    db.update(auditLog).set({ actor: "gone", userId: null, detail: null }).where(eq(auditLog.userId, userId)),
  ];
}
