/** Everything but text and tabs that a line of a terminal may hold, and characters that turn the reading direction. */
const UNUSUAL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** Titles, links (OSC) and pictures (DCS, APC and their like), up to their end or, when they were cut, up to the line's. */
const STRINGS = /\u001b(?:\][^\u0007\u001b]*|[PX^_][^\u001b]*)(?:\u0007|\u001b\\|$)/g;
/** Back to the line's beginning, or all of it erased: what stood there is written over. */
const TO_START = /\u001b\[(?:[01]?G|2K)/g;
/** What else moves, erases or switches; colours (`m`) stay. */
const NOT_COLOUR = /\u001b(?:\[[0-?]*[ -/]*[@-ln-~]|[()][A-Z0-9]|[=>78DMEHc])/g;
const COLOUR = /\u001b\[([\d;:]*)m/g;
const BACKSPACE = "\u0008";
const CONTROLS = /[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f-\u009f]/g;
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A line as a terminal would leave it on the screen; only colours stay in it as sequences. */
export function onScreen(line: string): string {
  if (!UNUSUAL.test(line)) return line;
  const moved = line.replaceAll(STRINGS, "").replaceAll(TO_START, "\r").replaceAll(NOT_COLOUR, "");
  // What was overwritten by a carriage return was progress; the last state stands.
  const last =
    moved
      .replace(/[\r\n]+$/, "")
      .split("\r")
      .at(-1) ?? "";
  return withoutTurns(typed(last).replaceAll(COLOUR, plainColour).replaceAll(CONTROLS, ""));
}

/** What people see of a line, without its colours. */
export const seenText = (line: string): string =>
  UNUSUAL.test(line) ? onScreen(line).replaceAll(COLOUR, "").replaceAll("\u001b", "") : line;

/** Names characters that would turn the rest of the line around: with them code reads as what it is not. */
export const withoutTurns = (text: string): string =>
  text.replaceAll(TURNS, (turn) => `⟨U+${turn.charCodeAt(0).toString(16).toUpperCase()}⟩`);

/** Backspaces take away what stands before them. */
function typed(text: string): string {
  if (!text.includes(BACKSPACE)) return text;
  const kept: string[] = [];
  for (const character of text)
    if (character === BACKSPACE) kept.pop();
    else kept.push(character);
  return kept.join("");
}

/** Colons between the numbers (ISO 8613-6) as semicolons, and colours of underlines left out: our reader knows neither. */
function plainColour(sequence: string, numbers: string): string {
  if (!/:|58/.test(numbers)) return sequence;
  const plain = numbers
    .replaceAll(/(\d+):([\d:]*)/g, (_, code: string, rest: string) => {
      const parts = rest.split(":");
      if (code === "38" || code === "48")
        return parts[0] === "5" ? `${code};5;${parts.at(-1)}` : `${code};2;${parts.slice(-3).join(";")}`;
      return code === "4" ? (rest === "0" ? "24" : "4") : "";
    })
    .replaceAll(/(^|;)58;(?:5;\d*|2;\d*;\d*;\d*)/g, "$1");
  return /^;*$/.test(plain) ? "" : `\u001b[${plain.replaceAll(/;{2,}/g, ";").replaceAll(/^;|;$/g, "")}m`;
}
