import {
  configUpdateSchema,
  flyInputSchema,
  porterConfigSchema,
  providerCredentialsInput,
  providerStatusSchema,
} from "@/lib/porter-config";
import { requireUser } from "@/server/identity/actor";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { secretStatus } from "@/server/secrets/user-secrets";
import { getConfig, updateConfig } from "@/server/settings/config";
import type { AppContext } from "@/server/context";
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

  providerCredentials: userProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/config/provider-credentials",
        tags: ["config"],
        summary: "Status of every provider key",
      },
    })
    .output(providerStatusSchema)
    .query(({ ctx }) => providerStatus(ctx.app)),

  saveProviderCredentials: userProcedure
    .meta({
      openapi: {
        method: "PUT",
        path: "/config/provider-credentials",
        tags: ["config"],
        summary: "Save provider keys; null deletes",
      },
    })
    .input(providerCredentialsInput)
    .output(providerStatusSchema)
    .mutation(async ({ ctx, input }) => {
      await saveProviderCredentials(ctx.app, input);
      return providerStatus(ctx.app);
    }),

  saveFly: userProcedure
    .meta({
      openapi: {
        method: "PUT",
        path: "/config/fly",
        tags: ["config"],
        summary: "Save the Fly token and app; null deletes",
      },
    })
    .input(flyInputSchema)
    .output(porterConfigSchema)
    .mutation(({ ctx, input }) => updateConfig(ctx.app, input)),
});

const providerStatus = async (app: AppContext) => (await secretStatus(app, requireUser(app.actor).userId)).providers;
