import type { Database } from "./database";
import { namedStatement } from "./named-statement";
import { IS_IGNORED_DELIVERY, IS_IGNORED_MENTION } from "./schema";

export type IgnoredCount = { outcome: string; count: number; newestAt: string };
export type IgnoredRow = {
  at: string;
  outcome: string;
  owner: string;
  name: string;
  issueNumber: number;
  commentId: number;
};

/** What came in and had no effect: counted for operators, listed for whoever wrote it. */
export function createIgnoredStore(db: Database) {
  const d1 = db.$client;
  return {
    /** Deliveries that had no effect, and commands that were ignored or refused, after `since`; most first. */
    async counts(since: string): Promise<IgnoredCount[]> {
      const { results } = await namedStatement(
        d1,
        `SELECT outcome, sum(n) AS count, max(newest) AS newestAt FROM (
           SELECT outcome, count(*) AS n, max(received_at) AS newest FROM deliveries
           WHERE received_at > :since AND ${IS_IGNORED_DELIVERY} GROUP BY outcome
           UNION ALL
           SELECT outcome, count(*) AS n, max(created_at) AS newest FROM mentions
           WHERE created_at > :since AND ${IS_IGNORED_MENTION} AND outcome IS NOT NULL GROUP BY outcome
         ) GROUP BY outcome ORDER BY count DESC, outcome`,
        { since },
      ).all<IgnoredCount>();
      return results;
    },

    /** Newest first: deliveries that could not be read, and commands that ended for more than the person's own reasons. */
    async newest(since: string, limit: number) {
      const { results } = await namedStatement(
        d1,
        `SELECT * FROM (
           SELECT received_at AS at, outcome, event, id AS delivery, facts AS detail FROM deliveries
           WHERE received_at > :since AND outcome = 'unreadable' AND ${IS_IGNORED_DELIVERY} ORDER BY received_at DESC LIMIT :limit)
         UNION ALL SELECT * FROM (
           SELECT created_at AS at, outcome, 'issue_comment' AS event, delivery_id AS delivery, (SELECT gave_up_reason FROM obligations WHERE subject = mentions.id AND gave_up_reason IS NOT NULL) AS detail
           FROM mentions WHERE created_at > :since AND ${IS_IGNORED_MENTION}
             AND outcome NOT IN ('no_write_access', 'comment_deleted', 'issue_closed') ORDER BY created_at DESC LIMIT :limit)
         ORDER BY at DESC LIMIT :limit`,
        { since, limit },
      ).all<{ at: string; outcome: string; event: string; delivery: string; detail: string | null }>();
      return results;
    },

    /** Comments of this person that started nothing, newest first. A login may have been somebody else's before. */
    async ofPerson(person: { userId: number; login: string }, since: string, limit: number): Promise<IgnoredRow[]> {
      const { results } = await namedStatement(
        d1,
        `SELECT * FROM (
           SELECT received_at AS at, outcome, json_extract(facts, '$.owner') AS owner, json_extract(facts, '$.name') AS name,
                  issue_number AS issueNumber, comment_id AS commentId FROM deliveries
           WHERE lower(actor_login) = lower(:login) AND actor_login IS NOT NULL AND received_at > :since AND facts IS NOT NULL AND comment_id IS NOT NULL
             AND json_extract(facts, '$.actorId') = :userId ORDER BY received_at DESC LIMIT :limit)
         UNION ALL SELECT * FROM (
           SELECT created_at AS at, outcome, repo_owner AS owner, repo_name AS name, issue_number AS issueNumber,
                  comment_id AS commentId FROM mentions
           WHERE actor_id = :userId AND created_at > :since AND ${IS_IGNORED_MENTION} AND outcome IS NOT NULL
           ORDER BY created_at DESC LIMIT :limit)
         ORDER BY at DESC LIMIT :limit`,
        { login: person.login, userId: person.userId, since, limit },
      ).all<IgnoredRow>();
      return results;
    },
  };
}
export type IgnoredStore = ReturnType<typeof createIgnoredStore>;
