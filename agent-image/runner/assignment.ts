import type { ClaimAnswer } from "../../lib/agent-protocol.ts";

/**
 * What one run is asked to do, from Porter's claim answer or from the environment contract of a run by hand.
 * `git.revokeAtExit`: the token was minted for this run alone, so nobody misses it afterwards.
 */
export type Assignment = Omit<ClaimAnswer, "protocol" | "callbackToken" | "taskId" | "git"> & {
  taskId: string;
  git: ClaimAnswer["git"] & { revokeAtExit: boolean };
};

/** Porter accepts the attempt's last word this long after its deadline. */
export const GRACE_MS = 120_000;

/** Every secret that the run was given, for redaction and for the scan of what it wants to push. */
export function secretsOf(assignment: Assignment, ...more: string[]): string[] {
  const ofSetUp = Object.values(assignment.setup?.secrets ?? {});
  return [assignment.git.token, ...Object.values(assignment.keys), ...ofSetUp, ...more].filter(
    (secret) => secret.length > 0,
  );
}
