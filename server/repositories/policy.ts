import type { RepositoryPermission } from "@/server/github/port";

/** Roles that may make Porter work in a repository. */
export const mayCommand = (permission: RepositoryPermission): boolean =>
  permission === "admin" || permission === "maintain" || permission === "write";

/** An empty selection means every repository of the installation. Names are `owner/name`, any case. */
export const isSelected = (selected: readonly string[], repository: { owner: string; name: string }): boolean =>
  selected.length === 0 || selected.includes(`${repository.owner}/${repository.name}`.toLowerCase());
