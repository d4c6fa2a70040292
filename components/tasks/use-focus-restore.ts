"use client";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Layout } from "./board";
import { type FocusMemory, rememberFocus } from "./focus-memory";

/** The focus stays on a task whose row goes into another section. */
export function useFocusRestore(list: RefObject<HTMLElement | null>, layout: Layout): void {
  const memory = useRef<FocusMemory>(null);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const linkOf = (task: string) =>
      element.querySelector<HTMLAnchorElement>(`[data-task="${task}"] a[href^='/tasks/']`);
    memory.current = rememberFocus({
      list: element,
      focusRow: (task) => linkOf(task)?.focus({ preventScroll: true }),
    });
    return memory.current.end;
  }, [list]);
  useLayoutEffect(() => memory.current?.restore(), [layout]);
}
