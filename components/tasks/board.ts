import { passesFilter, type TaskFilter } from "@/lib/task-filter";
import type { TaskRowView } from "@/lib/live";
import type { TaskPage } from "@/lib/task-pages";
import { type TaskSection, sectionOf } from "@/lib/task-state";

/** What the server read for the page: one list a section, or the one that the address asks for. */
export type BoardData = {
  lists: { section: TaskSection; page: TaskPage }[];
  filter: TaskFilter;
  /** Tells one list from another: filter and page. */
  address: string;
  /** A later page: nothing new belongs on it. */
  isLater: boolean;
  /** Number of the newest change when it was read. */
  seq: number;
};

export type Rows = ReadonlyMap<string, TaskRowView>;
/** Which rows stand where; the rows themselves change in place. */
export type Layout = { section: TaskSection; ids: string[] }[];

export const rowsOf = (data: BoardData): Rows =>
  new Map(data.lists.flatMap(({ page }) => page.tasks.map((task) => [task.id, task] as const)));

/** The rows after news: newer views replace older ones, and what belongs on the page comes in. */
export function withNews(rows: Rows, news: readonly TaskRowView[], data: Pick<BoardData, "filter" | "isLater">): Rows {
  const next = new Map(rows);
  for (const row of news) {
    const known = next.get(row.id);
    if (known === undefined ? data.isLater || !passesFilter(row, data.filter) : known.seq >= row.seq) continue;
    next.set(row.id, row);
  }
  return next;
}

type When = { nowMs: number; line: readonly string[] };

/** Sections in their order. In each stands first who waits in `line`, next to start on top, then the newest. */
export function layoutOf(rows: Rows, data: Pick<BoardData, "lists">, { nowMs, line }: When): Layout {
  const bySection = Map.groupBy(rows.values(), (row) => sectionOf(row, nowMs));
  const ranks = new Map(line.map((id, index) => [id, index] as const));
  const rankOf = ({ id }: TaskRowView): number => ranks.get(id) ?? line.length;
  return data.lists.map(({ section }) => ({
    section,
    ids: (bySection.get(section) ?? [])
      .toSorted((one, two) => rankOf(one) - rankOf(two) || newestFirst(one, two))
      .map(({ id }) => id),
  }));
}

const newestFirst = (one: TaskRowView, two: TaskRowView): number =>
  one.createdAt === two.createdAt ? (one.id < two.id ? 1 : -1) : one.createdAt < two.createdAt ? 1 : -1;

const sameLayout = (one: Layout, two: Layout): boolean =>
  one.length === two.length &&
  one.every(({ ids }, index) => {
    const other = two[index]?.ids ?? [];
    return ids.length === other.length && ids.every((id, rank) => id === other[rank]);
  });

/**
 * What is shown next. Rows keep their places while the reader is busy with the list, unless there are none; a layout
 * that says nothing new is the one before.
 */
export function nextLayout(shown: Layout, wanted: Layout, isIdle: boolean): Layout {
  const mayMove = isIdle || shown.every(({ ids }) => ids.length === 0);
  return mayMove && !sameLayout(shown, wanted) ? wanted : shown;
}

/** How many rows the wanted layout has that the shown one has not. */
export function countNewRows(shown: Layout, wanted: Layout): number {
  const known = new Set(shown.flatMap(({ ids }) => ids));
  return wanted.flatMap(({ ids }) => ids).filter((id) => !known.has(id)).length;
}
