import { expect, test } from "vitest";
import { CLOSED, isPaletteKey, nextPalette, type PaletteChange } from "./palette-state";

const after = (...changes: PaletteChange[]) => changes.reduce(nextPalette, CLOSED);
const TOGGLED = { is: "toggled" } as const;
const ASKED = { is: "asked", page: "dispatch" } as const;

test("what is typed while the palette's script is on its way is there when it comes", () => {
  expect(after(TOGGLED, { is: "typed", text: "fi" }, { is: "typed", text: "fix" })).toMatchObject({
    open: { page: "root" },
    typed: "fix",
  });
});

test("the same key opens and closes it; what was typed before is not there the next time", () => {
  expect(after(TOGGLED, { is: "typed", text: "fix" }, TOGGLED).open).toBeNull();
  expect(after(TOGGLED, { is: "typed", text: "fix" }, { is: "closed" }, TOGGLED).typed).toBe("");
});

test("a page that asks while it is open gets a palette that begins anew", () => {
  const [before, now] = [after(ASKED), after(ASKED, { is: "typed", text: "fix" }, ASKED)];
  expect(now.typed).toBe("");
  expect(now.open?.count).not.toBe(before.open?.count);
});

test.each([
  [{ key: "k", metaKey: true }, true],
  [{ key: "K", ctrlKey: true }, true],
  [{ key: "k" }, false],
  [{ key: "k", ctrlKey: true, shiftKey: true }, false],
  [{ key: "k", metaKey: true, altKey: true }, false],
  [{ key: "j", metaKey: true }, false],
])("%o asks for it: %s", (keys, isAsked) => {
  const none = { metaKey: false, ctrlKey: false, altKey: false, shiftKey: false };
  expect(isPaletteKey({ ...none, ...keys })).toBe(isAsked);
});
