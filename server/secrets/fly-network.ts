import { type FlyNetwork, type FlyNetworkFinding, flyNetworkFindingSchema } from "@/lib/fly-network";
import { tryJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { SecretRow } from "@/server/db/secret-store";
import { FLY_TOKEN } from "./user-secrets";

/** What the last check found of the app's network; null: nothing. */
export const flyNetworkFinding = (row: Pick<SecretRow, "flyNetwork"> | undefined): FlyNetworkFinding | null =>
  tryJson(flyNetworkFindingSchema, row?.flyNetwork ?? "null") ?? null;

/** What was found of one app holds for no other one. */
export const networkOfApp = (found: FlyNetworkFinding | null, app: string | null | undefined): FlyNetwork =>
  found !== null && found.app === app ? found.network : "unknown";

/** Whose network the app is in that a person's machines run in. */
export async function flyNetworkOf(context: AppContext, userId: number, app: string): Promise<FlyNetwork> {
  const rows = await context.db.secrets.getSealed(userId, [FLY_TOKEN.name]);
  return networkOfApp(flyNetworkFinding(rows.find(({ provider }) => provider === FLY_TOKEN.provider)), app);
}
