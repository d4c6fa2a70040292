import { existsSync } from "node:fs";
import type { AgentUser } from "./agent-user.ts";
import type { ProgramCommand } from "./seal/closed-start.ts";
import type { Seal } from "./seal/seal.ts";
import type { Workspace } from "./workspace.ts";

export type ClosedCommand = ProgramCommand & { cwd: string; as?: { uid: number; gid: number } };

/** A program of the agent's user with its bounds: inside the seal, whose commands change the user themselves, or as it is. */
export function closedCommand(
  { seal, user, workspace }: { seal: Pick<Seal, "enter">; user: AgentUser; workspace: Workspace },
  command: ProgramCommand,
): ClosedCommand {
  const bounded = withLimits(command, user);
  if (seal.enter !== null) return { ...seal.enter(bounded, workspace.work), cwd: "/" };
  return { ...bounded, ...(user.separate ? { as: { uid: user.uid, gid: user.gid } } : {}), cwd: workspace.work };
}

const PRLIMIT = "/usr/bin/prlimit";

/**
 * The same program with bounds that its children inherit: no core dumps, which would hold what was in memory, and at
 * most 4,096 processes and threads of the agent's user. Systems without prlimit (util-linux) run it as it is.
 */
function withLimits(command: { file: string; args: string[] }, user: AgentUser): { file: string; args: string[] } {
  if (!existsSync(PRLIMIT)) return { file: command.file, args: command.args };
  // A developer's own user may have any number of processes already.
  const processes = user.separate ? ["--nproc=4096"] : [];
  return { file: PRLIMIT, args: ["--core=0", ...processes, "--", command.file, ...command.args] };
}
