"use client";
import { useCallback, useEffect, useRef } from "react";

const KEYS = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "];
/** A browser goes on scrolling for so long after the wheel or the key, and so long at most after a finger was lifted. */
const AFTER_MS = 1000;
const GLIDE_MS = 5000;

/** Tells whether what scrolls just now is scrolled by the reader: wheel, finger, keys, or the bar that is held. */
export function useHand(): () => boolean {
  const last = useRef(Number.NEGATIVE_INFINITY);
  const isHeld = useRef(false);
  useEffect(() => {
    const mark = () => {
      last.current = performance.now();
    };
    let isDragged = false;
    const drag = () => {
      isDragged = true;
      mark();
    };
    const lift = () => {
      if (isDragged) last.current = performance.now() + GLIDE_MS - AFTER_MS;
      isDragged = false;
    };
    const settle = () => {
      last.current = Math.min(last.current, performance.now());
    };
    const key = (event: KeyboardEvent) => KEYS.includes(event.key) && mark();
    const hold = () => {
      isHeld.current = true;
    };
    const release = () => {
      isHeld.current = false;
      mark();
    };
    const options = { passive: true } as const;
    window.addEventListener("wheel", mark, options);
    window.addEventListener("touchmove", drag, options);
    window.addEventListener("touchend", lift, options);
    window.addEventListener("scrollend", settle, { passive: true, capture: true });
    window.addEventListener("keydown", key);
    window.addEventListener("pointerdown", hold);
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
    return () => {
      window.removeEventListener("wheel", mark);
      window.removeEventListener("touchmove", drag);
      window.removeEventListener("touchend", lift);
      window.removeEventListener("scrollend", settle, { capture: true });
      window.removeEventListener("keydown", key);
      window.removeEventListener("pointerdown", hold);
      window.removeEventListener("pointerup", release);
      window.removeEventListener("pointercancel", release);
    };
  }, []);
  return useCallback(() => isHeld.current || performance.now() - last.current < AFTER_MS, []);
}
