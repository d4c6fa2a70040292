// `npm run setup`: a real installation of Porter on Cloudflare and GitHub, step by step; every step can be run again.
// `-- --plan` shows what is there and what would be done.
import { buildInputs, ensureBuilt } from "./build.ts";
import { ROOT } from "./checks/command.ts";
import { runCommand } from "./operator-call.ts";
import { setUp } from "./setup/run.ts";

await runCommand(() =>
  setUp({
    root: ROOT,
    args: process.argv.slice(2),
    env: process.env,
    bundle: { inputs: buildInputs, build: ensureBuilt },
    say: (line) => console.log(line),
  }),
);
