"use client";
import { type ComponentType, useCallback, useEffect, useReducer, useRef, useState } from "react";
import { tellMissingPart } from "@/components/layout/late";
import { openPalette, PALETTE_EVENT, PaletteEvent } from "@/components/layout/palette";
import { useKeys } from "@/components/tasks/list-keys";
import type { PaletteProps } from "./palette";
import { PaletteOpening } from "./palette-opening";
import { CLOSED, isPaletteKey, nextPalette } from "./palette-state";

const KEYS = { n: () => void openPalette("dispatch") };

/** The condition keeps it out of the Worker, which draws none. */
const load = () =>
  typeof window === "undefined" ? Promise.reject(new Error("a window is needed")) : import("./palette");

type Loaded = { Palette: ComponentType<PaletteProps> };

/** With cmdk, parser and forms: loaded when it is opened for the first time. */
function usePalette(isWanted: boolean, close: () => void): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const isMissing = isWanted && loaded === null;
  useEffect(() => {
    if (!isMissing) return;
    load().then(
      ({ default: Palette }) => setLoaded({ Palette }),
      () => {
        close();
        tellMissingPart();
      },
    );
  }, [isMissing, close]);
  return loaded;
}

/** Gives the focus back when the palette closes: its own fields take it before the window looks where it was. */
function useFocusBefore(isOpen: boolean): () => void {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (!isOpen && before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
  }, [isOpen]);
  return useCallback(() => {
    const { activeElement } = document;
    if (activeElement?.closest("dialog, [role=dialog]") === null) before.current = activeElement;
  }, []);
}

/** Listens for ⌘K, `n` and everything that asks for the palette (layout/palette). Stands once in the frame. */
export function PaletteHost({ login, githubUrl }: { login: string; githubUrl: string }) {
  const [{ open, typed }, tell] = useReducer(nextPalette, CLOSED);
  const close = useCallback(() => tell({ is: "closed" }), []);
  const loaded = usePalette(open !== null, close);
  useKeys(KEYS);
  const remember = useFocusBefore(open !== null);
  useEffect(() => {
    const onAsk = (event: Event) => {
      remember();
      tell({ is: "asked", page: event instanceof PaletteEvent ? event.page : "root" });
    };
    const onKey = (event: KeyboardEvent) => {
      if (!isPaletteKey(event)) return;
      event.preventDefault();
      remember();
      tell({ is: "toggled" });
    };
    window.addEventListener(PALETTE_EVENT, onAsk);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener(PALETTE_EVENT, onAsk);
      window.removeEventListener("keydown", onKey);
    };
  }, [remember]);
  if (open === null) return null;
  if (loaded === null) return <PaletteOpening text={typed} put={(text) => tell({ is: "typed", text })} close={close} />;
  return <loaded.Palette key={open.count} {...{ login, githubUrl, close }} page={open.page} typed={typed} />;
}
