import { type AuditLine, auditCsv, AUDIT_COLUMNS, auditLine, type AuditPage, type AuditRow } from "@/lib/audit";
import { csvLine } from "@/lib/task-csv";
import type { AppContext } from "@/server/context";
import { requireOperator, requireUser } from "./actor";

type Asked = { cursor?: string | undefined; limit: number };
/** A page of the database, and one line more to know whether there is another. */
type Read = (page: { before: number | null; limit: number }) => Promise<AuditRow[]>;

/** What the signed-in person did, and what was done to what is theirs. */
export function ownAudit(context: AppContext, asked: Asked): Promise<AuditPage> {
  const { userId } = requireUser(context.actor);
  return pageOf((page) => context.db.audit.ofPerson(userId, page), asked);
}

/** Everybody's lines, for operators. */
export function everybodysAudit(context: AppContext, asked: Asked): Promise<AuditPage> {
  requireOperator(context);
  return pageOf(context.db.audit.all, asked);
}

async function pageOf(read: Read, { cursor, limit }: Asked): Promise<AuditPage> {
  const rows = await read({ before: cursor === undefined ? null : Number(cursor), limit: limit + 1 });
  const lines = rows.slice(0, limit).map(auditLine);
  return { lines, nextCursor: rows.length > limit ? String(lines.at(-1)?.id) : null };
}

/** Lines of one read of a file: it is made as it goes out. */
const AT_ONCE = 1000;

/** The same as a file's text, in parts. */
export async function* auditFile(page: (asked: Asked) => Promise<AuditPage>): AsyncGenerator<string, void> {
  yield csvLine(AUDIT_COLUMNS);
  for (let cursor: string | undefined, isMore = true; isMore;) {
    const { lines, nextCursor }: { lines: AuditLine[]; nextCursor: string | null } = await page({
      cursor,
      limit: AT_ONCE,
    });
    if (lines.length > 0) yield lines.map(auditCsv).join("");
    isMore = nextCursor !== null;
    cursor = nextCursor ?? undefined;
  }
}
