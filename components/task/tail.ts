import { createStore, type Store } from "@/components/layout/store";

/** `leftAt`: how much there was when the reader left the end. */
export type TailState = { isFollowing: boolean; leftAt: number };
/** Where a view stands after a scroll. */
export type ScrollPosition = { offset: number; isAtEnd: boolean; isByUser: boolean };

/** Follows the end of what grows until the reader scrolls up by hand, however little; at the end again it goes on. */
export type Tail = {
  state: Store<TailState>;
  /** So much is there now. */
  grow: (count: number) => void;
  scroll: (position: ScrollPosition) => void;
  follow: () => void;
  release: () => void;
};

export function createTail(isFollowing: boolean): Tail {
  const state = createStore<TailState>({ isFollowing, leftAt: 0 });
  let count = 0;
  let before = 0;
  const follow = () => {
    const { leftAt, isFollowing: was } = state.get();
    if (!was) state.set({ isFollowing: true, leftAt });
  };
  const release = () => state.set({ isFollowing: false, leftAt: count });
  return {
    state,
    follow,
    release,
    grow: (now) => void (count = now),
    scroll({ offset, isAtEnd, isByUser }) {
      const moved = offset - before;
      before = offset;
      // What comes, or goes sideways, is told as well: it must not take hold of what a slow finger has just left.
      if (moved === 0 || !isByUser) return;
      if (moved > 0 && isAtEnd) follow();
      if (moved < 0 && state.get().isFollowing) release();
    },
  };
}

/** How much came since the reader left the end. */
export const missedBy = ({ leftAt }: TailState, count: number): number => Math.max(0, count - leftAt);
