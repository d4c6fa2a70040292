import { z } from "zod";
import { deletedAccountSchema, diagnosticsSchema, rateLimitViewSchema, sessionViewSchema } from "@/lib/account";
import { auditInput, auditPageSchema } from "@/lib/audit";
import { ownAudit } from "@/server/identity/audit";
import { deleteAccount } from "@/server/tasks/verbs/delete-account";
import { diagnoseConnection, rateLimit } from "@/server/identity/diagnostics";
import { endOtherSessions, endSession, listSessions } from "@/server/identity/sessions";
import { restMeta, router, userProcedure } from "../init";

/** The signed-in browsers of the person. Ending is idempotent, and tells another's session from none by nothing. */
export const sessionRouter = router({
  list: userProcedure
    .meta({ openapi: { method: "GET", path: "/sessions", tags: ["account"], summary: "Your signed-in browsers" } })
    .output(z.object({ sessions: z.array(sessionViewSchema) }))
    .query(async ({ ctx }) => ({ sessions: await listSessions(ctx.app) })),

  end: userProcedure
    .meta({
      openapi: { method: "DELETE", path: "/sessions/{sessionId}", tags: ["account"], summary: "Sign one browser out" },
    })
    .input(z.object({ sessionId: z.string().max(100) }))
    .output(z.object({ ended: z.boolean() }))
    .mutation(async ({ ctx, input }) => ({ ended: await endSession(ctx.app, input.sessionId) })),

  endOthers: userProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/sessions/end-others",
        tags: ["account"],
        summary: "Sign every browser out but this one",
      },
    })
    .output(z.object({ ended: z.number() }))
    .mutation(async ({ ctx }) => ({ ended: await endOtherSessions(ctx.app) })),
});

export const accountRouter = router({
  audit: userProcedure
    .meta(
      restMeta("GET /audit", {
        tag: "account",
        summary: "What you did, and what was done to what is yours, newest first; as a file at /audit.csv",
      }),
    )
    .input(auditInput)
    .output(auditPageSchema)
    .query(({ ctx, input }) => ownAudit(ctx.app, input)),

  diagnostics: userProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/auth/diagnostics",
        tags: ["account"],
        summary: "Your connection to GitHub: what is granted, what is missing, and its fix",
      },
    })
    .output(diagnosticsSchema)
    .query(({ ctx }) => diagnoseConnection(ctx.app)),

  rateLimit: userProcedure
    .meta({ openapi: { method: "GET", path: "/rate-limit", tags: ["account"], summary: "What GitHub still allows" } })
    .output(rateLimitViewSchema)
    .query(({ ctx }) => rateLimit(ctx.app)),

  delete: userProcedure
    .meta({
      openapi: {
        method: "DELETE",
        path: "/account",
        tags: ["account"],
        summary: "Delete your account with all that Porter holds of you",
      },
    })
    .input(z.object({ login: z.string().max(100).describe("Your own login, typed") }))
    .output(deletedAccountSchema)
    .mutation(({ ctx, input }) => deleteAccount(ctx.app, input.login)),
});
