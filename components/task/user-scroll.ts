const KEYS = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "];
/** A browser goes on scrolling for so long after the wheel or the key, and so long at most after a finger was lifted. */
const AFTER_MS = 1000;
const GLIDE_MS = 5000;

export type UserScroll = {
  /** Whether what scrolls just now is scrolled by the reader: wheel, finger, keys, or the bar that is held. */
  isByUser: () => boolean;
  end: () => void;
};

/** Watches the hands of the reader, so that what the page scrolls by itself is told from what they scroll. */
export function watchUserScroll(page: Pick<Window, "addEventListener">): UserScroll {
  const end = new AbortController();
  const options = { signal: end.signal, passive: true } as const;
  let last = Number.NEGATIVE_INFINITY;
  let isHeld = false;
  let isDragged = false;
  const mark = () => {
    last = performance.now();
  };
  const drag = () => {
    isDragged = true;
    mark();
  };
  const lift = () => {
    if (isDragged) last = performance.now() + GLIDE_MS - AFTER_MS;
    isDragged = false;
  };
  const settle = () => {
    last = Math.min(last, performance.now());
  };
  const hold = () => {
    isHeld = true;
  };
  const release = () => {
    isHeld = false;
    mark();
  };
  page.addEventListener("wheel", mark, options);
  page.addEventListener("touchmove", drag, options);
  page.addEventListener("touchend", lift, options);
  page.addEventListener("scrollend", settle, { ...options, capture: true });
  page.addEventListener("keydown", ({ key }) => KEYS.includes(key) && mark(), options);
  page.addEventListener("pointerdown", hold, options);
  page.addEventListener("pointerup", release, options);
  page.addEventListener("pointercancel", release, options);
  return {
    isByUser: () => isHeld || performance.now() - last < AFTER_MS,
    end: () => end.abort(),
  };
}
