import { type FlyNetwork, type FlyNetworkFinding, flyNetworkFindingSchema } from "@/lib/fly-network";
import { tryJson } from "@/lib/json";
import type { SecretRow } from "@/server/db/secret-store";
import { FLY_TOKEN } from "./user-secrets";

/** What the last check found of the app's network; null: nothing. */
export const flyNetworkFinding = (row: Pick<SecretRow, "flyNetwork"> | undefined): FlyNetworkFinding | null =>
  tryJson(flyNetworkFindingSchema, row?.flyNetwork ?? "null") ?? null;

/** What was found of one app holds for no other one. */
export const networkOfApp = (found: FlyNetworkFinding | null, app: string | null | undefined): FlyNetwork =>
  found !== null && found.app === app ? found.network : "unknown";

/** Whose network the app is in that a person's machines run in, as their secrets know it. */
export const flyNetworkOf = (rows: readonly SecretRow[], app: string): FlyNetwork =>
  networkOfApp(flyNetworkFinding(rows.find(isFlyToken)), app);

const isFlyToken = ({ provider, name }: SecretRow): boolean =>
  provider === FLY_TOKEN.provider && name === FLY_TOKEN.name;
