import { z } from "zod";
import { AGENT_IDS, agentFromName } from "../agents.ts";
import { budgetSchema, readBudget } from "../budget.ts";
import { hostMistake } from "../host-name.ts";
import { NETWORK_MODES, type NetworkMode } from "../network.ts";
import { MOST_NAMES } from "../network-settings.ts";
import { IMAGES, SERVICES } from "./kinds.ts";
import { isVariableName } from "./variables.ts";

/** A script for the shell. */
const command = z
  .string()
  .max(16_000)
  .refine((text) => text.trim() !== "" && !text.includes("\0"));

/** Of a set-up that names none. */
export const SET_UP_MINUTES = 5;

const step = z.strictObject({
  run: command,
  required: z.boolean().default(false),
  timeout: z.number().int().min(1).max(60).default(SET_UP_MINUTES),
});

const isMode = (word: string): word is NetworkMode => NETWORK_MODES.some((mode) => mode === word);
const networkWord = z
  .string()
  .trim()
  .toLowerCase()
  .refine((word) => isMode(word) || hostMistake(word) === null);

/** Where the machine may go at most. No mode: as the settings say. `none` beside another mode is `none`. */
const network = z
  .preprocess((given) => (typeof given === "string" ? [given] : given), z.array(networkWord).max(MOST_NAMES))
  .transform((words) => {
    const modes = words.filter(isMode);
    const widest = NETWORK_MODES.findLast((mode) => modes.includes(mode)) ?? null;
    return {
      preset: modes.includes("none") ? ("none" as const) : widest,
      names: [...new Set(words.filter((word) => !isMode(word)))],
    };
  });

const budget = z.preprocess(
  (given) => (typeof given === "string" ? (readBudget(given) ?? given) : given),
  budgetSchema,
);

const agent = z
  .string()
  .transform((name) => agentFromName(name))
  .pipe(z.enum(AGENT_IDS));

/** The keys of `.porter.yml`. */
export const porterKeys = {
  setup: z.preprocess((given) => (typeof given === "string" ? { run: given } : given), step),
  start: command,
  services: z
    .array(z.enum(SERVICES))
    .max(10)
    .transform((names) => [...new Set(names)]),
  env: z
    .record(z.string(), z.union([z.string().max(4000), z.number(), z.boolean()]).transform(String))
    .refine((given) => Object.keys(given).length <= 100),
  secrets: z
    .array(z.string().refine(isVariableName))
    .max(50)
    .transform((names) => [...new Set(names)]),
  image: z.enum(IMAGES),
  machine: z.strictObject({
    cpus: z.number().int().min(1).max(64).optional(),
    memory: z.number().int().min(256).max(262_144).optional(),
  }),
  timeout: z.number().int().min(1).max(90),
  agent,
  model: z
    .string()
    .trim()
    .regex(/^[\w.:/@-]{1,100}$/),
  budget,
  verify: command,
  tests: z.array(z.string().min(1).max(500)).max(100),
  network,
} as const;
export type PorterKey = keyof typeof porterKeys;
export const PORTER_KEYS = Object.keys(porterKeys) as PorterKey[];

/** Below a key, and again a key of their own. */
const NESTED = ["setup.run", "setup.required", "setup.timeout", "env.*", "machine.cpus", "machine.memory"] as const;
export type FieldName = PorterKey | (typeof NESTED)[number];

const A_COMMAND = "a command of at most 16,000 characters";
/** What each may be, and how that is written. */
export const FIELDS: Record<FieldName, { form: string; example: string }> = {
  setup: { form: `${A_COMMAND}, or run, required and timeout`, example: "setup: npm ci" },
  "setup.run": { form: A_COMMAND, example: "run: npm ci" },
  "setup.required": { form: "true or false", example: "required: true" },
  "setup.timeout": { form: "whole minutes from 1 to 60", example: "timeout: 5" },
  start: { form: A_COMMAND, example: "start: npm run db:start" },
  services: { form: `a list of ${SERVICES.join(" and ")}`, example: "services: [postgres, redis]" },
  env: { form: "at most 100 names with their values", example: "env: { NODE_ENV: test }" },
  "env.*": {
    form: "a name of letters, digits and _ with a text of at most 4,000 characters, a number, true or false",
    example: "NODE_ENV: test",
  },
  secrets: { form: "a list of at most 50 names of variables", example: "secrets: [NPM_TOKEN]" },
  image: { form: IMAGES.join(" or "), example: "image: full" },
  machine: { form: "cpus and memory", example: "machine: { cpus: 4, memory: 8192 }" },
  "machine.cpus": { form: "a whole number from 1 to 64", example: "cpus: 4" },
  "machine.memory": { form: "megabytes from 256 to 262144", example: "memory: 8192" },
  timeout: { form: "whole minutes from 1 to 90", example: "timeout: 20" },
  agent: { form: `one of ${AGENT_IDS.join(", ")}`, example: `agent: ${AGENT_IDS[0]}` },
  model: { form: "the name of a model", example: "model: opus" },
  budget: { form: "dollars from 0.01 to 10000, with at most two decimals", example: "budget: 2" },
  verify: { form: A_COMMAND, example: "verify: npm test" },
  tests: { form: "a list of at most 100 patterns of paths", example: 'tests: ["spec/**"]' },
  network: {
    form: `a list of ${NETWORK_MODES.join(", ")} and at most ${MOST_NAMES} names of hosts`,
    example: 'network: [registries, "*.example.com"]',
  },
};
