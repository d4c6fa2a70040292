import { expect, test } from "vitest";
import { pictureKind } from "./context-files";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

test.each([
  ["\x89PNG\r\n\x1a\n....", "png"],
  ["\xff\xd8\xff\xe0....", "jpg"],
  ["GIF87a....", "gif"],
  ["GIF89a....", "gif"],
  ["RIFF....WEBPVP8 ", "webp"],
  ["RIFF....WAVEfmt ", null],
  ["<svg xmlns='http://www.w3.org/2000/svg'>", null],
  ["<html>", null],
  ["\x7fELF", null],
  ["%PDF-1.7", null],
  ["BM......", null],
  ["\x89PNG", null],
  ["", null],
])("%j is %s by its first bytes", (text, kind) => expect(pictureKind(bytes(text))).toBe(kind));
