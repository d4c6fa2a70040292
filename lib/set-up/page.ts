import { z } from "zod";
import { repositoryReferenceSchema, repositorySettingsSchema } from "../repository-settings.ts";
import { setUpReportSchema } from "./protocol.ts";
import { isReservedName, isVariableName } from "./variables.ts";
import { setUpViewSchema } from "./view-schema.ts";

/** What the page of a repository shows of how its machines are set up. */
export const repositorySetUpSchema = z.object({
  settings: repositorySettingsSchema,
  /** `.porter.yml` of the default branch as it was read just now; null: there is none. */
  file: z.string().nullable(),
  /** What a run would do now. */
  found: setUpViewSchema.extend({ line: z.string().nullable() }),
  /** Names that the file wants, whether or not they are saved. */
  wanted: z.array(z.string()),
  secrets: z.array(z.object({ name: z.string(), savedAt: z.string(), lastUsedAt: z.string().nullable() })),
  /** Whether this person has admin here, and so may save secrets. */
  isAdmin: z.boolean(),
  /** The last set-ups of this person's own runs here, newest first. */
  recent: z.array(
    z.object({ taskId: z.string(), attempt: z.number().int(), at: z.string(), report: setUpReportSchema }),
  ),
});
export type RepositorySetUp = z.infer<typeof repositorySetUpSchema>;

/** `PUT /api/repositories/:owner/:name/secrets/:secret`. */
export const saveRepositorySecretSchema = z.strictObject({
  ...repositoryReferenceSchema.shape,
  secret: z
    .string()
    .refine(isVariableName, "a name has letters, digits and _")
    .refine((name) => !isReservedName(name), "Porter sets this variable itself"),
  /** null deletes it. */
  value: z.string().min(1).max(20_000).nullable(),
});
export type SaveRepositorySecret = z.infer<typeof saveRepositorySecretSchema>;
