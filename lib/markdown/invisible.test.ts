import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipText, removeInvisible } from "./invisible.ts";

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

  it.each(["👩‍💻 👨‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽 1️⃣ 🇫🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "क्‍ष", "日本語 e\u0301 naïve", "a\tb\nc"])(
    "leaves %j as it is",
    (text) => {
      expect(removeInvisible(text)).toEqual({ text, removed: [] });
    },
  );

  it("makes every line end a line feed, and every blank a blank", () => {
    expect(removeInvisible("a\r\nb\rc\u2028d").text).toBe("a\nb\nc d");
    expect(removeInvisible("a\u00a0b\u2003c\u202fd\u3000e").text).toBe("a b c d\u3000e");
  });

  it.each([
    ["1\ufe0f2\ufe0e3\ufe0f", "123", "variation selector", 3],
    ["😀\u200d😀\u200d🚀", "😀😀🚀", "zero-width character", 2],
    ["❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f", "variation selector", 2],
    [`🏴${String.fromCodePoint(0xe0065, 0xe0076, 0xe0069, 0xe006c, 0xe007f)}`, "🏴", "tag character", 5],
    [`🏴${String.fromCodePoint(0xe0067, 0xe0062)}`, "🏴", "tag character", 2],
    ["a\u{1d159}\u{13441}\u{16fe4}b", "ab", "zero-width character", 3],
  ])("lets nothing hide behind a digit, between emoji, or as a blank sign: %j", (text, expected, kind, count) => {
    expect(removeInvisible(text)).toEqual({ text: expected, removed: [{ kind, count }] });
  });

  it("leaves nothing in of all that Unicode calls a control, a format, ignorable, private or not assigned", () => {
    // What has a shape of its own although it is a format: Arabic and Kaithi number signs, and Syriac's.
    const shown = /[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
    const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cn}]/u;
    const lineEnds = /\r/;
    // What begins an escape takes the letters behind it along.
    const escapes = /[\u001b\u009b\u009d]/;
    for (let block = 0; block < 0x110000; block += 0x1000) {
      const all = Array.from({ length: 0x1000 }, (_, at) => block + at)
        .filter((code) => code < 0xd800 || code > 0xdfff)
        .map((code) => String.fromCodePoint(code))
        .filter((one) => unseen.test(one) && !shown.test(one) && !lineEnds.test(one) && !escapes.test(one));
      expect(removeInvisible(all.map((one) => `a${one}`).join("")).text, block.toString(16)).toBe(
        "a".repeat(all.length),
      );
    }
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
  expect([clipText("a😀b", 2), clipText("a😀b", 3), clipText("ab", 9)]).toEqual(["a", "a😀", "ab"]);
});
