// `npm run bench -- live-streams [--streams=1000] [--seconds=20] [--rate=15]`: how late streams show a fact, and what they
// read of D1 for it, with the hubs and with plain polling each second, one after the other on the same Worker.
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { startGuard } from "../local/processes/guard.ts";
import { freePort } from "../local/world/free-port.ts";
import { ROOT } from "../local/world/root.ts";
import { startWrangler } from "../local/world/wrangler.ts";
import { eachAtMost } from "../lib/concurrency.ts";
import { tryJson } from "../lib/json.ts";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "1000" },
    seconds: { type: "string", default: "20" },
    rate: { type: "string", default: "15" },
  },
});
const streamCount = Number(values.streams);
const seconds = Number(values.seconds);
const factCount = Math.min(streamCount, Math.round(seconds * Number(values.rate)));
const CONFIG = join(ROOT, "bench", "live-streams.jsonc");
const READY_WITHIN_MS = 120_000;
/** A fact that is not seen by then counts as lost. */
const LATEST_MS = 20_000;

type Result = {
  mode: "hub" | "polling";
  streams: number;
  opened: number;
  openedInMs: number;
  facts: number;
  seen: number;
  lagMs: { p50: number; p95: number; p99: number; max: number };
  readsPerSecond: number;
  readsPerFact: number;
};

const agent = new Agent({ maxSockets: Infinity, keepAlive: false });

async function json<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  return (await answer.json()) as T;
}

const tasksSchema = z.object({ tasks: z.array(z.object({ lastStep: z.string().optional() })) });
const DATA = "data: ";
/** The steps that a line of an event stream tells. */
const stepsIn = (line: string): string[] =>
  line.startsWith(DATA)
    ? (tryJson(tasksSchema, line.slice(DATA.length))?.tasks ?? []).flatMap(({ lastStep }) => lastStep ?? [])
    : [];

/** Opens a stream and hands on every step that it shows. Resolves once the server has greeted. */
function openStream(url: string, session: string, onStep: (step: string) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { accept: "text/event-stream", "x-session": session } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`a stream answered ${answer.statusCode}`));
      let rest = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        rest += chunk;
        if (rest.includes("event: connected")) resolve(() => request.destroy());
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) for (const step of stepsIn(line)) onStep(step);
      });
      answer.on("error", () => undefined);
    });
    request.on("error", reject);
  });
}

async function measure(base: string, sessions: string[], mode: Result["mode"]): Promise<Result> {
  const sentAt = new Map<string, number>();
  const lags: number[] = [];
  const onStep = (step: string): void => {
    const sent = sentAt.get(step);
    if (sent === undefined) return;
    sentAt.delete(step);
    lags.push(performance.now() - sent);
  };
  const url = `${base}/api/trpc/live.tasks?hub=${mode === "hub" ? "on" : "off"}&input=%7B%7D`;
  const startedAt = performance.now();
  const closers: (() => void)[] = [];
  await eachAtMost(20, sessions, async (session) => void closers.push(await openStream(url, session, onStep)));
  const openedInMs = performance.now() - startedAt;
  await sleep(3000);
  await json(`${base}/counts`);
  const from = performance.now();
  const tell = async (index: number): Promise<void> => {
    const user = (sessions[Math.floor((index * sessions.length) / factCount)] ?? "").split("|")[1] ?? "";
    const step = `${mode}-${index}`;
    sentAt.set(step, performance.now());
    await json(`${base}/fact?user=${user}&step=${step}`);
  };
  const telling: Promise<void>[] = [];
  for (let index = 0; index < factCount; index++) {
    telling.push(tell(index));
    await sleep((seconds * 1000) / factCount);
  }
  await Promise.all(telling);
  const { reads } = await json<{ reads: number }>(`${base}/counts`);
  const elapsedSeconds = (performance.now() - from) / 1000;
  for (const end = performance.now() + LATEST_MS; sentAt.size > 0 && performance.now() < end;) await sleep(100);
  for (const close of closers) close();
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
  return {
    mode,
    streams: sessions.length,
    opened: closers.length,
    openedInMs: Math.round(openedInMs),
    facts: factCount,
    seen: lags.length,
    lagMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    readsPerSecond: Math.round(reads / elapsedSeconds),
    readsPerFact: Math.round((reads / factCount) * 10) / 10,
  };
}

async function ready(base: string, log: () => string): Promise<void> {
  for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await sleep(300)) {
    const answer = await fetch(`${base}/counts`).catch(() => null);
    if (answer?.ok) return;
  }
  throw new Error(`the Worker did not come up:\n${log()}`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "porter-live-bench-"));
  const guard = startGuard();
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const state = join(folder, "state");
  const bundle = join(folder, "bundle");
  const wrangler = (args: string[], name: string) =>
    startWrangler([...args, "--config", CONFIG], {
      persistDir: state,
      registryDir: join(folder, "registry"),
      logFile: join(folder, name),
      guard,
    });
  const migrate = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", state];
  // Bundled apart from serving, for a server over sources starts again whenever one of them is saved.
  for (const args of [migrate, ["deploy", "--dry-run", "--outdir", bundle]]) {
    const run = await wrangler(args, `${args[0]}.log`);
    if ((await run.ended).code !== 0) throw new Error(run.tail(20));
  }
  const flags = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0", "--persist-to", state];
  const script = join(bundle, "live-bench-entry.js");
  const worker = await wrangler(
    ["dev", script, "--no-bundle", ...flags, "--log-level", "warn", "--show-interactive-dev-session=false"],
    "worker.log",
  );
  try {
    await ready(base, () => worker.tail(20));
    const sessions: string[] = [];
    for (let from = 1; from <= streamCount; from += 50)
      sessions.push(
        ...(await json<string[]>(`${base}/people?from=${from}&count=${Math.min(50, streamCount - from + 1)}`)),
      );
    const results: Result[] = [];
    for (const mode of ["hub", "polling"] as const) {
      results.push(await measure(base, sessions, mode));
      // Streams whose client has gone end at their next ping.
      await sleep(16_000);
    }
    console.table(results.map(({ lagMs, ...rest }) => ({ ...rest, ...lagMs })));
    console.log(JSON.stringify({ bench: "live-streams", seconds, results }));
  } finally {
    await worker.stop(3000);
    await guard.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
