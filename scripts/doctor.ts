// `npm run doctor -- --url https://…`: every part of a running Porter, green, or red with its fix. With OPERATOR_TOKEN
// in the environment it says why; without, only what. Ends with 1 while a required part is red.
import { startupCheckSchema, type StartupCheck } from "../lib/operator.ts";
import { call, readTarget, runCommand } from "./operator-call.ts";

type Line = StartupCheck["checks"][number];

function show({ name, ok, required, message, fix }: Line): string[] {
  const mark = ok ? "✓" : required ? "✗" : "!";
  const said = message === undefined ? "" : `  ${message}`;
  return [`${mark} ${name.padEnd(14)}${said}`, ...(fix == null || ok ? [] : [`  fix: ${fix}`])];
}

await runCommand(async () => {
  const target = readTarget(process.argv.slice(2));
  const { json } = await call(target, { method: "GET", path: "/api/startup/check" });
  const parsed = startupCheckSchema.safeParse(json);
  if (!parsed.success) throw new Error(`${target.url} answered something else than a startup check: is this a Porter?`);
  const { ok, checks } = parsed.data;
  for (const check of checks) for (const line of show(check)) console.log(line);
  const isDetailed = checks.every(({ message }) => message !== undefined);
  if (!isDetailed && checks.some((check) => !check.ok))
    console.error("Set OPERATOR_TOKEN to the Worker's secret of that name to see why and what to do.");
  return ok ? 0 : 1;
});
