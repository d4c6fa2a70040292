import { readFileSync } from "node:fs";

const FIRST_UID = 61_184;

/**
 * The runner's variables about who the agent is: under root a number that no account has, else the same
 * user, which `note` says in a sentence.
 */
export function agentUser(): { env: Record<string, string>; note: string | null } {
  if (process.getuid?.() !== 0) {
    return {
      env: { PORTER_ALLOW_SAME_USER: "1" },
      note: "The agent runs as you here, not as a user of its own as in a real machine: only run what you trust.",
    };
  }
  const taken = new Set(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => Number(line.split(":")[2])),
  );
  let uid = FIRST_UID;
  while (taken.has(uid)) uid += 1;
  return { env: { PORTER_AGENT_UID: String(uid), PORTER_AGENT_GID: String(uid) }, note: null };
}
