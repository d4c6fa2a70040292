import {
  catalogueSchema,
  credentialsAnswer,
  credentialsInput,
  flyCheckSchema,
  flySavedSchema,
  flySaveSchema,
  flyValidateSchema,
  keyValidateSchema,
} from "@/lib/credentials";
import { checkResultSchema } from "@/lib/key-check";
import { providerCredentialsInput, providerStatusSchema } from "@/lib/porter-config";
import { PROVIDER_IDS } from "@/lib/providers";
import { z } from "zod";
import type { AppContext } from "@/server/context";
import { requireUser } from "@/server/identity/actor";
import { saveFly, validateFly } from "@/server/settings/check-fly";
import { saveAndCheckKeys, validateKey } from "@/server/secrets/check-keys";
import { saveCredentials } from "@/server/settings/legacy-credentials";
import { providerCatalogue } from "@/server/secrets/provider-catalogue";
import { secretStatus } from "@/server/secrets/user-secrets";
import { restMeta, router, userProcedure } from "../init";

/** Keys, the Fly token, and who checks them: the part of `/api/config` that holds secrets. */
export const credentialsRouter = router({
  providers: userProcedure
    .meta(
      restMeta("GET /config/providers", {
        tag: "config",
        summary: "Model providers: key names, agents, models and prices",
      }),
    )
    .output(catalogueSchema)
    .query(() => providerCatalogue()),

  providerCredentials: userProcedure
    .meta(restMeta("GET /config/provider-credentials", { tag: "config", summary: "Status of every provider key" }))
    .output(providerStatusSchema)
    .query(({ ctx }) => providerStatus(ctx.app)),

  saveProviderCredentials: userProcedure
    .meta(
      restMeta("PUT /config/provider-credentials", {
        tag: "config",
        summary: "Save and check provider keys; null deletes",
      }),
    )
    .input(providerCredentialsInput)
    .output(providerStatusSchema)
    .mutation(async ({ ctx, input }) => {
      await saveAndCheckKeys(ctx.app, input);
      return providerStatus(ctx.app);
    }),

  saveCredentials: userProcedure
    .meta(restMeta("PUT /config/credentials", { tag: "config", summary: "Save keys in one flat object (older form)" }))
    .input(credentialsInput)
    .output(credentialsAnswer)
    .mutation(({ ctx, input }) => saveCredentials(ctx.app, input)),

  saveFly: userProcedure
    .meta(
      restMeta("PUT /config/fly", {
        tag: "config",
        summary: "Save and check the Fly token and app, or make the app; null deletes",
      }),
    )
    .input(flySaveSchema)
    .output(flySavedSchema)
    .mutation(({ ctx, input }) => saveFly(ctx.app, input)),

  validateFly: userProcedure
    .meta(
      restMeta("POST /config/validate/fly", {
        tag: "config",
        summary: "Check a Fly token and app without saving them",
      }),
    )
    .input(flyValidateSchema)
    .output(flyCheckSchema)
    .mutation(({ ctx, input }) => validateFly(ctx.app, input)),

  validateAnthropic: userProcedure
    .meta(
      restMeta("POST /config/validate/anthropic", {
        tag: "config",
        summary: "Check an Anthropic key without saving it",
      }),
    )
    .input(keyValidateSchema)
    .output(checkResultSchema)
    .mutation(({ ctx, input }) => validateKey(ctx.app, { provider: "anthropic", key: input.key })),

  validateKey: userProcedure
    .meta(
      restMeta("POST /config/validate/{provider}", {
        tag: "config",
        summary: "Check any provider's key without saving it",
      }),
    )
    .input(keyValidateSchema.extend({ provider: z.enum(PROVIDER_IDS) }))
    .output(checkResultSchema)
    .mutation(({ ctx, input }) => validateKey(ctx.app, input)),
});

const providerStatus = async (app: AppContext) => (await secretStatus(app, requireUser(app.actor).userId)).providers;
