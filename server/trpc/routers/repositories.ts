import {
  repositoryReferenceSchema,
  repositorySettingsSchema,
  repositorySettingsUpdateSchema,
} from "@/lib/repository-settings";
import { repositorySetUpSchema, saveRepositorySecretSchema } from "@/lib/set-up/page";
import { repositorySetUp, saveRepositorySecret } from "@/server/repositories/set-up";
import { repositorySettings, updateRepositorySettings } from "@/server/repositories/settings";
import { z } from "zod";
import { restMeta, router, userProcedure } from "../init";

/** What people who may write to a repository set for it. */
export const repositoriesRouter = router({
  settings: userProcedure
    .meta(
      restMeta("GET /repositories/{owner}/{name}/settings", {
        tag: "repositories",
        summary: "Settings of a repository",
      }),
    )
    .input(repositoryReferenceSchema)
    .output(repositorySettingsSchema)
    .query(({ ctx, input }) => repositorySettings(ctx.app, input)),

  updateSettings: userProcedure
    .meta(
      restMeta("PUT /repositories/{owner}/{name}/settings", {
        tag: "repositories",
        summary: "Change the given settings of a repository",
      }),
    )
    .input(repositorySettingsUpdateSchema)
    .output(repositorySettingsSchema)
    .mutation(({ ctx, input }) => updateRepositorySettings(ctx.app, input)),

  setUp: userProcedure
    .meta(
      restMeta("GET /repositories/{owner}/{name}/set-up", {
        tag: "repositories",
        summary: "How machines are set up in a repository, and the names of its secrets",
      }),
    )
    .input(repositoryReferenceSchema)
    .output(repositorySetUpSchema)
    .query(({ ctx, input }) => repositorySetUp(ctx.app, input)),

  saveSecret: userProcedure
    .meta(
      restMeta("PUT /repositories/{owner}/{name}/secrets/{secret}", {
        tag: "repositories",
        summary: "Save a secret for the set-up of a repository's machines; null deletes it",
      }),
    )
    .input(saveRepositorySecretSchema)
    .output(z.object({ ok: z.literal(true) }))
    .mutation(({ ctx, input }) => saveRepositorySecret(ctx.app, input)),
});
