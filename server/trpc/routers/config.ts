import { configUpdateSchema, porterConfigSchema } from "@/lib/porter-config";
import { getConfig, updateConfig } from "@/server/settings/config";
import { router, userProcedure } from "../init";

export const configRouter = router({
  get: userProcedure
    .meta({ openapi: { method: "GET", path: "/config", tags: ["config"], summary: "Your settings" } })
    .output(porterConfigSchema)
    .query(({ ctx }) => getConfig(ctx.app)),

  update: userProcedure
    .meta({
      openapi: { method: "PUT", path: "/config", tags: ["config"], summary: "Change the given parts of your settings" },
    })
    .input(configUpdateSchema)
    .output(porterConfigSchema)
    .mutation(({ ctx, input }) => updateConfig(ctx.app, input)),
});
