"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useHand } from "./use-hand";

const NEAR_END_PX = 48;

type Follow = { isFollowing: boolean; missed: number; jump: () => void; release: () => void };

/**
 * Keeps the end of a growing page in sight until the reader scrolls away by hand; what the page does to itself never
 * releases it. `size` grows with the content. `missed`: how much came since.
 */
export function useFollow(size: number, isWanted: boolean): Follow {
  const [isFollowing, setFollowing] = useState(isWanted);
  const [leftAt, setLeftAt] = useState(0);
  const latest = useRef(size);
  useEffect(() => {
    latest.current = size;
    if (isWanted && isFollowing) toEnd();
  }, [size, isFollowing, isWanted]);
  const isByHand = useHand();
  const release = useCallback(() => {
    setLeftAt(latest.current);
    setFollowing(false);
  }, []);
  const before = useRef(0);
  useEffect(() => {
    const look = () => {
      // However little: a slow finger must not be pulled back by the next step.
      const moved = window.scrollY - before.current;
      before.current = window.scrollY;
      if (moved === 0 || !isByHand()) return;
      const isUp = moved < 0;
      const isNearEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
      setFollowing((was) => {
        if (was && isUp) setLeftAt(latest.current);
        return isUp ? false : was || isNearEnd;
      });
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, [isByHand]);
  const jump = useCallback(() => {
    setFollowing(true);
    toEnd();
  }, []);
  return { isFollowing, missed: Math.max(0, size - leftAt), jump, release };
}

const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });
