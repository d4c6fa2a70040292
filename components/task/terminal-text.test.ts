import { expect, test } from "vitest";
import { ansiPieces } from "./ansi";
import { onScreen, seenText } from "./terminal-text";

const ESC = "\u001b";
const classesOf = (line: string) => ansiPieces(line).map(({ text, className }) => [text, className]);

test("a line reads as the terminal left it: progress, moves, titles, links and pictures are gone", () => {
  expect(seenText("0%\r50%\r100%\r")).toBe("100%");
  expect(seenText(`first${ESC}[1Gsecond${ESC}[2K${ESC}[Gthird`)).toBe("third");
  expect(seenText(`typo\u0008\u0008\u0008\u0008text\u0007`)).toBe("text");
  expect(seenText(`${ESC}]8;;https://example.com${ESC}\\a link${ESC}]8;;${ESC}\\ ${ESC}]0;title\u0007end`)).toBe(
    "a link end",
  );
  expect(seenText(`${ESC}Pq#0${ESC}\\after ${ESC}_Ga${ESC}\\it ${ESC}]0;cut off`)).toBe("after it ");
  expect(seenText(`a\u0000b\u0001c${ESC}`)).toBe("abc");
  expect(seenText("plain שלום 👩‍💻")).toBe("plain שלום 👩‍💻");
});

test("characters that turn the line around are named", () => {
  expect(onScreen("if (\u202eresu\u202c)")).toBe("if (⟨U+202E⟩resu⟨U+202C⟩)");
});

test("every colour becomes one that can be read, whatever notation it has", () => {
  expect(classesOf(`${ESC}[31mred${ESC}[0m plain`)).toEqual([
    ["red", "ansi-red"],
    [" plain", ""],
  ]);
  expect(classesOf(`${ESC}[38;5;208morange`)).toEqual([["orange", "ansi-yellow"]]);
  expect(classesOf(`${ESC}[38;5;244mgrey`)).toEqual([["grey", "ansi-bright-black"]]);
  expect(classesOf(`${ESC}[38;2;255;105;180mpink`)).toEqual([["pink", "ansi-magenta"]]);
  expect(classesOf(`${ESC}[38:2::80:250:120mgreen`)).toEqual([["green", "ansi-green"]]);
  expect(classesOf(`${ESC}[38:5:33;4:3;58:2::1:2:3mblue`)).toEqual([["blue", "ansi-blue ansi-underline"]]);
  expect(classesOf(`${ESC}[48;5;19;97mon blue`)).toEqual([["on blue", "ansi-bright-white ansi-blue-bg"]]);
});
