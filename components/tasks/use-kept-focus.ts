"use client";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Layout } from "./board";

/** A row that goes into another section is made anew there: whoever walks by keys goes on from it, and not from the top. */
export function useKeptFocus(list: RefObject<HTMLElement | null>, layout: Layout): void {
  const held = useRef<string | null>(null);
  useEffect(() => {
    const element = list.current;
    const come = ({ target }: FocusEvent) => {
      held.current =
        target instanceof Element ? (target.closest("[data-task]")?.getAttribute("data-task") ?? null) : null;
    };
    const go = ({ target }: FocusEvent) => {
      // Gone because somebody went elsewhere, and not because the row did.
      setTimeout(() => {
        if (target instanceof Element && target.isConnected && !element?.contains(document.activeElement))
          held.current = null;
      });
    };
    element?.addEventListener("focusin", come);
    element?.addEventListener("focusout", go);
    return () => {
      element?.removeEventListener("focusin", come);
      element?.removeEventListener("focusout", go);
    };
  }, [list]);
  useLayoutEffect(() => {
    if (held.current === null || document.activeElement !== document.body) return;
    list.current
      ?.querySelector<HTMLAnchorElement>(`[data-task="${held.current}"] a[href^='/tasks/']`)
      ?.focus({ preventScroll: true });
  }, [list, layout]);
}
