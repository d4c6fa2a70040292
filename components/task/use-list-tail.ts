"use client";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { VListHandle } from "virtua";
import { useStore } from "@/components/layout/use-store";
import { createTail, missedBy } from "./tail";
import { type UserScroll, watchUserScroll } from "./user-scroll";

const NEAR_END_PX = 36;

type ListTail = {
  isFollowing: boolean;
  /** How many lines came since the reader left the end. */
  missed: number;
  follow: () => void;
  release: () => void;
  onScroll: () => void;
};

/** The end of a growing list, followed in it. */
export function useListTail(list: RefObject<VListHandle | null>, count: number, isLive: boolean): ListTail {
  const [tail] = useState(() => createTail(isLive));
  const state = useStore(tail.state);
  const { isFollowing } = state;
  useEffect(() => {
    tail.grow(count);
    if (isFollowing && count > 0) list.current?.scrollToIndex(count - 1, { align: "end" });
  }, [tail, list, count, isFollowing]);
  const hands = useRef<UserScroll>(null);
  useEffect(() => {
    hands.current = watchUserScroll(window);
    return hands.current.end;
  }, []);
  const onScroll = useCallback(() => {
    const now = list.current;
    if (now === null) return;
    const isAtEnd = now.scrollOffset + now.viewportSize >= now.scrollSize - NEAR_END_PX;
    const isByUser = hands.current?.isByUser() ?? false;
    tail.scroll({ offset: now.scrollOffset, isAtEnd: isAtEnd && isLive, isByUser });
  }, [tail, list, isLive]);
  const { follow, release } = tail;
  return { isFollowing: isFollowing && isLive, missed: missedBy(state, count), follow, release, onScroll };
}
