import { and, asc, eq, inArray, lte, sql } from "drizzle-orm";
import type { Database } from "./database";
import { userSecrets } from "./schema";

export type SecretRow = typeof userSecrets.$inferSelect;
export type NewSecret = Omit<
  typeof userSecrets.$inferInsert,
  "createdAt" | "lastUsedAt" | "verifiedAt" | "models" | "modelsAskedAt" | "flyNetwork"
>;
/** What may be shown of a secret. */
export type SecretStatusRow = Pick<
  SecretRow,
  "provider" | "name" | "lastFour" | "updatedAt" | "lastUsedAt" | "verifiedAt" | "verification" | "flyNetwork"
>;

const statusColumns = {
  provider: userSecrets.provider,
  name: userSecrets.name,
  lastFour: userSecrets.lastFour,
  updatedAt: userSecrets.updatedAt,
  lastUsedAt: userSecrets.lastUsedAt,
  verifiedAt: userSecrets.verifiedAt,
  verification: userSecrets.verification,
  flyNetwork: userSecrets.flyNetwork,
};

/** Sealed keys and tokens of users (spec `user_secrets`). Nothing in here opens one. */
export function createSecretStore(db: Database) {
  return {
    /** A new value is unused, and nothing is known of it, whatever the old one was. */
    put: async (secret: NewSecret): Promise<void> => {
      const unknown = { lastUsedAt: null, verifiedAt: null, models: null };
      const changes = { ...secret, ...unknown, modelsAskedAt: null, flyNetwork: null };
      await db
        .insert(userSecrets)
        .values({ ...changes, createdAt: secret.updatedAt })
        .onConflictDoUpdate({ target: [userSecrets.userId, userSecrets.provider, userSecrets.name], set: changes });
    },

    listStatus: (userId: number): Promise<SecretStatusRow[]> =>
      db
        .select(statusColumns)
        .from(userSecrets)
        .where(eq(userSecrets.userId, userId))
        .orderBy(asc(userSecrets.provider), asc(userSecrets.name)),

    /** At most 90 names (100 bound parameters are D1's limit). */
    getSealed: (userId: number, names: readonly string[]): Promise<SecretRow[]> =>
      db
        .select()
        .from(userSecrets)
        .where(and(eq(userSecrets.userId, userId), inArray(userSecrets.name, names.slice(0, 90)))),

    /** False when there was none. */
    delete: async (input: { userId: number; provider: string; name: string }): Promise<boolean> => {
      const rows = await db.delete(userSecrets).where(named(input)).returning({ id: userSecrets.id });
      return rows.length > 0;
    },

    markUsed: async (ids: readonly string[], lastUsedAt: string): Promise<void> => {
      await db
        .update(userSecrets)
        .set({ lastUsedAt })
        .where(inArray(userSecrets.id, ids.slice(0, 90)));
    },

    /** Notes what a check found, unless the value was replaced meanwhile (`iv` is another one then). */
    markVerified: async (
      secret: { id: string; iv: string },
      result: {
        verification: string;
        verifiedAt: string;
        models?: string;
        modelsAskedAt?: string;
        flyNetwork?: string;
      },
    ): Promise<void> => {
      await db
        .update(userSecrets)
        .set(result)
        .where(and(eq(userSecrets.id, secret.id), eq(userSecrets.iv, secret.iv)));
    },

    /** Takes the state of a check away, if the row has it still. */
    endCheck: async (secret: { id: string; iv: string }, { from, to }: { from: string; to: string }): Promise<void> => {
      await db
        .update(userSecrets)
        .set({ verification: to, verifiedAt: null })
        .where(and(eq(userSecrets.id, secret.id), eq(userSecrets.iv, secret.iv), eq(userSecrets.verification, from)));
    },

    /** Keys whose models were not asked for since `before`. Taken with the read: no two sweeps ask for the same one. */
    takeModelsDue: (input: { provider: string; before: string; now: string; limit: number }): Promise<SecretRow[]> => {
      const askedAt = sql<string>`CASE WHEN ${userSecrets.modelsAskedAt} IS NULL THEN ${userSecrets.updatedAt} ELSE ${userSecrets.modelsAskedAt} END`;
      const due = db
        .select({ id: userSecrets.id })
        .from(userSecrets)
        .where(and(eq(userSecrets.provider, input.provider), lte(askedAt, input.before)))
        .limit(input.limit);
      return db.update(userSecrets).set({ modelsAskedAt: input.now }).where(inArray(userSecrets.id, due)).returning();
    },
  };
}
export type SecretStore = ReturnType<typeof createSecretStore>;

const named = (secret: { userId: number; provider: string; name: string }) =>
  and(
    eq(userSecrets.userId, secret.userId),
    eq(userSecrets.provider, secret.provider),
    eq(userSecrets.name, secret.name),
  );
