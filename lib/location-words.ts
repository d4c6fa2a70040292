import type { TextPiece, RichText } from "./rich-text.ts";
import { isUnpublished, type WorkLocation } from "./work-location.ts";
import { bundleWords, refusalWords } from "./work-refusal-words.ts";

/**
 * `short`: in the middle of a line. `list`: what belongs to the sentence, one a line. `folded`: what GitHub said, for
 * whoever wants to see it; nobody's words but GitHub's.
 */
export type LocationWords = { short: string; sentence: RichText; list: RichText[]; folded: string | null };

/** What words lead to. `workUrl`: null where the words stand beside the work. `branchName`: as short as it may be shown there. */
export type LocationLooks = {
  workUrl: string | null;
  installationUrl: string;
  stats: string | null;
  branchName: string;
};

/** Where the work is: the only words in which Porter says that it was pushed, is kept or is lost. */
export function locationWords(where: WorkLocation, looks: LocationLooks): LocationWords {
  switch (where.is) {
    case "pull":
      return inPull(where, looks);
    case "branch":
      return onBranch(where, looks);
    case "saving":
      return words("saving what there is…", ["Saving what there is…"]);
    case "kept": {
      const kept: RichText = isUnpublished(where)
        ? ["The work is kept, but not on GitHub", ...look("see and publish it", looks), "; publishing it costs no run."]
        : ["The work is kept, but not on GitHub", ...look("see and download it", looks), "."];
      const { whyBundle } = where.set;
      if (whyBundle !== null) return words("work kept", [...kept, " ", ...bundleWords(whyBundle)]);
      if (where.refusal === null) return words("work kept", kept);
      const why = refusalWords(where.refusal, { installation: looks.installationUrl, compare: null });
      return { ...why, short: "work kept", sentence: [...kept, " ", ...why.sentence] };
    }
    case "held_back":
      return words("work held back", ["All that the agent changed is held back", ...look("see it", looks), "."]);
    case "deleted":
      return words("work deleted", [`The work was kept until ${where.set.keptUntil.slice(0, 10)} and is deleted.`]);
    case "nothing":
      return words("nothing was pushed", ["Nothing was pushed."]);
  }
}

/** What stays out although the rest is there. The page names it below. */
function heldWords(heldBack: number, looks: LocationLooks): TextPiece[] {
  if (heldBack === 0 || looks.workUrl === null) return [];
  return [` ${heldBack === 1 ? "One path is" : `${heldBack} paths are`} held back`, ...look("see why", looks), "."];
}

/** Nowhere to go for who is there already. */
const look = (words: string, { workUrl }: LocationLooks): TextPiece[] =>
  workUrl === null ? [] : [" (", { words, url: workUrl }, ")"];
const words = (short: string, sentence: RichText): LocationWords => ({ short, sentence, list: [], folded: null });

function inPull(
  { pull, refusal, heldBack }: Extract<WorkLocation, { is: "pull" }>,
  looks: LocationLooks,
): LocationWords {
  const name = `#${pull.number}`;
  const at: TextPiece[] = ["Its work is in ", { words: name, url: pull.url }, ".", ...heldWords(heldBack, looks)];
  if (refusal === null) return words(`work in ${name}`, at);
  const why = refusalWords(refusal, { installation: looks.installationUrl, compare: null });
  const more = " What was to be added since is not in it. ";
  return { ...why, short: `work in ${name}`, sentence: [...at, more, ...why.sentence] };
}

function onBranch(
  { branch, refusal, heldBack }: Extract<WorkLocation, { is: "branch" }>,
  looks: LocationLooks,
): LocationWords {
  const stats = looks.stats === null ? "" : `, ${looks.stats}`;
  const at: TextPiece[] = [{ words: looks.branchName, url: branch.url, isCode: true }, `${stats}.`];
  if (refusal === null) return words("work saved", ["Work so far: ", ...at, ...heldWords(heldBack, looks)]);
  const why = refusalWords(refusal, { installation: looks.installationUrl, compare: branch.compareUrl });
  const sentence: RichText = ["The work is on ", ...at, ...heldWords(heldBack, looks), " ", ...why.sentence];
  return { ...why, short: "work saved", sentence };
}
