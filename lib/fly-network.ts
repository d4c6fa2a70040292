import { z } from "zod";

/**
 * Whose network a Fly app is in: one that no other app of its organisation shares, one that others share, or Fly does
 * not tell.
 */
export const FLY_NETWORKS = ["own", "shared", "unknown"] as const;
export type FlyNetwork = (typeof FLY_NETWORKS)[number];

/** What a check found, of the app that it looked at. */
export const flyNetworkFindingSchema = z.object({
  app: z.string(),
  organization: z.string().nullable(),
  network: z.enum(FLY_NETWORKS),
});
export type FlyNetworkFinding = z.infer<typeof flyNetworkFindingSchema>;
