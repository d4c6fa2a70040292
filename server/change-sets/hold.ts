import { type HoldReason, LARGEST_FILE_BYTES } from "@/lib/held-back";
import { hasPrivateKey, isLfsPointer } from "@/lib/review/contents";
import { isEnvFile, isKeyName } from "@/lib/review/kept-out";
import { isGitsOwn } from "@/lib/review/path-table";
import { isWorkflowPath } from "@/lib/review/workflow-paths";
import type { JudgeFacts, SetPath } from "@/server/change-sets/facts";

/** Why a path stays out, by its name and mode alone. */
export function holdPath({ path, entry, before }: SetPath, facts: JudgeFacts): HoldReason | null {
  if (facts.containsOwnSecret(path)) return { kind: "own_secret" };
  if (isGitsOwn(path)) return { kind: "refused_by_git" };
  if (!path.isWellFormed() || path.includes("\0")) return { kind: "name" };
  if (!facts.mayPushWorkflows && isWorkflowPath(path)) return { kind: "workflow" };
  if (entry === null) return null;
  if (entry.mode === "160000") {
    return before?.mode === "160000" || facts.modules.has(path) ? null : { kind: "link_to_repository" };
  }
  if (before !== null || facts.pushAnyway.has(path)) return null;
  if (isEnvFile(path)) return { kind: "env_file" };
  return isKeyName(path) ? { kind: "private_key" } : null;
}

/** Why a file stays out, by what is in it; the run's own secrets are looked for before. */
export function holdFile(
  { content, before }: { content: Uint8Array; before: Uint8Array | null },
  { path }: SetPath,
  facts: JudgeFacts,
): HoldReason | null {
  if (content.length > LARGEST_FILE_BYTES) return { kind: "too_large", bytes: content.length };
  if (isLfsPointer(content)) return { kind: "lfs" };
  if (facts.pushAnyway.has(path) || !hasPrivateKey(content)) return null;
  return before !== null && hasPrivateKey(before) ? null : { kind: "private_key" };
}

/** The folders that a `.gitmodules` names. */
export const moduleFolders = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*"?([^"\n]*?)"?[ \t\r]*$/gm)].map(([, path]) =>
      (path ?? "").replace(/\/+$/, ""),
    ),
  );
