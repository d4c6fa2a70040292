"use client";
import { useCallback, useEffect, useRef, useState } from "react";

const NEAR_END_PX = 48;

/**
 * Keeps the end of a growing page in sight until the reader scrolls away by hand; what the page does to itself never
 * releases it. `size` grows with the content. `missed`: how much came since.
 */
export function useFollow(size: number, isWanted: boolean): { isFollowing: boolean; missed: number; jump: () => void } {
  const [isFollowing, setFollowing] = useState(isWanted);
  const [leftAt, setLeftAt] = useState(0);
  const latest = useRef(size);
  useEffect(() => {
    latest.current = size;
    if (isWanted && isFollowing) toEnd();
  }, [size, isFollowing, isWanted]);
  useEffect(() => {
    const release = () => {
      const isNearEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
      setFollowing((was) => {
        if (was && !isNearEnd) setLeftAt(latest.current);
        return isNearEnd;
      });
    };
    // After the hand's own scrolling has moved the page.
    const soon = () => requestAnimationFrame(release);
    const keys = (event: KeyboardEvent) =>
      ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "].includes(event.key) && soon();
    window.addEventListener("wheel", soon, { passive: true });
    window.addEventListener("touchmove", soon, { passive: true });
    window.addEventListener("keydown", keys);
    return () => {
      window.removeEventListener("wheel", soon);
      window.removeEventListener("touchmove", soon);
      window.removeEventListener("keydown", keys);
    };
  }, []);
  const jump = useCallback(() => {
    setFollowing(true);
    toEnd();
  }, []);
  return { isFollowing, missed: Math.max(0, size - leftAt), jump };
}

const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });
