// `npm run bench -- NAME [options]`: one of the measurements in `bench/`, on the Node that the lock file pins.
import { join } from "node:path";
import { ROOT } from "./checks/command.ts";
import { runStage } from "./stage.ts";

const BENCHES: Record<string, string> = {
  lighthouse: "the pages with Lighthouse, medians of five (--form-factor mobile, --only tasks, --json)",
  "long-tasks": "what keeps the main thread busy while 1,000 tasks and 100,000 lines scroll",
  "live-streams": "how late 1,000 streams are, beside plain polling (--streams=1000 --seconds=20)",
  scale:
    "rows that every method of every store reads with 1,000, 100,000 and a million tasks (--sizes 1000,100000 --write)",
  "set-memory": "memory of the Worker while 50 MB in 5,000 paths are handed over, judged and written (--write)",
  "round-trips": "what mentions, callbacks and tasks ask of D1, GitHub, Fly, R2 and the queue (writes its JSON)",
  weights: "first-load JavaScript of each page, from the last build",
};

const [name = "", ...options] = process.argv.slice(2);
if (name in BENCHES)
  process.exitCode = await runStage(process.execPath, [join(ROOT, "bench", `${name}.ts`), ...options]);
else {
  const rows = Object.entries(BENCHES).map(([each, what]) => `  ${each.padEnd(13)} ${what}`);
  console.error([name === "" ? "Which one?" : `No bench is called ${name}:`, ...rows].join("\n"));
  process.exitCode = 2;
}
