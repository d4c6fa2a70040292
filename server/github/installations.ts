import type { z } from "zod";
import type { Installation } from "@/server/github/port";
import type { installationSchema } from "@/server/github/schemas";

/** GitHub's installation as Porter's. An enterprise has a slug and no login. */
export const toInstallation = (found: z.output<typeof installationSchema>): Installation => ({
  id: found.id,
  account: found.account?.login ?? found.account?.slug ?? "",
  accountId: found.account?.id ?? null,
  accountType: found.target_type,
  repositorySelection: found.repository_selection,
  permissions: found.permissions,
  suspendedAt: found.suspended_at ?? null,
});
