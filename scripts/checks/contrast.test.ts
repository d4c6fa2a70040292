import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./command.ts";

type Rgb = [number, number, number];

/** Linear light of `oklch(L C H)`, after Björn Ottosson's definition; clipped to what a screen shows. */
function fromOklch([lightness, chroma, hue]: Rgb): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((value) => Math.min(1, Math.max(0, value))) as Rgb;
}

function linearOf(colour: string): Rgb {
  const oklch = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour);
  if (oklch !== null) return fromOklch([Number(oklch[1]), Number(oklch[2]), Number(oklch[3])]);
  if (colour === "#fff") return [1, 1, 1];
  throw new Error(`a colour in a form that this test cannot read: ${colour}`);
}

const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [one, other].map((colour) => luminance(linearOf(colour))).toSorted((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

const css = readFileSync(join(ROOT, "app", "globals.css"), "utf8");
const COLOUR = String.raw`(#fff|oklch\([^)]*\))`;
const tokens = new Map(
  [...css.matchAll(new RegExp(String.raw`--([\w-]+): light-dark\(${COLOUR}, ${COLOUR}\)`, "g"))].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }],
  ),
);
const colour = (name: string, theme: "light" | "dark"): string => {
  const token = tokens.get(name);
  if (token === undefined) throw new Error(`app/globals.css has no --${name}`);
  return token[theme];
};

const GROUNDS = ["bg", "raised", "sunken", "hover"];
const TEXTS = ["ink", "soft", "faint", "running", "good", "bad", "waiting", "merged"];
const CODE = ["code-keyword", "code-string", "code-number", "code-name", "faint", "ink"];
const PAIRS: [text: string, ground: string, least: number][] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground): [string, string, number] => [text, ground, 4.5])),
  ...CODE.flatMap((text) =>
    ["good-wash", "bad-wash", "bg"].map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ...["running", "good", "bad", "waiting"].flatMap((state): [string, string, number][] => [
    [state, `${state}-wash`, 4.5],
    ["ink", `${state}-wash`, 4.5],
    ["soft", `${state}-wash`, 4.5],
  ]),
  ...GROUNDS.map((ground): [string, string, number] => ["edge", ground, 3]),
];

test.each(["light", "dark"] as const)("every text can be read on every ground it stands on, %s", (theme) => {
  expect(tokens.size).toBeGreaterThan(20);
  const weak = PAIRS.flatMap(([text, ground, least]) => {
    const found = contrast(colour(text, theme), colour(ground, theme));
    return found < least ? [`${text} on ${ground}: ${found.toFixed(2)} < ${least}`] : [];
  });
  expect(weak).toEqual([]);
});
