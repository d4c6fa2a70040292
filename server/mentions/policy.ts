import type { AgentId } from "@/lib/agents";
import type { RepositoryPermission } from "@/server/github/port";

/** Roles that may make Porter work in a repository (security.md "Who may start work"). */
export const mayCommand = (permission: RepositoryPermission): boolean =>
  permission === "admin" || permission === "maintain" || permission === "write";

/** An empty selection means every repository of the installation (rulings 11). Names are `owner/name`, any case. */
export const isSelected = (selected: readonly string[], repository: { owner: string; name: string }): boolean =>
  selected.length === 0 || selected.includes(`${repository.owner}/${repository.name}`.toLowerCase());

/**
 * Whether a command starts work while tasks of its issue are open. Words may be meant for what runs, so they start
 * nothing there, unless they stand behind `--`; an agent's name alone is a command and nothing else.
 */
export const startsBeside = (
  command: { agent: AgentId | null; instructions: string; isForced: boolean },
  open: readonly unknown[],
): boolean => open.length === 0 || command.isForced || (command.agent !== null && command.instructions === "");
