/**
 * How anything asks for the palette (components/dispatch listens): the frame, the list's `n`, an empty state.
 * `root` is everything, `dispatch` begins with the choice of a repository.
 */
export type PalettePage = "root" | "dispatch";
export const PALETTE_EVENT = "porter:palette";

export const openPalette = (page: PalettePage): boolean =>
  window.dispatchEvent(new CustomEvent(PALETTE_EVENT, { detail: page }));
