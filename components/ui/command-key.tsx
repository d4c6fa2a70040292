"use client";
import { useIsHydrated } from "@/components/layout/clock";
import { Kbd } from "./kbd";

/** ⌘ and another key where there is a ⌘, elsewhere Ctrl; as wide as either, so that nothing shifts. */
export function CommandKey({ with: other }: { with: string }) {
  const isHydrated = useIsHydrated();
  const isApple = !isHydrated || /Mac|iP(?:hone|ad|od)/.test(navigator.platform);
  return (
    <span className="inline-flex w-10 justify-end">
      <Kbd>{isApple ? `⌘${other}` : `Ctrl ${other}`}</Kbd>
    </span>
  );
}
