"use client";
import { type RefObject, useEffect, useState } from "react";

/** Who moved the pointer or pressed a key in the list this long ago is done with it. */
const POINTER_MS = 3000;
const KEY_MS = 6000;
/** Scrolled further than this, rows above would push what is being read. */
const SCROLLED_PX = 120;

/** False while somebody points at, walks through or reads the list: its rows must not move then. */
export function useCalm(list: RefObject<HTMLElement | null>): boolean {
  const [isCalm, setCalm] = useState(true);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    let busyUntil = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      clearTimeout(timer);
      const left = busyUntil - Date.now();
      const isScrolled = window.scrollY > SCROLLED_PX;
      if (left > 0) timer = setTimeout(settle, left + 20);
      setCalm(left <= 0 && !isScrolled);
    };
    const busyFor = (ms: number) => {
      busyUntil = Math.max(busyUntil, Date.now() + ms);
      settle();
    };
    const pointer = () => busyFor(POINTER_MS);
    const key = () => busyFor(KEY_MS);
    element.addEventListener("pointermove", pointer);
    element.addEventListener("pointerdown", pointer);
    element.addEventListener("keydown", key);
    element.addEventListener("focusin", key);
    window.addEventListener("scroll", settle, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener("pointermove", pointer);
      element.removeEventListener("pointerdown", pointer);
      element.removeEventListener("keydown", key);
      element.removeEventListener("focusin", key);
      window.removeEventListener("scroll", settle);
    };
  }, [list]);
  return isCalm;
}
