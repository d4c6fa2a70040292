"use client";
import clsx from "clsx";
import { type Connection, useConnection } from "./connection";

const LOOKS: Record<Connection, { word: string; dot: string; isWordShown: boolean }> = {
  connecting: { word: "Connecting", dot: "bg-edge", isWordShown: false },
  live: { word: "Live: this page moves by itself", dot: "bg-good", isWordShown: false },
  lost: { word: "Reconnecting", dot: "bg-waiting animate-breathe", isWordShown: true },
  resting: { word: "Resting while nobody looks", dot: "bg-edge", isWordShown: false },
  signed_out: { word: "Signed out", dot: "bg-bad", isWordShown: true },
};

/** Shows whether what is on the page is true now. The announcer reads changes of it out. */
export function ConnectionDot() {
  const { word, dot, isWordShown } = LOOKS[useConnection()];
  return (
    <span className="flex items-center gap-1.5 px-1 text-xs text-soft" title={word}>
      <span aria-hidden className={clsx("size-2 rounded-full", dot)} />
      <span className={isWordShown ? "hidden sm:inline" : "sr-only"}>{word}</span>
    </span>
  );
}
