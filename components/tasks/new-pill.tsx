"use client";
import { ArrowUp } from "lucide-react";

/** What arrived while the list was in use. */
export const NewPill = ({ waiting, onAdmit }: { waiting: number; onAdmit: () => void }) =>
  waiting === 0 ? null : (
    <div className="pointer-events-none sticky top-14 z-20 flex h-0 justify-center">
      <button
        type="button"
        onClick={() => {
          onAdmit();
          window.scrollTo({ top: 0 });
        }}
        className="pointer-events-auto flex h-7 items-center gap-1.5 rounded-full bg-ink px-3 text-xs font-medium text-bg shadow-float"
      >
        <ArrowUp aria-hidden className="size-3.5" />
        {waiting} new
      </button>
    </div>
  );
