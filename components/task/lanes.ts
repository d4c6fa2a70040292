import type { LogRecord } from "@/lib/agent-protocol";

/** The agent's time, ms since the attempt began: when tools ran, and between them the model. */
export type Lanes = { from: number; to: number; tools: [from: number, to: number][]; toolMs: number };

const isBegin = (record: LogRecord): boolean =>
  record.k === "m" || record.k === "c" || (record.k === "p" && record.phase === "working");

/** null before the agent works. Calls side by side count once. */
export function lanesOf(records: readonly LogRecord[]): Lanes | null {
  const begin = records.findIndex(isBegin);
  if (begin < 0) return null;
  const from = records[begin]?.t ?? 0;
  let to = from;
  const open = new Map<string, number>();
  const spans: [number, number][] = [];
  for (const record of records.slice(begin)) {
    to = Math.max(to, record.t);
    if (record.k === "p" && (record.phase === "pushing" || record.phase === "reporting")) break;
    if (record.k === "c") open.set(record.id, record.t);
    if (record.k !== "r") continue;
    // An agent that tells of a call at its end tells how long it took.
    const began = Math.min(open.get(record.id) ?? record.t, record.t - (record.ms ?? 0));
    spans.push([Math.max(from, began), record.t]);
    open.delete(record.id);
  }
  for (const began of open.values()) spans.push([began, to]);
  const tools = merged(spans);
  return { from, to, tools, toolMs: tools.reduce((sum, [start, end]) => sum + end - start, 0) };
}

function merged(spans: [number, number][]): [number, number][] {
  const all: [number, number][] = [];
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (to > from) all.push([from, to]);
  }
  return all;
}
