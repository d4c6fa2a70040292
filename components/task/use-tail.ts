"use client";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { VListHandle } from "virtua";
import { useHand } from "./use-hand";

const NEAR_END_PX = 36;

type Tail = {
  isFollowing: boolean;
  /** How many lines came since the reader left the end. */
  missed: number;
  follow: () => void;
  release: () => void;
  onScroll: () => void;
};

/** Follows the end of a growing log until the reader scrolls up by hand, however little; at the end again it goes on. */
export function useTail(list: RefObject<VListHandle | null>, count: number, isLive: boolean): Tail {
  const [isFollowing, setFollowing] = useState(isLive);
  const [leftAt, setLeftAt] = useState(0);
  const latest = useRef(count);
  useEffect(() => {
    latest.current = count;
    if (isFollowing && count > 0) list.current?.scrollToIndex(count - 1, { align: "end" });
  }, [list, count, isFollowing]);
  const release = useCallback(() => {
    setLeftAt(latest.current);
    setFollowing(false);
  }, []);
  const follow = useCallback(() => setFollowing(true), []);
  const isByHand = useHand();
  const before = useRef(0);
  const onScroll = useCallback(() => {
    const now = list.current;
    if (now === null) return;
    const moved = now.scrollOffset - before.current;
    before.current = now.scrollOffset;
    // What comes, or goes sideways, is told as well: it must not take hold of what a slow finger has just left.
    if (moved === 0 || !isByHand()) return;
    if (moved < 0) {
      setFollowing((was) => {
        if (was) setLeftAt(latest.current);
        return false;
      });
      return;
    }
    const isAtEnd = now.scrollOffset + now.viewportSize >= now.scrollSize - NEAR_END_PX;
    if (isAtEnd && isLive) setFollowing(true);
  }, [list, isByHand, isLive]);
  return { isFollowing: isFollowing && isLive, missed: Math.max(0, count - leftAt), follow, release, onScroll };
}
