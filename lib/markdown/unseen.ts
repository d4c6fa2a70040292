import { elementEdits } from "./hidden-elements.ts";
import { linkEdits } from "./hidden-link-text.ts";
import { readRegions, type Regions } from "./regions.ts";

/** Words that the page does not show though they stand in no HTML comment, as a bit beside those of `regions.ts`. */
const UNSEEN = 16;

/**
 * The regions of a text with what its page does not show marked as well: hidden elements, alt texts of images,
 * titles and definitions of links. A hidden element that is never closed hides the rest.
 */
export function readShown(text: string): Regions {
  const regions = readRegions(text);
  const edits = [...elementEdits(text, regions), ...linkEdits(text, regions)];
  let done = 0;
  for (const edit of edits.sort((a, b) => a.from - b.from)) {
    const to = edit.isUnclosed ? text.length : edit.to;
    for (let at = Math.max(done, edit.from); at < to; at++) regions.marks[at] = (regions.marks[at] ?? 0) | UNSEEN;
    done = Math.max(done, to);
  }
  return regions;
}
