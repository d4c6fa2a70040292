import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, removeInvisible } from "./invisible.ts";

const SEED = 20261122;

describe("removeInvisible", () => {
  it.each([
    ["a\u200bb\u2060c\ufeffd\u00ade\u3164f", "abcdef", "zero-width character", 5],
    ["a\u202eb\u2066c\u200fd", "abcd", "bidirectional control", 3],
    [`a${String.fromCodePoint(0xe0069, 0xe0067, 0xe007f)}b`, "ab", "tag character", 3],
    ["x\ufe0fy\u{e0100}z", "xyz", "variation selector", 2],
    ["a\0b\u0007c\u0085d", "abcd", "control character", 3],
    ["\u001b[1;31mred\u001b[0m\u001b]8;;https://x\u001b\\", "red", "terminal escape", 3],
    ["a\ud800b\udc00", "a\ufffdb\ufffd", "broken surrogate", 2],
  ])("removes and counts what is hidden in %j", (text, expected, kind, count) => {
    expect(removeInvisible(text)).toEqual({ text: expected, removed: [{ kind, count }] });
  });

  it.each(["👩‍💻 👨‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽 ✔︎", "می‌خواهم", "क्‍ष", "日本語 e\u0301 naïve", "a\tb\nc"])("leaves %j as it is", (text) => {
    expect(removeInvisible(text)).toEqual({ text, removed: [] });
  });

  it("makes every line end a line feed", () => {
    expect(removeInvisible("a\r\nb\rc\u2028d").text).toBe("a\nb\nc\nd");
  });

  it(`is idempotent and gives valid UTF-8 (seed ${SEED})`, () => {
    const piece = fc.constantFrom(
      "\u200d",
      "\u200c",
      "\ufe0f",
      "😀",
      "\u001b",
      "[31m",
      "]",
      "\u0007",
      "\ud83d",
      "\ude00",
      "ک",
      "a",
      "❤",
      "\u{e0041}",
      "\r",
      "\n",
      "\u202e",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 20 }).map((parts) => parts.join("")),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          const once = removeInvisible(text);
          expect(once.text.isWellFormed()).toBe(true);
          expect(removeInvisible(once.text)).toEqual({ text: once.text, removed: [] });
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });
});

it("clip never halves a character", () => {
  expect([clip("a😀b", 2), clip("a😀b", 3), clip("ab", 9)]).toEqual(["a", "a😀", "ab"]);
});
