import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type UserScroll, watchUserScroll } from "./user-scroll";

let page: EventTarget;
let hands: UserScroll;
beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  hands = watchUserScroll(page);
});
afterEach(() => {
  hands.end();
  vi.useRealTimers();
});
const tell = (type: string, more: object = {}) => page.dispatchEvent(Object.assign(new Event(type), more));
const after = (ms: number): boolean => {
  vi.advanceTimersByTime(ms);
  return hands.isByUser();
};

test("what a page scrolls before anybody touched it is not the reader's", () => {
  expect(hands.isByUser()).toBe(false);
  tell("scrollend");
  expect(after(10)).toBe(false);
});

test.each([
  ["the wheel", "wheel", {}],
  ["a key that scrolls", "keydown", { key: "PageUp" }],
  ["a finger", "touchmove", {}],
])("%s counts for a second, for a browser goes on scrolling after it", (_, type, more) => {
  tell(type, more);
  expect(after(999)).toBe(true);
  expect(after(1)).toBe(false);
});

test("a key that writes scrolls nothing", () => {
  tell("keydown", { key: "a" });
  expect(hands.isByUser()).toBe(false);
});

test("a page glides on after a lifted finger, at most five seconds and until it stands", () => {
  tell("touchmove");
  tell("touchend");
  expect(after(4999)).toBe(true);
  expect(after(1)).toBe(false);
  tell("touchmove");
  tell("touchend");
  vi.advanceTimersByTime(500);
  tell("scrollend");
  expect(after(1000)).toBe(false);
});

test("a tap that drags nothing starts no glide", () => {
  tell("touchend");
  expect(hands.isByUser()).toBe(false);
});

test("the bar counts as long as it is held, and a second more, however the hold ends", () => {
  for (const end of ["pointerup", "pointercancel"]) {
    tell("pointerdown");
    expect(after(60_000)).toBe(true);
    tell(end);
    expect(after(999)).toBe(true);
    expect(after(1)).toBe(false);
  }
});

test("after its end it hears nothing", () => {
  hands.end();
  tell("wheel");
  tell("pointerdown");
  expect(hands.isByUser()).toBe(false);
});
