"use client";
import { type RefObject, useEffect, useState } from "react";
import { watchIdle } from "./watch-idle";

/** False while the reader is busy with the list: its rows must not move then. */
export function useIdle(list: RefObject<HTMLElement | null>): boolean {
  const [isIdle, setIdle] = useState(true);
  useEffect(() => (list.current === null ? undefined : watchIdle(list.current, setIdle)), [list]);
  return isIdle;
}
