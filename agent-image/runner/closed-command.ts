import type { AgentUser } from "./agent-user.ts";
import { withLimits } from "./process-limits.ts";
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
