import { AGENT_IDS, type AgentId } from "./agents.ts";
import { ENDED_STATES, type EndedState, SECTIONS, type Section, stateOf } from "./task-state.ts";
import type { TaskView } from "./task-view.ts";

/** What narrows a list of tasks; the same words in the address, the API and the queries. */
export type TaskFilter = {
  section?: Section | undefined;
  /** How it ended. */
  state?: EndedState | undefined;
  agent?: AgentId | undefined;
  /** `owner/name`. */
  repository?: string | undefined;
  /** Stands in title, repository, number or requester, in any case. */
  text?: string | undefined;
  /** First and last day of being asked for, `2026-11-22`. */
  from?: string | undefined;
  to?: string | undefined;
  /** The reader's, in which days are meant; of their cookie, never of the address. Default: UTC. */
  zone?: string | undefined;
};

export const FILTER_LIMITS = { text: 100, repository: 140 } as const;

/** Values of an address' query; a name that repeats counts once. */
export type QueryValues = Record<string, string | string[] | undefined>;

/** The 30th of February is none: `Date` would take it for a day of March. */
const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(Date.parse(text) || 0).toISOString().startsWith(text);

const isRepository = (text: string) => text.length <= FILTER_LIMITS.repository && /^[\w.-]+\/[\w.-]+$/.test(text);

/** The filter that an address asks for. What it cannot mean is left out: an old link shows more, never an error. */
export function readFilter(query: QueryValues, zone?: string): TaskFilter {
  const value = (name: string) => {
    const given = query[name];
    return (Array.isArray(given) ? given[0] : given)?.trim() || undefined;
  };
  const day = (name: string) => {
    const given = value(name);
    return given !== undefined && isDay(given) ? given : undefined;
  };
  const repository = value("repo");
  return {
    section: SECTIONS.find((section) => section === value("show")),
    state: ENDED_STATES.find((state) => state === value("state")),
    agent: AGENT_IDS.find((agent) => agent === value("agent")),
    repository: repository !== undefined && isRepository(repository) ? repository : undefined,
    text: value("q")?.slice(0, FILTER_LIMITS.text).trim(),
    from: day("from"),
    to: day("to"),
    ...(zone === undefined ? {} : { zone }),
  };
}

/** The query of an address, in one order; empty for no filter. */
export function writeFilter(filter: TaskFilter): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined) =>
    value !== undefined && value !== "" && query.set(name, value);
  set("show", filter.section);
  set("state", filter.state);
  set("agent", filter.agent);
  set("repo", filter.repository);
  set("q", filter.text);
  set("from", filter.from);
  set("to", filter.to);
  return query.toString();
}

/** Whether it narrows anything besides the section. */
export const isNarrow = ({ state, agent, repository, text, from, to }: TaskFilter): boolean =>
  [state, agent, repository, text, from, to].some((value) => value !== undefined);

type Filtered = Pick<TaskView, "status" | "blockedReason" | "failureCode"> & {
  agent: string;
  repoOwner: string;
  repoName: string;
  issueTitle: string;
  issueNumber: number;
  createdBy: string;
  createdAt: string;
};

/** Whether a task that arrives belongs into the filtered list: what `server/db/task-search.ts` asks in SQL. */
export function passes(task: Filtered, filter: TaskFilter): boolean {
  const repository = `${task.repoOwner}/${task.repoName}`;
  if (filter.state !== undefined && stateOf(task) !== filter.state) return false;
  if (filter.agent !== undefined && task.agent !== filter.agent) return false;
  if (filter.repository !== undefined && repository.toLowerCase() !== filter.repository.toLowerCase()) return false;
  // Sweden writes days as addresses do.
  const day = new Date(task.createdAt).toLocaleDateString("sv", { timeZone: filter.zone ?? "UTC" });
  if (filter.from !== undefined && day < filter.from) return false;
  if (filter.to !== undefined && day > filter.to) return false;
  if (filter.text === undefined) return true;
  const haystack = `${task.issueTitle} ${repository}#${task.issueNumber} ${task.createdBy}`.toLowerCase();
  return haystack.includes(filter.text.toLowerCase());
}
