import { type Filling, fillingStatements } from "./filling-statements";

/** One person, their repository, and what the questions of a world are about. The same in a world of any size. */
export const SUBJECT = { userId: 1, repositoryId: 10, installationId: 10, login: "person-1", tasks: 30 };
/** Somebody with very many tasks. */
export const HEAVY = { userId: 2, repositoryId: 20, tasks: 10_000 };
/** Everybody else: 50 tasks each, a repository of 500. */
const OTHERS = { user: "1000 + i / 50", repository: "1000 + i / 500" };
const OTHERS_FIRST = 1_000_000;

export const taskOf = (i: number): string => `task_${String(i).padStart(20, "0")}`;

/** So many rows a statement: one holds its whole transaction in memory. */
const AT_ONCE = 20_000;

/** Everything that runs leave behind, of `count` tasks that have ended: written table by table, past the triggers. */
function fillTasks(sql: SqlStorage, filling: Filling): void {
  for (let first = filling.first; first < filling.first + filling.count; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, filling.first + filling.count - first);
    for (const text of fillingStatements({ ...filling, first, count }, first - filling.first)) sql.exec(text);
  }
}

export const fillSubject = (sql: SqlStorage): void =>
  fillTasks(sql, { first: 1, count: SUBJECT.tasks, user: "1", repository: "10", apartMs: 3_600_000 });
export const fillHeavy = (sql: SqlStorage, tasks: number = HEAVY.tasks): void =>
  fillTasks(sql, { first: 10_000, count: tasks, user: "2", repository: "20", apartMs: 780_000 });
/** A day has 100,000 of them. `from`: so many are there already. */
export const fillOthers = (sql: SqlStorage, from: number, to: number): void =>
  fillTasks(sql, { first: OTHERS_FIRST + from, count: to - from, ...OTHERS, apartMs: 864 });

/** Takes the triggers away while tables are filled: the audit log alone would cost more than the rows. */
export function withoutTriggers(sql: SqlStorage, fill: () => void): void {
  const triggers = sql.exec<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
  );
  const all = triggers.toArray();
  for (const { name } of all) sql.exec(`DROP TRIGGER "${name}"`);
  fill();
  for (const trigger of all) sql.exec(trigger.sql);
}
