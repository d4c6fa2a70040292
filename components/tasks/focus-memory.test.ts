import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FocusMemory, rememberFocus } from "./focus-memory";

/** What of a browser's elements the memory looks at. A row is its own link. */
class FakeElement extends EventTarget {
  isConnected = true;
  readonly task: string | null;
  constructor(task: string | null = null) {
    super();
    this.task = task;
  }
  closest = () => (this.task === null ? null : this);
  getAttribute = () => this.task;
  focus = () => page.focus(this);
}
class FakeList extends FakeElement {
  rows: FakeElement[] = [];
  contains = (one: unknown) => this.rows.some((row) => row === one);
}
/** A browser's page: one element has the focus, and events bubble from the rows to the list. */
class FakePage {
  readonly body = new FakeElement();
  activeElement = this.body;
  readonly list = new FakeList();
  focus(next: FakeElement): void {
    const before = this.activeElement;
    this.activeElement = next;
    if (this.list.contains(before)) this.#tell("focusout", before);
    if (this.list.contains(next)) this.#tell("focusin", next);
    vi.runAllTimers();
  }
  /** The row goes away with the focus on it, as React does it. */
  remove(row: FakeElement): void {
    const hadFocus = this.activeElement === row;
    this.list.rows = this.list.rows.filter((one) => one !== row);
    row.isConnected = false;
    if (!hadFocus) return;
    this.activeElement = this.body;
    this.#tell("focusout", row);
  }
  add(task: string): FakeElement {
    const row = new FakeElement(task);
    this.list.rows.push(row);
    return row;
  }
  #tell(type: string, target: FakeElement): void {
    const event = new Event(type);
    Object.defineProperty(event, "target", { value: target });
    this.list.dispatchEvent(event);
  }
}

let page: FakePage;
let memory: FocusMemory;
beforeEach(() => {
  vi.useFakeTimers();
  page = new FakePage();
  vi.stubGlobal("Element", FakeElement);
  vi.stubGlobal("document", page);
  memory = rememberFocus({
    list: page.list,
    focusRow: (id) => page.list.rows.find(({ task }) => task === id)?.focus(),
  });
});
afterEach(() => {
  memory.end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each(["before", "after"])(
  "the focus goes along with its task into another section, heard of %s it went",
  (when) => {
    const row = page.add("a");
    page.add("b");
    row.focus();
    page.remove(row);
    if (when === "before") vi.runAllTimers();
    const again = page.add("a");
    memory.restore();
    vi.runAllTimers();
    expect(page.activeElement).toBe(again);
  },
);

test("it goes along as often as the task moves", () => {
  let row = page.add("a");
  row.focus();
  for (let move = 0; move < 3; move++) {
    page.remove(row);
    row = page.add("a");
    memory.restore();
    vi.runAllTimers();
    expect(page.activeElement).toBe(row);
  }
});

test("nobody's focus is taken: who went elsewhere is not called back, even when they go on to nowhere", () => {
  const field = new FakeElement();
  page.add("a").focus();
  field.focus();
  memory.restore();
  expect(page.activeElement).toBe(field);
  page.body.focus();
  memory.restore();
  expect(page.activeElement).toBe(page.body);
});

test("who presses Escape or clicks beside the rows is not called back", () => {
  page.add("a").focus();
  page.body.focus();
  memory.restore();
  expect(page.activeElement).toBe(page.body);
});

test("a button of the row keeps the focus while rows around it move", () => {
  page.add("a");
  const button = page.add("a");
  button.focus();
  memory.restore();
  expect(page.activeElement).toBe(button);
});

test("of two tasks the one that had the focus last gets it", () => {
  page.add("a").focus();
  const row = page.add("b");
  row.focus();
  page.remove(row);
  const again = page.add("b");
  memory.restore();
  expect(page.activeElement).toBe(again);
});

test("a task that left the list takes no focus to another row", () => {
  const row = page.add("a");
  page.add("b");
  row.focus();
  page.remove(row);
  vi.runAllTimers();
  memory.restore();
  expect(page.activeElement).toBe(page.body);
});

test("a list in which nothing had the focus takes none", () => {
  page.add("a");
  memory.restore();
  expect(page.activeElement).toBe(page.body);
});
