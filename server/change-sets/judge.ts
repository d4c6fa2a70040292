import { CHANGE_SET_LIMITS, type Manifest } from "@/lib/change-set";
import { makesDraft } from "@/lib/change-set-notes";
import type { HeldBack, HoldReason } from "@/lib/held-back";
import { type ReviewFinding, weightOf } from "@/lib/review/findings";
import type { JudgeFacts, SetPath } from "@/server/change-sets/facts";
import { holdFile, holdPath } from "@/server/change-sets/hold";
import { findInFile, findInPath } from "@/server/change-sets/look";

/** What one file or path leads to. */
export type Ruling = { heldBack: HeldBack[]; findings: ReviewFinding[] };

export type Judgement = {
  heldBack: HeldBack[];
  draft: ReviewFinding[];
  look: ReviewFinding[];
  isDraft: boolean;
  suggestsClick: boolean;
};

/** A file of the set as it was handed over: its content must have the id `sha`. `before`: what the base has at each path. */
export type HandedFile = { sha: string; content: Uint8Array; before: ReadonlyMap<string, Uint8Array> };

/** Everything that any commit of the set puts somewhere, and each place that it takes something from. */
export function pathsOfSet(manifest: Manifest, facts: Pick<JudgeFacts, "base">): SetPath[] {
  const handed = new Set(manifest.blobs.map(({ sha }) => sha));
  const known = new Set([...facts.base.values()].map(({ sha }) => sha));
  const setPaths = new Map<string, SetPath>();
  for (const { path, entry } of manifest.commits.flatMap(({ paths }) => paths)) {
    const before = facts.base.get(path) ?? null;
    const isBack = entry !== null && before !== null && entry.sha === before.sha && entry.mode === before.mode;
    const from =
      entry === null || entry.mode === "160000"
        ? "nothing"
        : handed.has(entry.sha)
          ? "set"
          : known.has(entry.sha)
            ? "base"
            : "nowhere";
    setPaths.set(`${entry?.mode} ${entry?.sha} ${path}`, { path, entry, before, from: isBack ? "base" : from, isBack });
  }
  return [...setPaths.values()];
}

/** Rules on one file of the set, at all of its places. One file is in memory at a time. */
export function judgeFile(setPaths: readonly SetPath[], file: HandedFile, facts: JudgeFacts): Ruling {
  const ruling: Ruling = { heldBack: [], findings: [] };
  const own = holdsOwnSecret(file.content, facts.containsOwnSecret);
  for (const setPath of setPaths.filter(({ entry }) => entry?.sha === file.sha)) {
    const before = file.before.get(setPath.path) ?? null;
    const reason = own ? ({ kind: "own_secret" } as const) : holdFile({ ...file, before }, setPath, facts);
    if (reason !== null) ruling.heldBack.push({ path: setPath.path, reason });
    else ruling.findings.push(...findInFile({ ...file, before }, setPath, facts));
  }
  return ruling;
}

/** The whole answer. A file that was not handed over and that the base lacks is held back: nobody has seen it. */
export function judgeManifest(manifest: Manifest, files: ReadonlyMap<string, Ruling>, facts: JudgeFacts): Judgement {
  const setPaths = pathsOfSet(manifest, facts);
  const held = new Map<string, HoldReason>();
  const hold = (path: string, reason: HoldReason): void => {
    const isFirst = !held.has(path) || reason.kind === "own_secret";
    if (isFirst) held.set(path, reason);
  };
  for (const setPath of setPaths) {
    const isUnseen = setPath.from === "nowhere" || (setPath.from === "set" && !files.has(setPath.entry?.sha ?? ""));
    const reason = holdPath(setPath, facts) ?? (isUnseen ? ({ kind: "unseen" } as const) : null);
    if (reason !== null) hold(setPath.path, reason);
  }
  for (const { path, reason } of [...files.values()].flatMap(({ heldBack }) => heldBack)) hold(path, reason);
  const findings = [...findInPath(setPaths), ...[...files.values()].flatMap((ruling) => ruling.findings)];
  const kept = once(findings.filter(({ path, kind }) => !held.has(path) || kind === "workflow"));
  const draft = kept.filter((finding) => weightOf(finding) === "draft");
  return {
    heldBack: [...held].map(([path, reason]) => ({ path, reason })),
    draft,
    look: kept.filter((finding) => weightOf(finding) === "look"),
    // A machine's word can make a draft of it, never take that back.
    isDraft: draft.length > 0 || manifest.notes.some(makesDraft),
    suggestsClick: kept.some(({ kind }) => ASKS_FIRST.has(kind)),
  };
}

/** What checks run, or how: they have the repository's secrets as soon as the branch is there. */
const ASKS_FIRST: ReadonlySet<ReviewFinding["kind"]> = new Set([
  "workflow",
  "install_script",
  "reads_itself",
  "program",
]);

function once(findings: readonly ReviewFinding[]): ReviewFinding[] {
  return [
    ...new Map(findings.map((finding) => [`${finding.kind} ${finding.detail} ${finding.path}`, finding])).values(),
  ];
}

const WINDOW = 1024 * 1024;
/** Longer than any spelling of any secret, so that none hides on the border of two windows. */
const OVERLAP = 64 * 1024;

/** In windows: a text of the whole file beside it would be too much for the memory of a Worker. */
function holdsOwnSecret(content: Uint8Array, test: JudgeFacts["containsOwnSecret"]): boolean {
  for (let at = 0; at < Math.min(content.length, CHANGE_SET_LIMITS.fileBytes); at += WINDOW) {
    if (test(content.subarray(at, at + WINDOW + OVERLAP))) return true;
  }
  return false;
}
