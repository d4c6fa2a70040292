import fc from "fast-check";
import { expect, test } from "vitest";
import { countConflicts, hasPrivateKey } from "./contents.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const MARKS = ["<<<<<<< ours", "=======", ">>>>>>> theirs"];

test("counts the three marks in their order, each at the start of a line, whatever stands between", () => {
  const between = fc.constantFrom("", "text", " =======", "======", "========", "a <<<<<<< b", ">", "<<<<<<<", "x\r");
  const lines = fc.array(between, { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(lines, lines, lines), { maxLength: 4 }),
      fc.constantFrom("\n", "\r\n"),
      (all, end) => {
        const text = all.flatMap((parts) => parts.flatMap((part, at) => [...part, MARKS[at] ?? ""])).join(end);
        expect(countConflicts(bytes(text))).toBe(all.length);
      },
    ),
  );
  for (const [first, second, third] of [
    ["=======", MARKS[0], MARKS[2]],
    [MARKS[0], MARKS[2], "======="],
    [MARKS[0], "======= x", MARKS[2]],
    [MARKS[0], "=======", "x >>>>>>> theirs"],
  ])
    expect(countConflicts(bytes([first, second, third].join("\n")))).toBe(0);
});

test("finds a private key wherever in a file it begins, and none in the words alone", () => {
  const key = `-----BEGIN ${"PRIVATE"} KEY-----\n${"QUJDREVG".repeat(8)}\n-----END ${"PRIVATE"} KEY-----\n`;
  for (const at of [0, 1024 ** 2 - 40, 1024 ** 2, 2 * 1024 ** 2 - 1, 3 * 1024 ** 2 - key.length]) {
    const file = new Uint8Array(3 * 1024 ** 2).fill(10);
    expect(hasPrivateKey(file)).toBe(false);
    file.set(bytes(key), at);
    expect(hasPrivateKey(file), String(at)).toBe(true);
  }
  expect(hasPrivateKey(bytes(`const begin = "-----BEGIN ${"PRIVATE"} KEY-----";\n`))).toBe(false);
});
