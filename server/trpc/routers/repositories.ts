import {
  repositoryReferenceSchema,
  repositorySettingsSchema,
  repositorySettingsUpdateSchema,
} from "@/lib/repository-settings";
import { repositorySettings, updateRepositorySettings } from "@/server/repositories/settings";
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
});
