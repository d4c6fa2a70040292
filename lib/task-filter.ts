import { AGENT_IDS, type AgentId } from "./agents.ts";
import { ENDED_STATES, type EndedState, SECTIONS, type TaskSection, stateOf } from "./task-state.ts";
import type { TaskView } from "./task-view.ts";

/** What narrows a list of tasks; the same words in the address, the API and the queries. */
export type TaskFilter = {
  section?: TaskSection | undefined;
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

/** What stands in an address, in its order; the zone never does. */
const WORDS = {
  section: "show",
  state: "state",
  agent: "agent",
  repository: "repo",
  text: "q",
  from: "from",
  to: "to",
} as const satisfies Record<Exclude<keyof TaskFilter, "zone">, string>;
type Word = keyof typeof WORDS;
const FIELDS = Object.keys(WORDS) as Word[];

/** Text is looked for in so many of a person's newest tasks; the page says so. */
export const TEXT_SEARCH_TASKS = 2000;

export const FILTER_LIMITS = { text: 100, repository: 140 } as const;

/** Values of an address' query; a name that repeats counts once. */
export type QueryValues = Record<string, string | string[] | undefined>;

/** The 30th of February is none: `Date` would take it for a day of March. */
const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(Date.parse(text) || 0).toISOString().startsWith(text);

const isRepository = (text: string) => text.length <= FILTER_LIMITS.repository && /^[\w.-]+\/[\w.-]+$/.test(text);

/** The filter that an address asks for. What it cannot mean is left out: an old link shows more, never an error. */
export function readFilter(query: QueryValues, zone?: string): TaskFilter {
  const value = (field: Word) => {
    const given = query[WORDS[field]];
    return (Array.isArray(given) ? given[0] : given)?.trim() || undefined;
  };
  const day = (field: "from" | "to") => {
    const given = value(field);
    return given !== undefined && isDay(given) ? given : undefined;
  };
  const repository = value("repository");
  return {
    section: SECTIONS.find((section) => section === value("section")),
    state: ENDED_STATES.find((state) => state === value("state")),
    agent: AGENT_IDS.find((agent) => agent === value("agent")),
    repository: repository !== undefined && isRepository(repository) ? repository : undefined,
    text: value("text")?.slice(0, FILTER_LIMITS.text).trim(),
    from: day("from"),
    to: day("to"),
    ...(zone === undefined ? {} : { zone }),
  } satisfies { [Field in Word]: TaskFilter[Field] };
}

/** The query of an address, in one order; empty for no filter. */
export function writeFilter(filter: TaskFilter): string {
  const query = new URLSearchParams();
  for (const field of FIELDS) if (filter[field]) query.set(WORDS[field], filter[field]);
  return query.toString();
}

/** Whether it narrows anything besides the section. */
export const isNarrow = (filter: TaskFilter): boolean =>
  FIELDS.some((field) => field !== "section" && filter[field] !== undefined);

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
export function passesFilter(task: Filtered, filter: TaskFilter): boolean {
  const repository = `${task.repoOwner}/${task.repoName}`;
  // Sweden writes days as addresses do.
  const day = new Date(task.createdAt).toLocaleDateString("sv", { timeZone: filter.zone ?? "UTC" });
  const haystack = `${task.issueTitle} ${repository}#${task.issueNumber} ${task.createdBy}`.toLowerCase();
  const { state, agent, from, to, text } = filter;
  const passed = {
    // The board sorts by section itself.
    section: true,
    state: state === undefined || stateOf(task) === state,
    agent: agent === undefined || task.agent === agent,
    repository: filter.repository === undefined || repository.toLowerCase() === filter.repository.toLowerCase(),
    text: text === undefined || haystack.includes(text.toLowerCase()),
    from: from === undefined || day >= from,
    to: to === undefined || day <= to,
  } satisfies Record<Word, boolean>;
  return Object.values(passed).every(Boolean);
}
