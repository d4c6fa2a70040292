// `npm run doctor -- --url https://…`: every part of a running Porter, green, or red with its fix. With OPERATOR_TOKEN
// in the environment it says why; without, only what. Ends with 1 while a required part is red.
import { examinePorter } from "./examine.ts";
import { readTarget, runCommand } from "./operator-call.ts";

await runCommand(async () => {
  const { ok, explained, lines } = await examinePorter(readTarget(process.argv.slice(2)));
  for (const line of lines) console.log(line);
  if (!explained) console.error("Set OPERATOR_TOKEN to the Worker's secret of that name to see why and what to do.");
  return ok ? 0 : 1;
});
