import type { IssueReference } from "@/components/dispatch/issue-reference";
import type { TaskView } from "@/lib/task-view";

/**
 * How anything asks for the palette (components/dispatch listens): the frame, the list's `n`, an empty state.
 * `root` is everything, `dispatch` begins with the choice of a repository, `retryOf` with the review of a
 * task that ended and should be tried in another way.
 */
export type Retried = IssueReference & Pick<TaskView, "id" | "agent" | "model" | "instructions">;
export type PalettePage = "root" | "dispatch" | { retryOf: Retried };
export const PALETTE_EVENT = "porter:palette";

export class PaletteEvent extends Event {
  readonly page: PalettePage;
  constructor(page: PalettePage) {
    super(PALETTE_EVENT);
    this.page = page;
  }
}

export const openPalette = (page: PalettePage): boolean => window.dispatchEvent(new PaletteEvent(page));
