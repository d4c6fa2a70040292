import {
  repositoryPlaceSchema,
  repositorySettingsSchema,
  repositorySettingsUpdateSchema,
} from "@/lib/repository-settings";
import { repositorySettings, updateRepositorySettings } from "@/server/repositories/settings";
import { rest, router, userProcedure } from "../init";

/** What people who may write to a repository set for it. */
export const repositoriesRouter = router({
  settings: userProcedure
    .meta(
      rest("GET /repositories/{owner}/{name}/settings", { tag: "repositories", summary: "Settings of a repository" }),
    )
    .input(repositoryPlaceSchema)
    .output(repositorySettingsSchema)
    .query(({ ctx, input }) => repositorySettings(ctx.app, input)),

  updateSettings: userProcedure
    .meta(
      rest("PUT /repositories/{owner}/{name}/settings", {
        tag: "repositories",
        summary: "Change the given settings of a repository",
      }),
    )
    .input(repositorySettingsUpdateSchema)
    .output(repositorySettingsSchema)
    .mutation(({ ctx, input }) => updateRepositorySettings(ctx.app, input)),
});
