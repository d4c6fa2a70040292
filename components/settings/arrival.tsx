"use client";
import { useEffect } from "react";

/**
 * Puts the focus where a link meant: the first of `ids` that is on the page. Without it a keyboard or a screen reader
 * would begin at the top of the frame again.
 */
export function Arrival({ ids }: { ids: string[] }) {
  const wanted = ids.join(" ");
  useEffect(() => {
    const target = wanted
      .split(" ")
      .map((id) => document.getElementById(id))
      .find((element) => element !== null);
    target?.focus({ preventScroll: false });
  }, [wanted]);
  return null;
}
