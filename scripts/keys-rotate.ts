// `npm run keys:rotate -- --url https://…`: seals every stored value again under the newest of ENCRYPTION_KEYS.
// Porter serves meanwhile, and an interrupted run is simply started again. Needs OPERATOR_TOKEN (the Worker's secret).
import { rotationStepSchema, type RotationStep } from "../lib/operator.ts";
import { callOperator, readTarget, runCommand, type OperatorTarget, Usage } from "./operator-call.ts";

async function step(target: OperatorTarget, cursor: string | null): Promise<RotationStep> {
  const { status, json } = await callOperator(target, {
    method: "POST",
    path: "/api/operator/keys/rotate",
    body: { cursor },
  });
  if (status === 401 || status === 403)
    throw new Error("Porter does not take this OPERATOR_TOKEN: it must be the Worker's secret of that name.");
  const parsed = rotationStepSchema.safeParse(json);
  if (!parsed.success) throw new Error(`Porter answered ${status}: ${JSON.stringify(json).slice(0, 300)}`);
  return parsed.data;
}

function conclude({ currentVersion, removable, inUse }: RotationStep): void {
  const waiting = inUse.filter(({ version }) => version !== currentVersion);
  for (const { version, rows } of waiting)
    console.log(`Version ${version} is still needed by ${rows} rows. Running machines hold it: run this again later.`);
  for (const version of removable) console.log(`Version ${version} can be removed from ENCRYPTION_KEYS.`);
}

await runCommand(async () => {
  const target = readTarget(process.argv.slice(2));
  if (target.token === null) throw new Usage("Set OPERATOR_TOKEN to the Worker's secret of that name.");
  let rewrapped = 0;
  let unreadable = 0;
  let last = await step(target, null);
  for (;;) {
    rewrapped += last.rewrapped;
    unreadable += last.unreadable;
    console.error(`${rewrapped} values sealed anew under version ${last.currentVersion} …`);
    if (last.cursor === null) break;
    last = await step(target, last.cursor);
  }
  console.log(`Done: ${rewrapped} values under version ${last.currentVersion}.`);
  conclude(last);
  if (unreadable === 0) return 0;
  console.error(`${unreadable} values are under a key that is not configured: put it back, then run this again.`);
  return 1;
});
