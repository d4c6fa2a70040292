// `npm run test:seal [-- NAME]`: tries every way out of a sealed machine that is known, from the agent's user and from root
// of a user namespace, a line each; only those with NAME in their names, if one is said. It needs Linux and root. Exits 1
// when one gets out.
import { runStage } from "./stage.ts";

const [name] = process.argv.slice(2);
const only = name === undefined ? [] : ["-t", name];
if (process.platform !== "linux" || process.getuid?.() !== 0) {
  process.stderr.write("test:seal needs Linux and root: without them nothing is tried.\n");
  process.exit(2);
}
process.env["PORTER_TEST_RING"] = "all";
const folder = "agent-image/runner/seal";
process.exitCode = await runStage("vitest", ["run", "--project", "node", "--reporter", "verbose", folder, ...only]);
