import { z } from "zod";
import { IMAGES, SERVICES } from "./kinds.ts";

/** Why a machine is not given a secret that its repository's file names. */
const WITHHELD_REASONS = ["not_saved", "other_app", "unreadable"] as const;

/**
 * What a machine is told of setting itself up. All of it was read from the branch that the work begins from, and frozen
 * with the task.
 */
export const machineSetUpSchema = z.object({
  /** A script for `bash -e`, in the clone, as the agent's user; null: none. */
  run: z.string().nullable(),
  /** A run whose set-up fails ends. */
  required: z.boolean(),
  timeoutMs: z.number().int().positive(),
  /** Started after `run`, without its secrets, and left running while the agent works. */
  start: z.string().nullable(),
  services: z.array(z.enum(SERVICES)),
  /** For set-up, `start` and agent. What Porter sets itself goes before. */
  env: z.record(z.string(), z.string()),
  /** Name → value, for `run` alone. */
  secrets: z.record(z.string(), z.string()),
  withheld: z.array(z.object({ name: z.string(), reason: z.enum(WITHHELD_REASONS) })),
  image: z.enum(IMAGES).nullable(),
});
export type MachineSetUp = z.infer<typeof machineSetUpSchema>;

/** How a machine's set-up ended, said once. `none`: there was nothing to run. */
export const setUpReportSchema = z.strictObject({
  outcome: z.enum(["done", "failed", "timed_out", "none"]),
  ms: z.number().int().min(0),
  exitCode: z.number().int().nullable(),
});
export type SetUpReport = z.infer<typeof setUpReportSchema>;
