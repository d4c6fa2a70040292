import { z } from "zod";
import type { Engine, Statement } from "./engine";
import { readJson } from "@/lib/json";

/**
 * Triggers write down every change of a status, phase or end as it is committed, whoever made it and however. The
 * checker reads this history; no code under test knows of it.
 */
const TASK = `json_object('userId', NEW.user_id, 'status', NEW.status, 'attempt', NEW.attempt, 'phase', NEW.phase, 'progress', NEW.progress,
  'version', NEW.version, 'moveId', NEW.move_id, 'failureCode', NEW.failure_code, 'blocked', NEW.blocked_reason, 'wait', NEW.wait_reason)`;
const ATTEMPT = `json_object('attempt', NEW.attempt, 'endedAt', NEW.ended_at, 'endReason', NEW.end_reason, 'logSeq', NEW.log_seq, 'phase', NEW.phase,
  'machineId', NEW.machine_id, 'hasWord', NEW.completion IS NOT NULL, 'claimedAt', NEW.claimed_at, 'destroyedAt', NEW.machine_destroyed_at)`;

const write = (what: string, id: string, data: string) =>
  `INSERT INTO fault_history (at, step, what, id, data) SELECT at, step, '${what}', ${id}, ${data} FROM fault_clock;`;

const SETUP = [
  `CREATE TABLE IF NOT EXISTS fault_clock (at TEXT NOT NULL, step INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS fault_history (seq INTEGER PRIMARY KEY, at TEXT, step INTEGER, what TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL)`,
  `CREATE TRIGGER IF NOT EXISTS fault_task_new AFTER INSERT ON tasks BEGIN ${write("task", "NEW.id", TASK)} END`,
  `CREATE TRIGGER IF NOT EXISTS fault_task AFTER UPDATE ON tasks
     WHEN NEW.version <> OLD.version OR NEW.status <> OLD.status OR NEW.attempt <> OLD.attempt OR NEW.phase <> OLD.phase OR NEW.progress <> OLD.progress
     BEGIN ${write("task", "NEW.id", TASK)} END`,
  `CREATE TRIGGER IF NOT EXISTS fault_event AFTER INSERT ON task_events
     BEGIN ${write("event", "NEW.task_id", `json_object('kind', NEW.kind, 'attempt', NEW.attempt, 'moveId', NEW.move_id, 'data', json(NEW.data))`)} END`,
  `CREATE TRIGGER IF NOT EXISTS fault_attempt_new AFTER INSERT ON task_attempts BEGIN ${write("attempt", "NEW.task_id", ATTEMPT)} END`,
  `CREATE TRIGGER IF NOT EXISTS fault_attempt AFTER UPDATE ON task_attempts
     WHEN NEW.ended_at IS NOT OLD.ended_at OR NEW.log_seq <> OLD.log_seq OR NEW.phase <> OLD.phase OR NEW.machine_id IS NOT OLD.machine_id
       OR NEW.end_reason IS NOT OLD.end_reason OR NEW.claimed_at IS NOT OLD.claimed_at OR NEW.machine_destroyed_at IS NOT OLD.machine_destroyed_at
     BEGIN ${write("attempt", "NEW.task_id", ATTEMPT)} END`,
  `CREATE TRIGGER IF NOT EXISTS fault_mention AFTER UPDATE ON mentions WHEN NEW.status <> OLD.status
     BEGIN ${write("mention", "NEW.id", "json_object('status', NEW.status, 'outcome', NEW.outcome, 'taskId', NEW.task_id)")} END`,
];

const plain = (sql: string, ...params: unknown[]): Statement => ({ sql, params });

async function tableNames(engine: Engine): Promise<string[]> {
  const [tables] = await engine.run([
    plain(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name NOT LIKE 'd1_%'`,
    ),
  ]);
  return (tables?.rows ?? []).map(([name]) => String(name));
}

/** Empties every table and puts the triggers there, which stay. */
export async function prepareHistory(engine: Engine, nowIso: string): Promise<void> {
  for (const sql of SETUP) await engine.run([plain(sql)]);
  const tables = await tableNames(engine);
  // The audit log lets nobody delete a line of it, and would write down the deletions.
  const [audit] = await engine.run([
    plain(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'audit_*'`),
  ]);
  const triggers = audit?.rows ?? [];
  await engine.run([
    ...triggers.map(([name]) => plain(`DROP TRIGGER ${String(name)}`)),
    ...tables.map((name) => plain(`DELETE FROM ${name}`)),
    ...triggers.map(([, sql]) => plain(String(sql))),
    plain(`DELETE FROM sqlite_sequence`),
    plain(`INSERT INTO fault_clock (at, step) VALUES (?, 0)`, nowIso),
  ]);
}

/** From now on what happens is written down under this instant. */
export async function tellTime(engine: Engine, nowIso: string): Promise<void> {
  await engine.run([plain(`UPDATE fault_clock SET at = ?`, nowIso)]);
}

/** What comes next is written as one step: a batch is there at once, or not at all. */
export async function tellStep(engine: Engine): Promise<void> {
  await engine.run([plain(`UPDATE fault_clock SET step = step + 1`)]);
}

export type HistoryRow = {
  seq: number;
  at: string;
  step: number;
  what: string;
  id: string;
  data: Record<string, unknown>;
};

export async function readHistory(engine: Engine): Promise<HistoryRow[]> {
  const [result] = await engine.run([plain(`SELECT seq, at, step, what, id, data FROM fault_history ORDER BY seq`)]);
  return (result?.rows ?? []).map(([seq, at, step, what, id, data]) => ({
    seq: Number(seq),
    at: String(at),
    step: Number(step),
    what: String(what),
    id: String(id),
    data: readJson(z.record(z.string(), z.unknown()), String(data)),
  }));
}

/** Rows of a query as objects. */
export async function readRows(engine: Engine, sql: string): Promise<Record<string, unknown>[]> {
  const [result] = await engine.run([plain(sql)]);
  const { columns, rows } = result ?? { columns: [], rows: [] };
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}

/** Every row of every table as text, for finding what must not be in it. */
export async function dumpDatabase(engine: Engine): Promise<string> {
  const tables = (await tableNames(engine)).filter((name) => !name.startsWith("fault_"));
  const dumps = await engine.run(tables.map((name) => plain(`SELECT * FROM ${name}`)));
  return JSON.stringify(dumps.map((dump, index) => [tables[index], dump.rows]));
}
