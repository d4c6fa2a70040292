// `npm run setup` on the folder in its first argument, with what that holds as the Worker's build (setup.test.ts).
import { runCommand } from "../../operator-call.ts";
import { setUp } from "../run.ts";

const [root = "", ...args] = process.argv.slice(2);
await runCommand(() =>
  setUp({
    root,
    args,
    env: process.env,
    bundle: { inputs: () => "tiny", build: () => Promise.resolve() },
    say: (line) => console.log(line),
  }),
);
