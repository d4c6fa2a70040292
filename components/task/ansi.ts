import Anser from "anser";
import { onScreen } from "./terminal-text";

/** A piece of a terminal line: its text and the classes of its colours (globals.css `.ansi-…`). */
export type AnsiPiece = { text: string; className: string };

const ESCAPE = "\u001b";

/** The pieces of one line. Colours end with the line, as most tools mean it. */
export function ansiPieces(line: string): AnsiPiece[] {
  const shown = onScreen(line);
  if (!shown.includes(ESCAPE)) return [{ text: shown, className: "" }];
  return Anser.ansiToJson(shown, { use_classes: true, remove_empty: true }).map((piece) => {
    const [fg, bg] = [roleOf(piece.fg, piece.fg_truecolor), roleOf(piece.bg, piece.bg_truecolor)];
    return {
      text: piece.content.replaceAll(ESCAPE, ""),
      className: [fg, ...(bg === "" ? [] : [`${bg}-bg`]), ...piece.decorations.map((name) => `ansi-${name}`)]
        .filter((name) => name !== "")
        .join(" "),
    };
  });
}

/** The sixteen colours by their names; of the others the one that is nearest, because those can be read in both themes. */
function roleOf(name: string | null, trueColour: string | null): string {
  if (name === null || name === "") return "";
  const index = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  if (index !== undefined) return nearest(paletteColour(Number(index)));
  if (name !== "ansi-truecolor") return name;
  return nearest((trueColour ?? "").split(",").map(Number));
}

const LEVELS = [0, 95, 135, 175, 215, 255];

/** Red, green and blue of one of the 240 colours after the sixteen: a cube of 6 × 6 × 6, then greys. */
function paletteColour(index: number): number[] {
  const offset = index - 16;
  if (offset >= 216) return Array<number>(3).fill(8 + (offset - 216) * 10);
  return [Math.floor(offset / 36), Math.floor(offset / 6) % 6, offset % 6].map((level) => LEVELS[level] ?? 0);
}

/** By the end of each part of the circle of hues, in degrees. */
const HUES: [number, string][] = [
  [18, "red"],
  [70, "yellow"],
  [165, "green"],
  [200, "cyan"],
  [260, "blue"],
  [335, "magenta"],
  [360, "red"],
];
/** Less of a difference between its parts is grey. */
const GREY = 40;

function nearest([red = 0, green = 0, blue = 0]: number[]): string {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread < GREY) return most < 140 ? "ansi-bright-black" : "ansi-white";
  const turn =
    most === red ? (green - blue) / spread : most === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread;
  const hue = (turn * 60 + 360) % 360;
  return `ansi-${HUES.find(([end]) => hue <= end)?.[1] ?? "red"}`;
}
