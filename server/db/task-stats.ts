import { desc, sql } from "drizzle-orm";
import { AGENT_IDS, type AgentId } from "@/lib/agents";
import { TEXT_SEARCH_TASKS } from "@/lib/task-filter";
import { endingOf, stateOf } from "@/lib/task-state";
import { startOfDay, type ZoneOffset } from "@/lib/zone";
import type { Database } from "./database";
import { type EndedTask, entriesOf, needsSomebody, readWeeks, weeksOf } from "./ended-weeks";
import { tasks } from "./schema";
import { matchingTasks, type TaskSearch } from "./task-search";

export type DayRow = { day: string; outcome: "success" | "failed" | "other"; tasks: number; costUsd: number };
export type AgentRow = {
  agent: AgentId;
  tasks: number;
  succeeded: number;
  failed: number;
  medianMs: number | null;
  costUsd: number;
};

type Search = TaskSearch & { now: number };

/** Sums over one user's ended tasks that a search asks for. Days are the reader's, by `offsets` (lib/zone.ts). */
export function createTaskStats(db: Database) {
  /**
   * The person's ended tasks that a search asks for. What the weeks do not tell, repository and text, is looked for in
   * the newest tasks that have it.
   */
  async function found(userId: number, search: Search): Promise<EndedTask[]> {
    const { text, repository, now } = search;
    const [from, to] = [instant(search, "from"), instant(search, "to")];
    const isSimple = text === undefined && repository === undefined;
    const ended = isSimple
      ? readWeeks(await weeksOf(db, userId, { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) }))
      : await entriesOf(
          db,
          sql`SELECT ${tasks.id} FROM ${tasks} WHERE ${matchingTasks(userId, { text, repository }, now)}
              ORDER BY ${desc(tasks.createdAt)} LIMIT ${TEXT_SEARCH_TASKS}`,
        );
    return ended.filter((one) => (from ?? 0) <= one.asked && one.asked < (to ?? Infinity) && isAsked(one, search));
  }

  return {
    /** Tasks by the day they were asked for and how they ended, ascending; and by agent, with the median of how long they took. */
    async stats(
      userId: number,
      search: Search & { offsets: ZoneOffset[] },
    ): Promise<{ days: DayRow[]; agents: AgentRow[] }> {
      const ended = await found(userId, search);
      return { days: byDay(ended, search.offsets), agents: byAgent(ended) };
    },
  };
}

function byDay(ended: EndedTask[], offsets: ZoneOffset[]): DayRow[] {
  const rows = new Map<string, DayRow>();
  for (const one of ended) {
    const [day, outcome] = [dayOf(one.asked, offsets), outcomeOf(one)];
    const row = rows.get(`${day} ${outcome}`) ?? { day, outcome, tasks: 0, costUsd: 0 };
    rows.set(`${day} ${outcome}`, { ...row, tasks: row.tasks + 1, costUsd: row.costUsd + one.costUsd });
  }
  return [...rows.values()].toSorted((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0));
}

const byAgent = (ended: EndedTask[]): AgentRow[] =>
  AGENT_IDS.map((agent) =>
    rowOf(
      agent,
      ended.filter((one) => one.agent === agent),
    ),
  )
    .filter((row) => row.tasks > 0)
    .toSorted((one, other) => other.tasks - one.tasks);

/** The first instant of the first day that is asked for, or after the last one; null: no end. */
function instant({ zone = "UTC", ...days }: Search, end: "from" | "to"): number | null {
  const day = days[end];
  const start = day === undefined ? null : startOfDay(day, zone, end === "from" ? 0 : 1);
  return start === null ? null : Date.parse(start);
}

function isAsked(one: EndedTask, { agent, state, statuses, section, now }: Search): boolean {
  const inSection = needsSomebody(one, now) ? "attention" : "done";
  return (
    (agent === undefined || one.agent === agent) &&
    (state === undefined || stateOf(one) === state) &&
    (statuses === undefined || statuses.includes(one.status)) &&
    (section === undefined || section === inSection)
  );
}

function dayOf(ms: number, offsets: ZoneOffset[]): string {
  const minutes = offsets.find(({ since }) => since === "" || ms >= Date.parse(since))?.minutes ?? 0;
  return new Date(ms + minutes * 60_000).toISOString().slice(0, 10);
}

function outcomeOf(one: EndedTask): DayRow["outcome"] {
  if (one.status === "success") return "success";
  return endingOf(one) === "badly" ? "failed" : "other";
}

function rowOf(agent: AgentId, ended: EndedTask[]): AgentRow {
  const count = (outcome: DayRow["outcome"]) => ended.filter((one) => outcomeOf(one) === outcome).length;
  const took = ended.flatMap(({ ms }) => ms ?? []).toSorted((one, other) => one - other);
  const middle = [took[(took.length - 1) >> 1], took[took.length >> 1]];
  const medianMs = took.length === 0 ? null : ((middle[0] ?? 0) + (middle[1] ?? 0)) / 2;
  const costUsd = ended.reduce((sum, one) => sum + one.costUsd, 0);
  return { agent, tasks: ended.length, succeeded: count("success"), failed: count("failed"), medianMs, costUsd };
}
