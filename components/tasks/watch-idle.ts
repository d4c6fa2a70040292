/** Who moved the pointer or pressed a key in the list this long ago is done with it. */
const POINTER_MS = 3000;
const KEY_MS = 6000;
/** Scrolled further than this, rows above would push what is being read. */
const SCROLLED_PX = 120;

/**
 * Tells whether the reader is idle: neither points at the list, nor walks through it, nor reads further down. A pointer
 * that rests on it holds it as long as the window has the focus: what lies under it may be clicked at any moment. The
 * answer ends it.
 */
export function watchIdle(list: Pick<HTMLElement, "addEventListener">, tell: (isIdle: boolean) => void): () => void {
  const end = new AbortController();
  const { signal } = end;
  let busyUntil = 0;
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    clearTimeout(timer);
    const left = busyUntil - Date.now();
    const isScrolled = window.scrollY > SCROLLED_PX;
    if (left > 0) timer = setTimeout(settle, left + 20);
    tell(left <= 0 && !isScrolled && !(isOver && document.hasFocus()));
  };
  const busyFor = (ms: number) => {
    busyUntil = Math.max(busyUntil, Date.now() + ms);
    settle();
  };
  const pointer = ({ type, pointerType }: PointerEvent) => {
    // A finger rests on nothing.
    isOver = pointerType === "mouse" && type !== "pointerleave";
    busyFor(POINTER_MS);
  };
  const key = () => busyFor(KEY_MS);
  for (const type of ["pointermove", "pointerdown", "pointerleave"] as const)
    list.addEventListener(type, pointer, { signal });
  for (const type of ["keydown", "focusin"] as const) list.addEventListener(type, key, { signal });
  for (const type of ["scroll", "blur", "focus"] as const)
    window.addEventListener(type, settle, { signal, passive: true });
  return () => {
    clearTimeout(timer);
    end.abort();
  };
}
