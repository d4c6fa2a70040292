import { z } from "zod";
import { NETWORK_MODES } from "../network.ts";
import { type FieldName, FIELDS } from "./fields.ts";
import { IMAGES, SERVICES } from "./kinds.ts";
import type { SetUp } from "./find.ts";
import type { FileProblem } from "./problem.ts";

const fieldNames = Object.keys(FIELDS) as [FieldName, ...FieldName[]];
const at = { file: z.string(), line: z.number().int().nullable(), key: z.string().nullable() };
const problem: z.ZodType<FileProblem> = z.discriminatedUnion("is", [
  z.object({ ...at, is: z.enum(["syntax", "too_large", "too_many_aliases", "no_keys"]) }),
  z.object({ ...at, is: z.literal("unknown_key"), near: z.string().nullable() }),
  z.object({ ...at, is: z.literal("wrong"), field: z.enum(fieldNames) }),
  z.object({ ...at, is: z.literal("limited"), to: z.string() }),
  z.object({
    ...at,
    is: z.enum(["secret_value", "reserved_name", "wrong_form", "left_out", "twice", "other_name", "no_text"]),
  }),
]);

/** A set-up as a task's row holds it. */
export const setUpSchema: z.ZodType<SetUp> = z.object({
  from: z.array(z.string()),
  run: z.string().nullable(),
  required: z.boolean(),
  timeoutMinutes: z.number().int(),
  start: z.string().nullable(),
  services: z.array(z.enum(SERVICES)),
  env: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  image: z.enum(IMAGES).nullable(),
  verify: z.string().nullable(),
  tests: z.array(z.string()),
  network: z.object({ preset: z.enum(NETWORK_MODES).nullable(), names: z.array(z.string()) }).nullable(),
  problems: z.array(problem),
});
