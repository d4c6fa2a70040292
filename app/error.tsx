"use client";
import { useRouter } from "next/navigation";
import { startTransition, useEffect } from "react";
import { Button } from "@/components/ui/button";

const MARK = "porter:reloaded";
const AGAIN_MS = 60_000;

/** Reloads when a page's script went with an older build: the newest one is there. Not twice in a minute. */
function reloadOnce(): void {
  const last = Number(sessionStorage.getItem(MARK) ?? 0);
  if (Date.now() - last < AGAIN_MS) return;
  sessionStorage.setItem(MARK, String(Date.now()));
  window.location.reload();
}

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const router = useRouter();
  const isOutdated = error.name === "ChunkLoadError";
  useEffect(() => {
    if (isOutdated) reloadOnce();
  }, [isOutdated]);
  const again = () => {
    if (isOutdated) window.location.reload();
    // What failed on the server has to be asked for again: `reset` alone shows the same failure.
    else
      startTransition(() => {
        router.refresh();
        reset();
      });
  };
  return (
    <main id="content" className="mx-auto max-w-xl px-4 py-24">
      <h1 className="text-2xl font-semibold">This page could not be shown</h1>
      <p className="mt-3 mb-5 text-base text-soft">
        Your tasks go on meanwhile.{isOutdated ? " A part of the page could not be loaded." : null}
        {error.digest === undefined ? null : ` Id: ${error.digest}`}
      </p>
      <Button tone="primary" onClick={again}>
        Try again
      </Button>
    </main>
  );
}
