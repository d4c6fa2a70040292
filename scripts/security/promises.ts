import type { Promised } from "./abuse.ts";
import { CHANGE_SET } from "./abuses/change-set.ts";
import { EDGES } from "./abuses/edges.ts";
import { INTAKE } from "./abuses/intake.ts";
import { MACHINE_WORDS } from "./abuses/machine-words.ts";
import { MODEL_CALLS } from "./abuses/model-calls.ts";
import { NETWORK_OF_RUNS } from "./abuses/network.ts";
import { PEOPLE } from "./abuses/people.ts";
import { POWER } from "./abuses/power.ts";
import { PROMPT } from "./abuses/prompt.ts";
import { RUNNER } from "./abuses/runner.ts";
import { SEAL } from "./abuses/seal.ts";
import { SECRETS } from "./abuses/secrets.ts";
import { SUPPLY } from "./abuses/supply.ts";

/** What Porter promises, in the order of the threat model, each with what was tried against it. */
export const PROMISES: readonly Promised[] = [
  ...INTAKE,
  ...EDGES,
  ...POWER,
  ...PROMPT,
  ...MACHINE_WORDS,
  ...CHANGE_SET,
  ...RUNNER,
  ...MODEL_CALLS,
  ...SEAL,
  ...NETWORK_OF_RUNS,
  ...SECRETS,
  ...PEOPLE,
  ...SUPPLY,
];
