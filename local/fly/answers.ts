import type { LocalFlyApp, LocalFlyToken, LocalFlyRefusal } from "./access.ts";
import type { FaultEffect } from "./faults.ts";
import type { Fleet } from "./fleet.ts";

export type LocalFlyAnswer = { status: number; body: unknown };
export type LocalFlyRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  leaseNonce: string | undefined;
  token: LocalFlyToken;
  fault: FaultEffect | null;
};
export type FlyState = { apps: LocalFlyApp[]; fleet: Fleet };

export const okAnswer = (body: unknown, status = 200): LocalFlyAnswer => ({ status, body });
/** Fly's error body. */
export const refusalAnswer = ({ status, error, code = "unknown" }: LocalFlyRefusal): LocalFlyAnswer => ({
  status,
  body: { error, status: code },
});
