"use client";
import { Plus, Search } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CommandKey } from "@/components/ui/command-key";
import { openPalette } from "./palette";

/** The two ways into the palette that need no key. */
export function CommandButtons() {
  return (
    <>
      <button
        type="button"
        aria-label="Search and commands"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => openPalette("root")}
        className="flex h-7 items-center gap-2 rounded-md px-1.5 text-soft hover:bg-hover sm:w-full sm:border sm:border-line sm:pr-1.5 sm:pl-2"
      >
        <Search aria-hidden className="size-3.5" />
        <span className="hidden grow text-left text-xs sm:inline">Search</span>
        <span className="hidden sm:inline">
          <CommandKey with="K" />
        </span>
      </button>
      <Button tone="primary" size="sm" className="w-full max-sm:hidden" onClick={() => openPalette("dispatch")}>
        <Plus aria-hidden />
        New task
      </Button>
    </>
  );
}
