import { z } from "zod";
import { NETWORK_MODES } from "./network.ts";
import { hostNames } from "./network-settings.ts";
import { flyAppName } from "./fly-app-name.ts";

/** What GitHub takes as the beginning of a branch's name, and git as that of any. */
const branchPrefix = z
  .string()
  .max(40)
  .regex(
    /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?![./]))*\/)*(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?![./]))*[-_])?$/,
    "a prefix has letters, digits, -, _ and dots, and ends with /, - or _",
  )
  .refine((prefix) => /[-_/]$/.test(prefix), "a prefix ends with /, - or _")
  .refine(
    (prefix) => !/\.lock(?:\/|$)/i.test(prefix) && !/^(?:refs|heads|HEAD)\//i.test(prefix),
    "git keeps this name for itself",
  );

/**
 * What people who may write to a repository set for every run in it. `publish`: `after_click`: work waits on its task's
 * page until somebody publishes it. `workflows`: files that GitHub runs by itself are held back, or written where the App
 * may. `network`: what machines may reach at most; null: what each person's own settings say. `networkNames` are hosts
 * that every run here needs. `secretsApp`: the Fly app to whose machines this repository's secrets may be handed, which
 * people with admin name; null: to none. `outsiders`: what runs hear of comments by people without write access; null:
 * quoted in a private repository, left out in a public one.
 */
export const repositorySettingsSchema = z.object({
  publish: z.enum(["at_once", "after_click"]).default("at_once"),
  branchPrefix: branchPrefix.default("porter/"),
  workflows: z.enum(["held_back", "allowed"]).default("held_back"),
  network: z.enum(NETWORK_MODES).nullable().default(null),
  networkNames: hostNames.default([]),
  secretsApp: flyAppName.nullable().default(null),
  outsiders: z.enum(["left_out", "quoted"]).nullable().default(null),
});
export type RepositorySettings = z.infer<typeof repositorySettingsSchema>;

const reference = {
  owner: z.string().regex(/^[\w.-]{1,100}$/),
  name: z.string().regex(/^[\w.-]{1,100}$/),
};
export const repositoryReferenceSchema = z.strictObject(reference);
export type RepositoryReference = z.infer<typeof repositoryReferenceSchema>;

/** What is left out stays as it is; `null` makes it the standard again. */
export const repositorySettingsUpdateSchema = z.strictObject({
  ...reference,
  publish: repositorySettingsSchema.shape.publish.unwrap().nullable().optional(),
  branchPrefix: branchPrefix.nullable().optional(),
  workflows: repositorySettingsSchema.shape.workflows.unwrap().nullable().optional(),
  network: z.enum(NETWORK_MODES).nullable().optional(),
  networkNames: hostNames.nullable().optional(),
  secretsApp: flyAppName.nullable().optional(),
  outsiders: repositorySettingsSchema.shape.outsiders.optional(),
});
export type RepositorySettingsUpdate = z.infer<typeof repositorySettingsUpdateSchema>;
