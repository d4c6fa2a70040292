import { setTimeout as delay } from "node:timers/promises";
import { examinePorter } from "../examine.ts";
import { SetupError } from "./setup-error.ts";
import { keptSecrets } from "./secrets.ts";
import { type SetupContext, requireKnown, type SetupStep } from "./step.ts";

/** A new address needs its name and its certificate first. */
const PATIENCE_MS = 180_000;
const PAUSE_MS = 3_000;

/** `npm run doctor` on the Worker, as an operator. */
export const doctorStep: SetupStep = {
  name: "doctor",
  plan: (installation) => Promise.resolve({ will: "look at every part of it", make: () => ask(installation) }),
};

async function ask(installation: SetupContext): Promise<string> {
  const target = {
    url: requireKnown(installation, "publicUrl"),
    token: keptSecrets(installation.folder).OPERATOR_TOKEN,
  };
  const deadline = Date.now() + PATIENCE_MS;
  for (let isTold = false; ; isTold = true) {
    try {
      const { ok, lines } = await examinePorter(target);
      for (const line of lines) installation.say(`  ${line}`);
      if (!ok) throw new SetupError("a part is red that Porter cannot serve without", "see the fix beside it");
      return "every part that Porter needs is green";
    } catch (error) {
      if (error instanceof SetupError) throw error;
      const said = error instanceof Error ? error.message : String(error);
      if (Date.now() > deadline) throw new SetupError(said, "look again in some minutes: npm run setup");
      if (!isTold) installation.say(`  ${said}: waiting up to 3 minutes …`);
      await delay(PAUSE_MS);
    }
  }
}
