// `npm run test:collect [-- NAME]`: what agents do with a repository, what their git says of it, what the runner hands over
// and what Porter writes of that to the local GitHub, as a table on stdout; only the cases with NAME in their names, if one
// is said. Exits 1 when one is made wrong.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./checks/command.ts";
import { runStage } from "./stage.ts";

const folder = join(ROOT, ".porter", "test-collect");
const cases = join(folder, "cases");
const [name] = process.argv.slice(2);
const only = name === undefined ? [] : ["-t", name];

rmSync(folder, { recursive: true, force: true });
mkdirSync(cases, { recursive: true });
process.env["PORTER_COLLECT_TABLE"] = cases;
const run = async (test: string, ...more: string[]): Promise<number> =>
  runStage("vitest", ["run", "--project", "node", test, ...more], { log: join(folder, "log") });
const collected = await run("agent-image/runner/collect/collect-table.test.ts", ...only);
const written = await run("server/change-sets/collected-sets.test.ts");
process.exitCode = collected === 0 ? written : collected;
const rows = readdirSync(cases).filter((file) => file.endsWith(".txt"));
for (const file of rows.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))) {
  process.stdout.write(readFileSync(join(cases, file), "utf8"));
}
