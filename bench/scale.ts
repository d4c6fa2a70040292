// `npm run bench -- scale [--sizes 1000,100000,1000000] [--write]`: a database with so many tasks and what their runs
// leave behind, in workerd's SQLite, and what every method of every store reads and writes in it. `--write` keeps the
// table in bench/scale.md and the figures in bench/scale.json.
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

const FOLDER = import.meta.dirname;
const TEST = "server/db/scale.workers.test.ts";
const { values } = parseArgs({ options: { sizes: { type: "string" }, write: { type: "boolean" } } });
const sizes = (values.sizes ?? "1000,100000,1000000").split(",").map(Number);

const reportSchema = z.object({
  tasks: z.number(),
  bytes: z.number(),
  pages: z.array(z.object({ page: z.string(), read: z.number() })),
  methods: z.array(
    z.object({
      method: z.string(),
      statements: z.number(),
      read: z.number(),
      written: z.number(),
      plans: z.array(z.string()),
    }),
  ),
});
type Report = z.infer<typeof reportSchema>;

async function measure(): Promise<Report[]> {
  const child = spawn("vitest", ["run", "--project", "workers", TEST, "-t", "tells what every method"], {
    cwd: join(FOLDER, ".."),
    env: { ...process.env, PORTER_SCALE_RUN: JSON.stringify(sizes) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  if (code !== 0) throw new Error(`the measurement failed:\n${text}`);
  return [...text.matchAll(/SCALE (\{.*\})/g)].map(([, json]) => reportSchema.parse(JSON.parse(json ?? "")));
}

function table(reports: Report[], head: string): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  const [first] = reports;
  const last = reports.at(-1);
  if (first === undefined || last === undefined) throw new Error("nothing was measured");
  const rows = last.methods.map(({ method, statements, written }, at) =>
    line([method, statements, ...reports.map((one) => one.methods[at]?.read ?? ""), written]),
  );
  const pages = last.pages.map(({ page }, at) =>
    line([`${page} of somebody with 10,000 tasks`, "", ...reports.map((one) => one.pages[at]?.read ?? ""), ""]),
  );
  const megabytes = reports.map(({ tasks, bytes }) => `${tasks.toLocaleString("en")}: ${Math.round(bytes / 1e6)} MB`);
  return [
    "# Rows that stores read in databases of several sizes",
    "",
    `${head} Written by \`npm run bench -- scale --write\`; size of the database by its tasks: ${megabytes.join(", ")}.`,
    "",
    line(["method", "statements", ...reports.map(({ tasks }) => `read at ${tasks.toLocaleString("en")}`), "written"]),
    line(["---", "---:", ...reports.map(() => "---:"), "---:"]),
    ...pages,
    ...rows,
    "",
  ].join("\n");
}

const reports = await measure();
const machine = `${availableParallelism()} of ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 1e9)} GB`;
const date = new Date().toISOString().slice(0, 10);
const text = table(reports, `${date}, ${machine}.`);
console.log(text);
if (values.write === true) {
  writeFileSync(join(FOLDER, "scale.md"), text);
  writeFileSync(join(FOLDER, "scale.json"), `${JSON.stringify({ date, machine, reports })}\n`);
  execFileSync(
    "oxfmt",
    ["scale.md", "scale.json"].map((name) => join(FOLDER, name)),
  );
}
