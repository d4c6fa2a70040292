import { z } from "zod";
import { ignoredReportSchema } from "@/lib/ignored";
import { rotationStepSchema } from "@/lib/operator";
import { ignoredReport } from "@/server/identity/ignored";
import { rotateKeys } from "@/server/secrets/rotate-keys";
import { auditInput, auditPageSchema } from "@/lib/audit";
import { everybodysAudit } from "@/server/identity/audit";
import { operatorProcedure, restMeta, router } from "../init";

/** For the people who run this Porter, and their scripts; each verb checks that as well. */
export const operatorRouter = router({
  audit: operatorProcedure
    .meta(
      restMeta("GET /operator/audit", {
        tag: "operator",
        summary: "The audit log, newest first; as a file at /operator/audit.csv",
      }),
    )
    .input(auditInput)
    .output(auditPageSchema)
    .query(({ ctx, input }) => everybodysAudit(ctx.app, input)),

  ignored: operatorProcedure
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

  rotateKeys: operatorProcedure
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
