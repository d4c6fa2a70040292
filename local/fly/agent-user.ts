import { randomInt } from "node:crypto";

export type MachineUser = { uid: number; gid: number };

/**
 * Who the agent of one machine is: under root a number that no account and no other machine has, so that whatever runs
 * as it is this machine's. null: the agent is whoever started the local world.
 */
export function newMachineUser(): MachineUser | null {
  if (process.getuid?.() !== 0) return null;
  const uid = 100_000_000 + randomInt(1_000_000_000);
  return { uid, gid: uid };
}

/** The runner's variables about that user. */
export const userVariables = (user: MachineUser | null): Record<string, string> =>
  user === null
    ? { PORTER_ALLOW_SAME_USER: "1" }
    : { PORTER_AGENT_UID: String(user.uid), PORTER_AGENT_GID: String(user.gid) };

/** What is to be said of it to whoever starts the world; null: nothing. */
export const userNote = (): string | null =>
  process.getuid?.() === 0
    ? null
    : "The agent runs as you here, not as a user of its own as in a real machine: only run what you trust.";
