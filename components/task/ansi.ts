import Anser from "anser";

/** A piece of a terminal line: its text and the classes of its colours (globals.css `.ansi-…`). */
export type AnsiPiece = { text: string; className: string };

const ESCAPE = "\u001b";
/** Sequences that move, erase or set a title: nothing that a page shows. */
const NOT_COLOUR = /\u001b(?:\[[0-?]*[ -/]*[@-ln-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9]|[=>78DMEHc])/g;

/** The pieces of one line. Colours end with the line, as most tools mean it. */
export function ansiPieces(line: string): AnsiPiece[] {
  // What was overwritten by a carriage return was progress; the last state stands.
  const shown = line.includes("\r") ? (line.replace(/\r+$/, "").split("\r").at(-1) ?? "") : line;
  if (!shown.includes(ESCAPE)) return [{ text: shown, className: "" }];
  return Anser.ansiToJson(shown.replaceAll(NOT_COLOUR, ""), { use_classes: true, remove_empty: true }).map(
    ({ content, fg, bg, decorations }) => ({
      text: content,
      className: [
        ...(fg ? [fg.startsWith("ansi-") ? fg : ""] : []),
        ...(bg ? [`${bg}-bg`] : []),
        ...decorations.map((name) => `ansi-${name}`),
      ].join(" "),
    }),
  );
}
