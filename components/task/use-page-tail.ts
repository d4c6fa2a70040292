"use client";
import { useEffect, useState } from "react";
import { useStore } from "@/components/layout/use-store";
import { createTail, missedBy } from "./tail";
import { watchUserScroll } from "./user-scroll";

const NEAR_END_PX = 48;

type PageTail = { isFollowing: boolean; missed: number; follow: () => void; release: () => void };

/**
 * The end of a growing page, followed by scrolling the window; what the page does to itself never releases it. `size`
 * grows with the content. `missed`: how much came since.
 */
export function usePageTail(size: number, isWanted: boolean): PageTail {
  const [tail] = useState(() => createTail(isWanted));
  const state = useStore(tail.state);
  const { isFollowing } = state;
  useEffect(() => {
    tail.grow(size);
    if (isWanted && isFollowing) window.scrollTo({ top: document.documentElement.scrollHeight });
  }, [tail, size, isFollowing, isWanted]);
  useEffect(() => {
    const hands = watchUserScroll(window);
    const look = () => {
      const { innerHeight, scrollY } = window;
      const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_END_PX;
      tail.scroll({ offset: scrollY, isAtEnd, isByUser: hands.isByUser() });
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      hands.end();
      window.removeEventListener("scroll", look);
    };
  }, [tail]);
  const { follow, release } = tail;
  return { isFollowing, missed: missedBy(state, size), follow, release };
}
