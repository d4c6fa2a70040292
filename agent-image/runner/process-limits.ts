import { existsSync } from "node:fs";
import type { AgentUser } from "./agent-user.ts";

const PRLIMIT = "/usr/bin/prlimit";

/**
 * The same program with bounds that its children inherit: no core dumps, which would hold what was in memory, and at
 * most 4,096 processes and threads of the agent's user. Systems without prlimit (util-linux) run it as it is.
 */
export function withLimits(
  command: { file: string; args: string[] },
  user: AgentUser,
): { file: string; args: string[] } {
  if (!existsSync(PRLIMIT)) return { file: command.file, args: command.args };
  // A developer's own user may have any number of processes already.
  const processes = user.separate ? ["--nproc=4096"] : [];
  return { file: PRLIMIT, args: ["--core=0", ...processes, "--", command.file, ...command.args] };
}
