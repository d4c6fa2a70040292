import { z } from "zod";

/** `POST /api/operator/keys/rotate`: one batch of values sealed again. */
export const rotationStepSchema = z.object({
  currentVersion: z.number(),
  rewrapped: z.number(),
  /** Values that no configured key opens. */
  unreadable: z.number(),
  /** For the next call; null: all tables were seen. */
  cursor: z.string().nullable(),
  /** Key versions that rows still need. */
  inUse: z.array(z.object({ version: z.number(), rows: z.number() })),
  /** Configured versions that nothing needs any more. */
  removable: z.array(z.number()),
});
export type RotationStep = z.infer<typeof rotationStepSchema>;

/** `GET /api/startup/check`; `message` and `fix` are for operators. A red check that is not required stops nothing. */
export const startupCheckSchema = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      required: z.boolean(),
      ok: z.boolean(),
      message: z.string().optional(),
      fix: z.string().nullish(),
    }),
  ),
});
export type StartupCheck = z.infer<typeof startupCheckSchema>;
