import type { PalettePage } from "@/components/layout/palette";

/**
 * `count` tells one opening from the next: each begins anew. `typed`: what was typed before the palette's script was
 * there.
 */
export type PaletteState = { open: { page: PalettePage; count: number } | null; typed: string };
export type PaletteChange =
  /** Something on the page asks for it. */
  | { is: "asked"; page: PalettePage }
  /** ⌘K opens and closes it. */
  | { is: "toggled" }
  | { is: "closed" }
  | { is: "typed"; text: string };

export const CLOSED: PaletteState = { open: null, typed: "" };

export function nextPalette(state: PaletteState, event: PaletteChange): PaletteState {
  const { open } = state;
  switch (event.is) {
    case "asked":
      return { open: { page: event.page, count: (open?.count ?? 0) + 1 }, typed: "" };
    case "toggled":
      return open === null ? { open: { page: "root", count: 1 }, typed: "" } : CLOSED;
    case "closed":
      return { ...state, open: null };
    case "typed":
      return { ...state, typed: event.text };
  }
}

export const isPaletteKey = (event: Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey" | "shiftKey">) =>
  event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey;
