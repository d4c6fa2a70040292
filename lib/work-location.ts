import type { WhyBundle } from "./change-set-judgement.ts";
import type { WorkRefusal } from "./work-refusal.ts";

/** Everything that says where an agent's work is. Whoever writes a word about that needs all of it. */
export type WorkFacts = {
  /** The run is over, and what its machine hands over is on its way. */
  isSaving: boolean;
  pull: { number: number; url: string } | null;
  /** A branch on GitHub that holds the work; `compareUrl` opens a pull request of it. */
  branch: { name: string; url: string; compareUrl: string } | null;
  /** What was handed over. `whyBundle`: it is for download alone. `isThere`: its files are kept still. */
  set: { files: number; heldBack: number; whyBundle: WhyBundle | null; isThere: boolean; keptUntil: string } | null;
  /** Why what was handed over is not on GitHub, or has no pull request. */
  refusal: WorkRefusal | null;
};

type Of<Name extends keyof WorkFacts> = NonNullable<WorkFacts[Name]>;

/** Where the work is. Exactly one holds of any facts. `heldBack`: so many paths of it are with Porter alone. */
export type WorkLocation =
  /** `refusal`: of what somebody wanted to add to it since. */
  | { is: "pull"; pull: Of<"pull">; refusal: WorkRefusal | null; heldBack: number }
  | { is: "branch"; branch: Of<"branch">; refusal: WorkRefusal | null; heldBack: number }
  | { is: "saving" }
  /** With Porter alone. */
  | { is: "kept"; set: Of<"set">; refusal: WorkRefusal | null }
  /** With Porter alone, and nothing of it is to be published unless somebody asks for it. */
  | { is: "held_back"; set: Of<"set"> }
  /** It was with Porter alone, and was deleted when its time was over. */
  | { is: "deleted"; set: Of<"set"> }
  | { is: "nothing" };

/** Whether it says why there is no pull request of a branch that is there. */
const isOfPullRequest = ({ kind }: WorkRefusal): boolean =>
  kind === "pull_request_permission" || kind === "pull_request_refused" || kind === "github";

/** Whether it says why something did not come to a branch that has a pull request. */
const isOfMore = ({ kind }: WorkRefusal): boolean =>
  kind !== "waits_for_click" && kind !== "pull_request_permission" && kind !== "pull_request_refused";

/** A refusal that speaks of a branch which is not there (any more) would say what is not so. */
const impliesBranch = ({ kind }: WorkRefusal): boolean =>
  kind === "pull_request_permission" || kind === "pull_request_refused" || kind === "pull_request_closed";

export function workLocationOf({ isSaving, pull, branch, set, refusal }: WorkFacts): WorkLocation {
  const heldBack = set?.isThere === true ? set.heldBack : 0;
  if (pull !== null)
    return { is: "pull", pull, refusal: refusal !== null && isOfMore(refusal) ? refusal : null, heldBack };
  if (branch !== null)
    return { is: "branch", branch, refusal: refusal !== null && isOfPullRequest(refusal) ? refusal : null, heldBack };
  if (isSaving) return { is: "saving" };
  if (set === null || (set.files === 0 && set.heldBack === 0 && set.whyBundle === null)) return { is: "nothing" };
  if (!set.isThere) return { is: "deleted", set };
  if (set.files === 0 && set.whyBundle === null) return { is: "held_back", set };
  return { is: "kept", set, refusal: refusal !== null && impliesBranch(refusal) ? null : refusal };
}

/** Work that a click can bring to where people look, without a further run. */
export const isUnpublished = (where: WorkLocation): boolean =>
  (where.is === "kept" && where.set.whyBundle === null && !(where.refusal !== null && isForGood(where.refusal))) ||
  (where.is === "branch" && where.refusal !== null);

/** Whatever anybody clicks, this refusal comes again. */
const isForGood = ({ kind }: WorkRefusal): boolean =>
  [
    "too_large",
    "cannot_be_judged",
    "secrets_unknown",
    "tree_differs",
    "all_held_back",
    "still_held_back",
    "broken",
    "deleted",
  ].includes(kind);
