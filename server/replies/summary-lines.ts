import { removeInvisible } from "@/lib/markdown/invisible";
import { readRegions } from "@/lib/markdown/regions";
import { neutraliseLine } from "./neutralise";

const MAX_LINE = 240;
const NUMBER = /^\d{1,3}[.)] /;

/**
 * The first `max` lines of an agent's message as single neutralised lines without block markers: code blocks,
 * tables, rules and empty lines are left out, and so is a heading when there is text to show instead. `isNumbered`:
 * the numbers of a list stay, for an answer that names one.
 */
export function summaryLines(summary: string | null, max: number, { isNumbered = false } = {}): string[] {
  const { text } = removeInvisible(summary ?? "");
  const prose = readRegions(text)
    .lines.filter((line) => line.kind === "text")
    .map((line) => text.slice(line.start, line.end).trim());
  const shown = prose.filter((line) => !line.startsWith("|") && !/^[-=*_ ]*$/.test(line));
  const withoutHeadings = shown.filter((line) => !/^#{1,6} /.test(line));
  return (withoutHeadings.length > 0 ? withoutHeadings : shown)
    .map((line) => [isNumbered ? (NUMBER.exec(line)?.[0] ?? "") : "", neutraliseLine(line, MAX_LINE)])
    .filter(([, words]) => words !== "")
    .map((parts) => parts.join(""))
    .slice(0, max);
}
