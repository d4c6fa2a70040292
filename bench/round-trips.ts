// `npm run bench -- round-trips`: what a mention, each callback and a whole task ask of D1, GitHub, Fly, R2 and the queue,
// in calls, rows and serial steps, at Porter's real entry on workerd. Writes bench/round-trips.json, which the tests hold.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../lib/json.ts";
import { ROOT, runTool } from "../scripts/checks/command.ts";

const FIGURES = join(ROOT, "bench", "round-trips.json");
const TEST = "server/entry/round-trips.workers.test.ts";
const figuresSchema = z.record(z.string(), z.record(z.string(), z.number()));

const run = await runTool("vitest", ["run", "--project", "workers", TEST], { env: { PORTER_ROUND_TRIPS: "tell" } });
if (!run.ok) throw new Error(run.output);
const told = run.stdout.matchAll(/round-trips (\{.*\})$/gm);
const figures: z.infer<typeof figuresSchema> = {};
for (const [, text = ""] of told) Object.assign(figures, readJson(figuresSchema, text));
console.table(figures);
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? "unknown"}`;
const written = { date: new Date().toISOString().slice(0, 10), machine, figures };
writeFileSync(FIGURES, `${JSON.stringify(written, null, 2)}\n`);
console.log(JSON.stringify({ bench: "round-trips", ...written }));
