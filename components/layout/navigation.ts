import { createStore, type Store } from "./store";

/** A page that comes at once needs no stand-in. */
const SLOW_AFTER_MS = 200;

/** Pages that are on their way. */
export type Navigation = {
  /** How many of them take so long that the reader must see something. */
  slow: Store<number>;
  /** The answer ends it: the page is there, or another one is wanted. */
  begin: () => () => void;
};

export function createNavigation(): Navigation {
  const slow = createStore(0);
  return {
    slow,
    begin() {
      let isSlow = false;
      const timer = setTimeout(() => {
        isSlow = true;
        slow.set(slow.get() + 1);
      }, SLOW_AFTER_MS);
      return () => {
        clearTimeout(timer);
        if (isSlow) slow.set(slow.get() - 1);
        isSlow = false;
      };
    },
  };
}
