import type { RepositoryRef } from "@/server/github/port";
import type { WriteValue } from "./content-budget";

const made = Symbol("made by accessTo");

/**
 * A repository as Porter reaches it: by which installation, and for whom. `userId`: who set off what is written, whose
 * share it is counted in; only reads have nobody. `commentEdits`: whether edits of comments can wait.
 */
export type RepositoryAccess = {
  readonly [made]: true;
  readonly installationId: number;
  readonly repository: RepositoryRef;
  readonly userId: number | null;
  readonly commentEdits: WriteValue;
};

/** A task or a mention, as far as it says where it is. */
type Placed = { installationId: number; repositoryId: number; repoOwner: string; repoName: string };

/** The one maker of `RepositoryAccess`. By default nobody writes, and edits of comments cannot wait. */
export const accessTo = (
  { installationId, repositoryId, repoOwner, repoName }: Placed,
  { userId = null, commentEdits = "needed" }: { userId?: number | null; commentEdits?: WriteValue } = {},
): RepositoryAccess => ({
  [made]: true,
  installationId,
  repository: { id: repositoryId, owner: repoOwner, name: repoName },
  userId,
  commentEdits,
});
