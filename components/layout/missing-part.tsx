"use client";
import { isPartMissing } from "./late";
import { useStore } from "./use-store";

/** Nothing while all parts of the page are here. It does not reload by itself: somebody may be writing. */
export function MissingPart() {
  const isMissing = useStore(isPartMissing, () => false);
  return (
    <div role="alert" className="pointer-events-none fixed inset-x-4 bottom-18 z-60 flex justify-center sm:bottom-6">
      {isMissing ? (
        <p className="pointer-events-auto flex items-center gap-3 rounded-md bg-ink px-3.5 py-2.5 text-sm text-bg shadow-float">
          A part of this page could not be loaded. Porter may have been updated.
          <button
            type="button"
            onClick={() => window.location.reload()}
            className="shrink-0 rounded-sm border border-bg/30 px-2 py-1 text-xs font-medium hover:bg-bg/15"
          >
            Reload
          </button>
        </p>
      ) : null}
    </div>
  );
}
