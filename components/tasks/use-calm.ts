"use client";
import { type RefObject, useEffect, useState } from "react";

/** Who moved the pointer or pressed a key in the list this long ago is done with it. */
const POINTER_MS = 3000;
const KEY_MS = 6000;
/** Scrolled further than this, rows above would push what is being read. */
const SCROLLED_PX = 120;

/**
 * False while somebody points at, walks through or reads the list: its rows must not move then. A pointer that rests on
 * it holds it as long as the window has the focus: what lies under it may be clicked at any moment.
 */
export function useCalm(list: RefObject<HTMLElement | null>): boolean {
  const [isCalm, setCalm] = useState(true);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    let busyUntil = 0;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      clearTimeout(timer);
      const left = busyUntil - Date.now();
      const isScrolled = window.scrollY > SCROLLED_PX;
      if (left > 0) timer = setTimeout(settle, left + 20);
      setCalm(left <= 0 && !isScrolled && !(isOver && document.hasFocus()));
    };
    const busyFor = (ms: number) => {
      busyUntil = Math.max(busyUntil, Date.now() + ms);
      settle();
    };
    const pointer = ({ type, pointerType }: PointerEvent) => {
      // A finger rests on nothing.
      isOver = pointerType === "mouse" && type !== "pointerleave";
      busyFor(POINTER_MS);
    };
    const key = () => busyFor(KEY_MS);
    element.addEventListener("pointermove", pointer);
    element.addEventListener("pointerdown", pointer);
    element.addEventListener("pointerleave", pointer);
    element.addEventListener("keydown", key);
    element.addEventListener("focusin", key);
    window.addEventListener("scroll", settle, { passive: true });
    window.addEventListener("blur", settle);
    window.addEventListener("focus", settle);
    return () => {
      clearTimeout(timer);
      element.removeEventListener("pointermove", pointer);
      element.removeEventListener("pointerdown", pointer);
      element.removeEventListener("pointerleave", pointer);
      element.removeEventListener("keydown", key);
      element.removeEventListener("focusin", key);
      window.removeEventListener("scroll", settle);
      window.removeEventListener("blur", settle);
      window.removeEventListener("focus", settle);
    };
  }, [list]);
  return isCalm;
}
