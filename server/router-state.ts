import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state";

/** False for a router state that Next cannot read: it would answer 500 for what is the sender's mistake. */
export function hasReadableRouterState(headers: Headers): boolean {
  try {
    parseAndValidateFlightRouterState(headers.get("next-router-state-tree") ?? undefined);
    return true;
  } catch {
    return false;
  }
}
