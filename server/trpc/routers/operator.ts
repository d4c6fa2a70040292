import { z } from "zod";
import { ignoredReportSchema } from "@/lib/ignored";
import { rotationStepSchema } from "@/lib/operator";
import { ignoredReport } from "@/server/identity/ignored";
import { rotateKeys } from "@/server/secrets/rotate-keys";
import { publicProcedure, router } from "../init";

/** For the people who run this Porter, and their scripts; each verb checks that itself. */
export const operatorRouter = router({
  ignored: publicProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/operator/ignored",
        tags: ["operator"],
        summary: "What came in within a week and led to nothing, by its outcome, and what Porter gave up",
      },
    })
    .output(ignoredReportSchema)
    .query(({ ctx }) => ignoredReport(ctx.app)),

  rotateKeys: publicProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/operator/keys/rotate",
        tags: ["operator"],
        summary: "Seal one batch of stored secrets anew under the newest key",
      },
    })
    .input(z.object({ cursor: z.string().max(40).nullable().default(null) }))
    .output(rotationStepSchema)
    .mutation(({ ctx, input }) => rotateKeys(ctx.app, input.cursor)),
});
