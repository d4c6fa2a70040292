"use client";
import { useEffect } from "react";
import { type KeyMap, pressKey } from "./key-map";

/**
 * Single keys for a page. Those of a `part` of the page that is open come before the page's own.
 */
export function useKeys(keys: KeyMap, of: "page" | "part" = "page"): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => pressKey(keys, event);
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
