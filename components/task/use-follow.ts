"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useHand } from "./use-hand";

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
  const isByHand = useHand();
  useEffect(() => {
    const look = () => {
      if (!isByHand()) return;
      const isNearEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
      setFollowing((was) => {
        if (was && !isNearEnd) setLeftAt(latest.current);
        return isNearEnd;
      });
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, [isByHand]);
  const jump = useCallback(() => {
    setFollowing(true);
    toEnd();
  }, []);
  return { isFollowing, missed: Math.max(0, size - leftAt), jump };
}

const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });
