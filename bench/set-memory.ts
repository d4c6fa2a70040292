// `npm run bench -- set-memory`: the memory of the built Worker while the largest set that Porter takes (50 MB in 5,000
// paths) is handed over, judged and written, on workerd. Its isolate tells what lives after each collection; the system
// tells the most that the process ever had. `--write` keeps the figures in bench/set-memory.json.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { porterApi } from "../local/demo/porter-api.ts";
import { CHANGE_SET_LIMITS } from "../lib/change-set.ts";
import { onEndOfProcess } from "../local/world/end-of-process.ts";
import { freePort } from "../local/world/free-port.ts";
import { signIn } from "../local/world/sign-in.ts";
import { startWorld } from "../local/world/world.ts";
import { ensureBuilt } from "../scripts/build.ts";
import { ROOT } from "../scripts/checks/command.ts";
import { type Heap, watchHeap } from "./worker-heap.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const MEGABYTE = 1024 ** 2;
const LONGEST_MS = 900_000;
const FIGURES = join(ROOT, "bench", "set-memory.json");
/** What bench/set-machine.ts hands over. */
const OF = { paths: CHANGE_SET_LIMITS.paths, contents: Math.ceil(CHANGE_SET_LIMITS.totalBytes / MEGABYTE) };
const report = (line: string): void => console.error(line);

/** The process of workerd below `leader`, by its command. */
function workerdBelow(leader: number): number {
  const statusOf = (pid: string): string => readFileSync(`/proc/${pid}/status`, "utf8");
  const below = (parent: number): number[] =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return statusOf(pid).includes(`\nPPid:\t${parent}\n`) ? [Number(pid), ...below(Number(pid))] : [];
        } catch {
          return [];
        }
      });
  const found = below(leader).find((pid) => statusOf(String(pid)).startsWith("Name:\tworkerd"));
  if (found === undefined) throw new Error("there is no workerd");
  return found;
}

const residentOf = (pid: number, name: "VmRSS" | "VmHWM"): number =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;

await ensureBuilt(report);
const stateDir = mkdtempSync(join(tmpdir(), "porter-set-memory-"));
onEndOfProcess(() => rmSync(stateDir, { recursive: true, force: true }));
const inspectorPort = await freePort();
const runner = { command: [process.execPath, join(ROOT, "bench", "set-machine.ts")], env: {} };
const world = await startWorld({ stateDir, report, runner, inspectorPort, tickMs: 1000 });
try {
  const jar = await signIn(world.porter.url, "octocat");
  const api = porterApi(world.porter.url, jar);
  await api.saveProviderKey(world.secrets.modelKeys.anthropic);
  await api.saveFly(world.secrets.flyToken, world.flyApp);
  await api.saveTaskTimeout(60);
  const workerd = workerdBelow(world.porter.pid);
  const heap = await watchHeap(inspectorPort);
  const before = { ...(await heap.now()), resident: residentOf(workerd, "VmRSS") };
  heap.forget();
  await world.github.comment({ login: "octocat", repo: "octocat/hello-porter", issue: 1, body: "@porter opencode" });
  const ended = performance.now() + LONGEST_MS;
  let task = await api.newestTask();
  while ((task === null || ["queued", "running"].includes(task.status)) && performance.now() < ended) {
    await sleep(1000);
    task = await api.newestTask();
  }
  const peak: Heap & { resident: number } = { ...heap.most(), resident: residentOf(workerd, "VmHWM") };
  heap.close();
  const figures = { status: task?.status, before, peak };
  console.log(JSON.stringify(figures, null, 2));
  report(`${Math.ceil(peak.live / MEGABYTE)} MB lived at most, ${Math.ceil(before.live / MEGABYTE)} MB before`);
  if (task?.status !== "success") throw new Error(`the task is ${task?.status}: ${task?.failureCode ?? ""}`);
  const megabytes = z
    .record(z.string(), z.number())
    .parse(Object.fromEntries(Object.entries(peak).map(([name, bytes]) => [name, Math.ceil(bytes / MEGABYTE)])));
  const idle = Math.ceil(before.live / MEGABYTE);
  if (values.write) writeFileSync(FIGURES, `${JSON.stringify({ ...OF, idle, ...megabytes }, null, 2)}\n`);
} finally {
  await world.close();
}
