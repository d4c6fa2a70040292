import { runExclusively } from "../exclusive.mjs";
import { addressStep, bucketStep, databaseStep, queuesStep, signInStep } from "./resources.ts";
import { appStep } from "./app-step.ts";
import { doctorStep } from "./doctor-step.ts";
import { openFolder } from "./folder.ts";
import { imageStep } from "./image.ts";
import { peopleStep } from "./people.ts";
import { SetupError } from "./setup-error.ts";
import { choicesSchema, readOptions } from "./options.ts";
import { secretsStep } from "./secrets.ts";
import type { Bundle, SetupContext, StepPlan, SetupStep } from "./step.ts";
import { migrationsStep, workerStep } from "./worker.ts";

const STEPS = [
  signInStep,
  addressStep,
  databaseStep,
  bucketStep,
  queuesStep,
  secretsStep,
  peopleStep,
  appStep,
  imageStep,
  migrationsStep,
  workerStep,
  doctorStep,
];
const CHOICES = "choices.json";

type Setting = { root: string; args: string[]; env: NodeJS.ProcessEnv; bundle: Bundle; say: (line: string) => void };

/** `npm run setup`. Resolves with the exit code; throws `Usage`. */
export async function setUp({ root, args, env, bundle, say }: Setting): Promise<number> {
  const { name, plan, ...chosen } = readOptions(args);
  const folder = openFolder(root, name);
  const before = folder.read(CHOICES, choicesSchema) ?? {};
  // A newly named image replaces a registry that was named before, and the other way round.
  const isOther = chosen.image !== undefined || chosen.registry !== undefined;
  const kept = isOther ? { image: undefined, registry: undefined } : {};
  const built = chosen.image === undefined ? {} : { images: undefined };
  const github = { githubUrl: env["GITHUB_URL"], githubApiUrl: env["GITHUB_API_URL"] };
  const choices = choicesSchema.parse({ ...before, ...kept, ...built, ...given(github), ...given(chosen) });
  const installation: SetupContext = { root, name, choices, folder, env, bundle, say };
  say(`Porter "${name}"; what set-up learns is kept in ${folder.shown}\n`);
  if (plan) return (await planAll(installation, { say, tellsWhatIsThere: true })) ? 0 : 1;
  const work = async (): Promise<number> => {
    // What is there is said when its turn comes.
    if (!(await planAll(installation, { say, tellsWhatIsThere: false }))) return 1;
    folder.write(CHOICES, choices);
    return (await runAll(installation)) ? 0 : 1;
  };
  return runExclusively(`${folder.path}.lock`, { onWait: () => say("Another set-up of it runs: waiting."), work });
}

const given = (values: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const line = (mark: string, { name }: SetupStep, what: string): string => `${mark} ${name.padEnd(11)} ${what}`;

/** Rethrows what is no `SetupError`. */
function errorLines(step: SetupStep, error: unknown): string {
  if (!(error instanceof SetupError)) throw error;
  return `${line("✗", step, error.message)}\n  fix: ${error.fix}`;
}

/** Shows what is there (·), what will be done (+) and what is in the way (✗). Whether nothing is. */
async function planAll(
  installation: SetupContext,
  { say, tellsWhatIsThere }: { say: (text: string) => void; tellsWhatIsThere: boolean },
): Promise<boolean> {
  let isClear = true;
  for (const step of STEPS) {
    try {
      const plan = await step.plan(installation);
      if (!("there" in plan)) say(line("+", step, `will ${plan.will}`));
      else if (tellsWhatIsThere) say(line("·", step, plan.there));
    } catch (error) {
      say(errorLines(step, error));
      isClear = false;
      // Without an account nothing else can be looked at.
      if (installation.cloudflare === undefined || installation.publicUrl === undefined) break;
    }
  }
  if (!isClear) say("\nNothing was changed.");
  return isClear;
}

async function runAll(installation: SetupContext): Promise<boolean> {
  installation.say("");
  for (const step of STEPS) {
    try {
      const plan: StepPlan = await step.plan(installation);
      installation.say("there" in plan ? line("·", step, plan.there) : line("✓", step, await plan.make()));
    } catch (error) {
      installation.say(errorLines(step, error));
      installation.say("\nWhat is done stays: run set-up again and it goes on here.");
      return false;
    }
  }
  const { publicUrl, app, folder, say } = installation;
  say(`\nPorter runs at ${publicUrl}. Install its App: ${app?.html_url}/installations/new`);
  say(
    `Keep a copy of ${folder.shown} somewhere safe: without the ENCRYPTION_KEYS in it nothing that Porter sealed opens again.`,
  );
  return true;
}
