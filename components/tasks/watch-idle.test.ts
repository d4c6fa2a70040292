import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchIdle } from "./watch-idle";

/** What of a browser's window the list looks at. */
class Page extends EventTarget {
  scrollY = 0;
  isFocused = true;
  readonly hasFocus = () => this.isFocused;
}
let list: EventTarget;
let page: Page;
let isIdle: boolean;
let stop: () => void;

function begin(): void {
  vi.useFakeTimers();
  list = new EventTarget();
  page = new Page();
  vi.stubGlobal("window", page);
  vi.stubGlobal("document", page);
  isIdle = true;
  stop = watchIdle(list, (now) => void (isIdle = now));
}
function end(): void {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
}
beforeEach(begin);
afterEach(end);

const pointer = (type: string, pointerType = "mouse") =>
  list.dispatchEvent(Object.assign(new Event(type), { pointerType }));
const press = () => list.dispatchEvent(new Event("keydown"));
const scroll = (to: number) => {
  page.scrollY = to;
  page.dispatchEvent(new Event("scroll"));
};
const focusWindow = (isFocused: boolean) => {
  page.isFocused = isFocused;
  page.dispatchEvent(new Event(isFocused ? "focus" : "blur"));
};

test("rows stay where they are while the mouse rests on them, however long", () => {
  pointer("pointermove");
  vi.advanceTimersByTime(3_600_000);
  focusWindow(true);
  expect(isIdle).toBe(false);
  pointer("pointerleave");
  expect(isIdle).toBe(false);
  vi.advanceTimersByTime(3100);
  expect(isIdle).toBe(true);
});

test("a mouse that was left on the list holds nothing once the reader works in another window", () => {
  pointer("pointermove");
  vi.advanceTimersByTime(3100);
  focusWindow(false);
  expect(isIdle).toBe(true);
  focusWindow(true);
  expect(isIdle).toBe(false);
});

test("a finger holds the list for a moment, not for ever", () => {
  pointer("pointerdown", "touch");
  expect(isIdle).toBe(false);
  vi.advanceTimersByTime(3100);
  expect(isIdle).toBe(true);
});

test("a pointer that moves after a key never shortens the time that the key holds", () => {
  press();
  vi.advanceTimersByTime(1000);
  pointer("pointermove", "touch");
  vi.advanceTimersByTime(4000);
  expect(isIdle).toBe(false);
  vi.advanceTimersByTime(1100);
  expect(isIdle).toBe(true);
});

test("what is read further down is not pushed, and moves again at the top", () => {
  scroll(121);
  vi.advanceTimersByTime(3_600_000);
  expect(isIdle).toBe(false);
  scroll(120);
  expect(isIdle).toBe(true);
});

test("after its end it hears nothing, and no timer of its own says anything", () => {
  press();
  stop();
  vi.advanceTimersByTime(60_000);
  expect(isIdle).toBe(false);
  isIdle = true;
  scroll(900);
  press();
  pointer("pointermove");
  expect(isIdle).toBe(true);
});

test("in any order of events: never idle within three seconds of one, always idle ten after the last in a list left alone", () => {
  const acts = {
    move: () => pointer("pointermove"),
    touch: () => pointer("pointerdown", "touch"),
    leave: () => pointer("pointerleave"),
    key: press,
    down: () => scroll(900),
    up: () => scroll(0),
    away: () => focusWindow(false),
    back: () => focusWindow(true),
  };
  const holds = new Set(["move", "touch", "leave", "key"]);
  const act = fc.constantFrom(...(Object.keys(acts) as (keyof typeof acts)[]));
  fc.assert(
    fc.property(fc.array(fc.tuple(act, fc.nat(9000))), (story) => {
      end();
      begin();
      let heldAt = Number.NEGATIVE_INFINITY;
      for (const [name, waitMs] of story) {
        acts[name]();
        if (holds.has(name)) heldAt = Date.now();
        vi.advanceTimersByTime(waitMs);
        if (Date.now() - heldAt < 3000) expect(isIdle).toBe(false);
      }
      pointer("pointerleave");
      scroll(0);
      vi.advanceTimersByTime(10_000);
      expect(isIdle).toBe(true);
    }),
    { numRuns: 60 },
  );
});
