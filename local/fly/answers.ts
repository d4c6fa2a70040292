import type { LocalFlyApp, LocalFlyToken, Refusal } from "./access.ts";
import type { FaultEffect } from "./faults.ts";
import type { Fleet } from "./fleet.ts";

export type Answer = { status: number; body: unknown };
export type FlyRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  leaseNonce: string | undefined;
  token: LocalFlyToken;
  fault: FaultEffect | null;
};
export type FlyState = { apps: LocalFlyApp[]; fleet: Fleet };

export const ok = (body: unknown, status = 200): Answer => ({ status, body });
/** Fly's error body. */
export const refuse = ({ status, error, code = "unknown" }: Refusal): Answer => ({
  status,
  body: { error, status: code },
});
