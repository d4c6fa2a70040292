import type { SettledWorld } from "./settle-world";
import { checkAudit } from "./check-audit";
import { checkAuthority } from "./check-authority";
import { checkComments } from "./check-comments";
import { checkHistory } from "./check-history";
import { checkMachines } from "./check-machines";
import { checkIntake } from "./check-intake";
import { checkWeeks } from "./check-weeks";
import { checkWriting } from "./check-writing";
import { dumpDatabase, readHistory } from "./history";
import { AMP_KEY, FLY_KEY, PROVIDER_KEY, type Stage } from "./stage";
import { violationOf, type CheckedWorld, type Violation } from "./violation";
import { WEBHOOK_SECRET } from "./world";

/** Checks I1 to I17 over everything that was written down, and over what is there now. */
export async function checkInvariants(stage: Stage, calm: SettledWorld): Promise<Violation[]> {
  const history = await readHistory(stage.world.engine);
  const found = { stage, calm, history };
  return [
    ...(await checkIntake(found)),
    ...checkHistory(found),
    ...(await checkMachines(found)),
    ...(await checkComments(found)),
    ...(await checkSecrets(found)),
    ...(await checkAudit(found)),
    ...(await checkAuthority(found)),
    ...(await checkWriting(found)),
    ...(await checkWeeks(found)),
    ...stage.leaks.map((leak) => violationOf("I11", `a row of somebody else was answered: ${leak}`)),
    ...calm.overdue.map((what) => violationOf("I12", `a minute after faults stopped, ${what}`, ...idsIn(what))),
    ...calm.left.map((what) => violationOf("I12", `an hour after faults stopped, ${what}`, ...idsIn(what))),
  ];
}

const idsIn = (text: string): string[] => text.match(/task_[a-z0-9]{20}/g) ?? [];

/** No secret of a run is in a row, a record, a log line or anything on GitHub (I10). */
async function checkSecrets({ stage }: CheckedWorld): Promise<Violation[]> {
  const { world } = stage;
  const { github, tokens } = world.outside;
  const secrets = [
    PROVIDER_KEY,
    FLY_KEY,
    AMP_KEY,
    WEBHOOK_SECRET,
    "fake-oauth-token-canary",
    ...tokens.keys(),
    ...stage.runners().flatMap((runner) => (runner.token === null ? [] : [runner.token])),
    ...stage.runners().map((runner) => runner.file.claimToken),
  ];
  const places = {
    "the database": await dumpDatabase(world.engine),
    "the records": [...world.logs.files.values()].join(),
    "the log": world.logLines.join("\n"),
    "comments on GitHub": JSON.stringify(github.state.comments),
    "pull requests": JSON.stringify(github.state.pulls),
  };
  return Object.entries(places).flatMap(([place, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => violationOf("I10", `${place} hold ${secret}`)),
  );
}
