import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type KeyMap, pressKey } from "./key-map";

class FakeElement extends EventTarget {
  readonly tagName: string;
  readonly type: string;
  readonly isContentEditable: boolean;
  constructor(tagName: string, { type = "", isContentEditable = false } = {}) {
    super();
    this.tagName = tagName;
    this.type = type;
    this.isContentEditable = isContentEditable;
  }
}
class FakeInput extends FakeElement {}

let isWindowOpen: boolean;
let acts: string[];
const keys: KeyMap = { s: () => void acts.push("s"), "?": () => void acts.push("?") };
beforeEach(() => {
  isWindowOpen = false;
  acts = [];
  vi.stubGlobal("HTMLElement", FakeElement);
  vi.stubGlobal("HTMLInputElement", FakeInput);
  vi.stubGlobal("document", { querySelector: () => (isWindowOpen ? {} : null) });
});
afterEach(() => void vi.unstubAllGlobals());

/** Whether the page took the key; else the browser goes on with it. */
function press(key: string, more: Record<string, unknown> = {}): boolean {
  const event = new Event("keydown", { cancelable: true });
  for (const [name, value] of Object.entries({ key, target: new FakeElement("BODY"), ...more }))
    Object.defineProperty(event, name, { value });
  const before = acts.length;
  pressKey(keys, event as KeyboardEvent);
  expect(event.defaultPrevented).toBe(acts.length > before);
  return event.defaultPrevented;
}

test.each([
  ["a field", new FakeInput("INPUT", { type: "search" }), false],
  ["a text", new FakeElement("TEXTAREA"), false],
  ["a choice", new FakeElement("SELECT"), false],
  ["what can be edited", new FakeElement("DIV", { isContentEditable: true }), false],
  ["a checkbox", new FakeInput("INPUT", { type: "checkbox" }), true],
  ["a row", new FakeElement("LI"), true],
])("in %s a letter is the page's: %o", (_, target, isTaken) => {
  expect(press("s", { target })).toBe(isTaken);
});

test.each(["metaKey", "ctrlKey", "altKey"])("a key with %s is the browser's", (modifier) => {
  expect(press("s", { [modifier]: true })).toBe(false);
});

test("while a window is open the page behind it takes no keys", () => {
  isWindowOpen = true;
  expect(press("s")).toBe(false);
});

test("what a part of the page took already does not happen twice", () => {
  const event = new Event("keydown", { cancelable: true });
  Object.defineProperty(event, "key", { value: "s" });
  event.preventDefault();
  pressKey(keys, event as KeyboardEvent);
  expect(acts).toEqual([]);
});

test.each(["z", "toString", "constructor"])("a key without a meaning (%s) stays the browser's", (key) => {
  expect(press(key)).toBe(false);
});
