// Weeks of finished tasks for the history page: copies of tasks that really ran, written into the run's own D1 file.
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const TITLES = [
  "Retry webhooks with back-off",
  "Drop Node 18",
  "Flaky test in checkout",
  "Typo in the invoice mail",
  "Dark mode for receipts",
  "Slow query on orders",
  "Broken link in the footer",
  "Validate VAT numbers",
  "Upgrade the PDF library",
  "Empty state for coupons",
];
const DAY_MS = 86_400_000;

type Changes = Record<string, string | number | null>;
/** A task that came to nothing, and its attempt. */
const FAILED: Changes = { status: "failed", failure_code: "agent_failed", pr_number: null, pr_url: null };
const NOTHING: Changes = { additions: null, deletions: null };

const RAN =
  "SELECT id FROM tasks WHERE status = 'success' AND pr_number IS NOT NULL AND id NOT LIKE 'task_past%' LIMIT 1";

/** Copies a row that the condition finds, with these columns changed. */
function copier(db: DatabaseSync, table: string, where: string): (changes: Changes) => void {
  const columns = db
    .prepare(`PRAGMA table_info(${table})`)
    .all()
    .map((row) => String(row["name"]));
  return (changes) => {
    const values = columns.map((name) => (name in changes ? "?" : name));
    db.prepare(
      `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM ${table} WHERE ${where} LIMIT 1`,
    ).run(...columns.flatMap((name) => (name in changes ? [changes[name] ?? null] : [])));
  };
}

/** A repeatable sequence of numbers from 0 to 1, so that pictures differ only by what was changed. */
function sequence(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Writes `total` tasks, a few a day. `nowMs`: the newest of them is a day older. */
export function writeHistory(stateDir: string, total: number, nowMs: number): void {
  const [file] = globSync(join(stateDir, "wrangler/v3/d1/miniflare-D1DatabaseObject/*.sqlite")).filter(
    (path) => !path.endsWith("metadata.sqlite"),
  );
  if (file === undefined) throw new Error("the run's database was not found");
  const db = new DatabaseSync(file, { timeout: 10_000 });
  const copyTask = copier(db, "tasks", `id = (${RAN})`);
  const copyAttempt = copier(
    db,
    "task_attempts",
    `task_id = (${RAN}) AND attempt = (SELECT attempt FROM tasks WHERE id = task_id)`,
  );
  const next = sequence();
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  db.exec("BEGIN IMMEDIATE");
  for (let day = 1, count = 0; count < total; day++) {
    const tasks = Math.round(next() * 7 * (day % 7 < 5 ? 1 : 0.25));
    for (const most = Math.min(total, count + tasks); count < most;) {
      const luck = next();
      // What failed in the last days would need somebody, and the pictures have enough of that.
      const failed = next() > 0.84 && day > 4;
      const created = nowMs - day * DAY_MS + Math.floor(next() * 10) * 3_600_000;
      const took = 60_000 + Math.floor(next() * next() * 540_000);
      const id = `task_past${String((count += 1)).padStart(16, "0")}`;
      const cost = Math.round(next() * 120) / 100;
      const changed = { additions: 1 + Math.floor(next() * next() * 160), deletions: Math.floor(next() * next() * 60) };
      copyTask({
        id,
        mention_id: null,
        move_id: null,
        agent: luck < 0.5 ? "claude" : luck < 0.9 ? "opencode" : "amp",
        issue_title: pick(TITLES) ?? "",
        issue_number: 20 + count,
        created_at: new Date(created).toISOString(),
        started_at: new Date(created + 4000).toISOString(),
        completed_at: new Date(created + 4000 + took).toISOString(),
        pr_number: 60 + count,
        due_at: null,
        ...(failed ? FAILED : {}),
      });
      copyAttempt({ task_id: id, machine_name: id, cost_usd: cost, ...(failed ? NOTHING : changed) });
    }
  }
  db.exec("COMMIT");
  db.close();
}
