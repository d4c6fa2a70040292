"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { openPalette, PALETTE_EVENT, PaletteEvent, type PalettePage } from "@/components/layout/palette";
import { useKeys } from "@/components/tasks/list-keys";

/** With cmdk, parser and forms: loaded when it is opened for the first time. */
const Palette = dynamic(() => import("./palette"), { ssr: false });

const KEYS = { n: () => void openPalette("dispatch") };

/** Listens for ⌘K, `n` and everything that asks for the palette (layout/palette). Stands once in the frame. */
export function PaletteHost({ login }: { login: string }) {
  const [open, setOpen] = useState<{ page: PalettePage; count: number } | null>(null);
  useKeys(KEYS);
  useEffect(() => {
    const onAsk = (event: Event) => {
      const page: PalettePage = event instanceof PaletteEvent ? event.page : "root";
      setOpen((before) => ({ page, count: (before?.count ?? 0) + 1 }));
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setOpen((before) => (before === null ? { page: "root", count: 1 } : null));
    };
    window.addEventListener(PALETTE_EVENT, onAsk);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener(PALETTE_EVENT, onAsk);
      window.removeEventListener("keydown", onKey);
    };
  }, []);
  return open === null ? null : <Palette key={open.count} login={login} page={open.page} close={() => setOpen(null)} />;
}
