import type { Manifest } from "@/lib/change-set";
import { type HeldBack, heldBackSchema } from "@/lib/held-back";
import { isHeldAt } from "@/lib/held-back-words";
import { readJson } from "@/lib/json";
import type { ChangeSetRow } from "@/server/db/change-set-store";

type Row = Pick<ChangeSetRow, "heldBack">;
export type HeldPath = { path: string; entry: Manifest["heldEntries"][number]["entry"] };

export const heldBackOf = ({ heldBack }: Row): HeldBack[] =>
  heldBack === null ? [] : readJson(heldBackSchema.array(), heldBack);

/** What is held back of a set and could go in anyway: its content is there, and it is no secret of the run. */
export function canGoToo(set: Row, manifest: Manifest, pushedToo: readonly string[]): HeldPath[] {
  const heldBack = heldBackOf(set);
  // As each is in the end: what came and went again is nowhere.
  const last = new Map(manifest.commits.flatMap(({ paths }) => paths.map(({ path, entry }) => [path, entry] as const)));
  for (const { path, entry } of manifest.heldEntries) last.set(path, entry);
  const free = heldBack.filter(({ reason }) => reason.kind !== "own_secret");
  const secret = heldBack.filter(({ reason }) => reason.kind === "own_secret");
  const isAmong = (path: string, among: typeof heldBack): boolean => among.some((one) => isHeldAt(path, one.path));
  return [...last].flatMap(([path, entry]) =>
    entry !== null && isAmong(path, free) && !isAmong(path, secret) && !pushedToo.includes(path)
      ? [{ path, entry }]
      : [],
  );
}

/** Each of the paths with what it was held back for. */
export const heldAmong = (set: Row, paths: readonly string[]): HeldBack[] =>
  paths.flatMap((path) => {
    const held = heldBackOf(set).find((one) => isHeldAt(path, one.path));
    return held === undefined ? [] : [{ path, reason: held.reason }];
  });
