"use client";
import { useEffect } from "react";

/** What a key means where nobody types. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
/** A checkbox takes no letters. */
const isBox = (target: EventTarget | null) => target instanceof HTMLInputElement && target.type === "checkbox";

/**
 * Single keys for a page. They rest while somebody types, holds a modifier or has a window open. Those of a `part` of
 * the page that is open come before the page's own.
 */
export function useKeys(keys: KeyMap, of: "page" | "part" = "page"): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) && !isBox(event.target)) return;
      if (document.querySelector('[role="dialog"], dialog[open], [popover]:popover-open') !== null) return;
      const act = keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act(event);
    };
    const isFirst = of === "part";
    document.addEventListener("keydown", press, isFirst);
    return () => document.removeEventListener("keydown", press, isFirst);
  }, [keys, of]);
}

const links = () => [...document.querySelectorAll<HTMLAnchorElement>("[data-task] a[href^='/tasks/']")];

/** The task whose row has the focus, or the pointer. */
export function currentTask(): string | null {
  const row = document.activeElement?.closest("[data-task]") ?? document.querySelector("[data-task]:hover");
  return row?.getAttribute("data-task") ?? null;
}

/** Moves the focus by rows; from nowhere to the first. */
export function moveFocus(by: 1 | -1): void {
  const all = links();
  const current = currentTask();
  const index = all.findIndex((link) => link.closest("[data-task]")?.getAttribute("data-task") === current);
  const next = index < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, index + by))];
  next?.focus();
  next?.closest("[data-task]")?.scrollIntoView({ block: "nearest" });
}
