import { and, eq, notExists, sql } from "drizzle-orm";
import type { AuditRow } from "@/lib/audit";
import type { Database } from "./database";
import { namedStatement } from "./named-statement";
import { auditLines, auditSubjects, users } from "./schema";

/** A line of something that changes no row. `detail` holds neither values nor words of people. */
type NewLine = {
  actorId: number | null;
  actorLogin?: string | null;
  ownerId?: number | null;
  action: string;
  through: string;
  object: string;
  detail?: Record<string, string | number>;
};
/** Newest first, at most `limit`, older than line `before`. */
type Page = { before: number | null; limit: number };

/** What a reader is told of a line; people as they are called today, for as long as anybody knows. */
const TOLD = `l.id, l.at, l.action, l.through, l.object, l.detail, actor.user_id AS actorId, owner.user_id AS ownerId,
  coalesce(acting.login, actor.login) AS actorLogin, coalesce(owning.login, owner.login) AS ownerLogin,
  l.actor IS NOT NULL AS hasActor, l.owner IS NOT NULL AS hasOwner`;
const NAMES = `LEFT JOIN audit_subjects actor ON actor.id = l.actor LEFT JOIN users acting ON acting.id = actor.user_id
  LEFT JOIN audit_subjects owner ON owner.id = l.owner LEFT JOIN users owning ON owning.id = owner.user_id`;

/** The audit log. Lines of what changes rows are written by the database itself, within the statement that changes them. */
export function createAuditStore(db: Database) {
  const d1 = db.$client;
  const write = (line: NewLine, unless = "") =>
    namedStatement(
      d1,
      `INSERT INTO audit (actor_id, actor_login, owner_id, action, through, object, detail)
       SELECT :actorId, :actorLogin, :ownerId, :action, :through, :object, :detail${unless}`,
      {
        actorId: line.actorId,
        actorLogin: line.actorLogin ?? null,
        ownerId: line.ownerId ?? null,
        action: line.action,
        through: line.through,
        object: line.object,
        detail: line.detail === undefined ? null : JSON.stringify(line.detail),
      },
    ).run();
  return {
    append: async (line: NewLine): Promise<void> => {
      await write(line);
    },

    /** Of somebody who was refused; the same again within an hour adds nothing, however often they try. */
    refuse: async (line: NewLine): Promise<void> => {
      await write(
        line,
        ` WHERE NOT EXISTS (SELECT 1 FROM audit_lines l LEFT JOIN audit_subjects s ON s.id = l.actor WHERE l.object = :object AND l.action = :action
            AND s.user_id IS :actorId AND l.detail IS :detail AND l.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 hour'))`,
      );
    },

    /** Lines of what this person did, and of what was done to what is theirs. */
    ofPerson: async (userId: number, { before, limit }: Page): Promise<AuditRow[]> => {
      const part = (column: "actor" | "owner") =>
        `SELECT * FROM (SELECT id FROM audit_lines WHERE ${column} = (SELECT id FROM audit_subjects WHERE user_id = :userId)
           AND id < :before ORDER BY id DESC LIMIT :limit)`;
      const { results } = await namedStatement(
        d1,
        `SELECT ${TOLD} FROM (${part("actor")} UNION ${part("owner")}) own JOIN audit_lines l ON l.id = own.id ${NAMES} ORDER BY l.id DESC LIMIT :limit`,
        { userId, before: before ?? Number.MAX_SAFE_INTEGER, limit },
      ).all<AuditRow>();
      return results;
    },

    /** Everybody's. */
    all: async ({ before, limit }: Page): Promise<AuditRow[]> => {
      const { results } = await namedStatement(
        d1,
        `SELECT ${TOLD} FROM audit_lines l ${NAMES} WHERE l.id < :before ORDER BY l.id DESC LIMIT :limit`,
        { before: before ?? Number.MAX_SAFE_INTEGER, limit },
      ).all<AuditRow>();
      return results;
    },

    /**
     * Of the next subjects after row `after` those go whom no line means any more and who have no account. Answers the
     * last one that was looked at; null: there are no more.
     */
    forgetSubjects: (after: number, limit: number): Promise<number | null> => forgetSubjectsOf(db, after, limit),
  };
}
export type AuditStore = ReturnType<typeof createAuditStore>;

async function forgetSubjectsOf(db: Database, after: number, limit: number): Promise<number | null> {
  const meant = (column: "actor" | "owner") =>
    db
      .select({ one: sql`1` })
      .from(auditLines)
      .where(eq(auditLines[column], auditSubjects.id));
  const account = db
    .select({ one: sql`1` })
    .from(users)
    .where(eq(users.id, auditSubjects.userId));
  const next = db
    .select({ rowid: sql<number>`rowid`.as("rowid") })
    .from(auditSubjects)
    .where(sql`rowid > ${after}`)
    .orderBy(sql`rowid`)
    .limit(limit);
  const [rows] = await db.batch([
    next,
    db
      .delete(auditSubjects)
      .where(and(sql`rowid IN ${next}`, notExists(account), notExists(meant("actor")), notExists(meant("owner")))),
  ]);
  return rows.length < limit ? null : (rows.at(-1)?.rowid ?? null);
}
