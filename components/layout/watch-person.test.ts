import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchPerson } from "./watch-person";

/** What all tabs of a browser share; null: it keeps nothing. */
let kept: Map<string, string> | null;
/** A tab: its window and its document in one. */
class Tab extends EventTarget {
  get localStorage() {
    if (kept === null) throw new Error("storage is forbidden");
    const store = kept;
    return {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, text: string) => store.set(key, text),
    };
  }
}
let tab: Tab;
beforeEach(() => {
  kept = new Map();
  open();
});
afterEach(() => void vi.unstubAllGlobals());
/** The tab in which code runs from now on. */
function open(): Tab {
  tab = new Tab();
  vi.stubGlobal("window", tab);
  vi.stubGlobal("document", tab);
  return tab;
}
const tell = (to: Tab, type: string) => {
  vi.stubGlobal("window", to);
  to.dispatchEvent(new Event(type));
};

test.each(["storage", "pageshow", "visibilitychange"])(
  "a tab learns by %s that another tab has another person, once",
  (type) => {
    const first = tab;
    let others = 0;
    watchPerson("ada", () => (others += 1));
    tell(first, type);
    expect(others).toBe(0);
    open();
    watchPerson("grace", () => {});
    tell(first, type);
    tell(first, type);
    expect(others).toBe(1);
  },
);

test("another tab of the same person changes nothing", () => {
  const first = tab;
  let others = 0;
  watchPerson("ada", () => (others += 1));
  open();
  watchPerson("ada", () => {});
  tell(first, "storage");
  expect(others).toBe(0);
});

test("a page that is left hears nothing", () => {
  const first = tab;
  let others = 0;
  watchPerson("ada", () => (others += 1))();
  open();
  watchPerson("grace", () => {});
  tell(first, "storage");
  expect(others).toBe(0);
});

test("a browser that keeps nothing still shows the page", () => {
  kept = null;
  let others = 0;
  watchPerson("ada", () => (others += 1));
  tell(tab, "storage");
  expect(others).toBe(0);
});
