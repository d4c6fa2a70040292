// `npm run test:collect [-- NAME]`: what agents do with a repository, what their git says of it, and what Porter makes of
// it, as a table on stdout; only the cases with NAME in their names, if one is said. Exits 1 when one is made wrong.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./checks/command.ts";
import { runStage } from "./stage.ts";

const folder = join(ROOT, ".porter", "test-collect");
const table = join(folder, "table.txt");
const [name] = process.argv.slice(2);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
process.env["PORTER_COLLECT_TABLE"] = table;
const test = "agent-image/runner/collect/collect-table.test.ts";
const only = name === undefined ? [] : ["-t", name];
process.exitCode = await runStage("vitest", ["run", "--project", "node", test, ...only], { log: join(folder, "log") });
process.stdout.write(readFileSync(table, "utf8"));
