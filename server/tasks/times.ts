/** All timing rules of a task's life, ms. */
export const TIMES = {
  blockedFor: 7 * 24 * 3600_000,
  blockedRecheck: 3600_000,
  queuedRecheck: 30_000,
  /** From the launch of the machine until it has its image, which Fly may have to fetch. */
  imagePull: 600_000,
  /** From there to its first progress. */
  provisioning: 180_000,
  heartbeatSilence: 60_000,
  /** Silent so long, a machine that Fly still calls started counts as wedged. */
  wedged: 180_000,
  deadlineGrace: 120_000,
  stopGrace: 60_000,
  /** After its last word a machine has so long to leave by itself, which leaves its exit code. */
  goodbye: 3000,
  reportEvery: 60_000,
  /** So often GitHub is asked again whether the requester of what runs may still have it. */
  askEvery: 300_000,
  /** Where it did not say. */
  askSoon: 60_000,
  /** Waiting for a machine that Fly does not give ends here. */
  capacityFor: 24 * 3600_000,
} as const;
