import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { AgentUser } from "../agent-user.ts";
import { filteredStart, isFilterable } from "./system-call-filter.ts";

export const PERL = "/usr/bin/perl";
export const SETPRIV = "/usr/bin/setpriv";
const PROBE_MS = 15_000;

export type ProgramCommand = { file: string; args: string[] };

/**
 * The command that runs another one in a folder as the agent's user: under the filter of system calls, and with no right
 * that it could have or get. The supervisor is root, or that user itself, who has none.
 */
export function closedStart(
  { file, args }: ProgramCommand,
  { folder, user }: { folder: string; user: AgentUser },
): ProgramCommand {
  const filtered = ["-e", filteredStart(), "--", folder];
  if (!user.separate) return { file: PERL, args: [...filtered, file, ...args] };
  const rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
  const as = [SETPRIV, `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", ...rights, "--"];
  return { file: PERL, args: [...filtered, ...as, file, ...args] };
}

/** Whether that works here, where nothing else could be closed. */
export async function canCloseStart(user: AgentUser): Promise<boolean> {
  if (process.platform !== "linux" || !isFilterable()) return false;
  const { file, args } = closedStart({ file: PERL, args: ["-e", "1"] }, { folder: "/", user });
  try {
    await promisify(execFile)(file, args, { env: {}, timeout: PROBE_MS });
    return true;
  } catch {
    return false;
  }
}
