/** What stands around a line's words: marks of Markdown, signs and small pictures, and the stop at its end. */
const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N})]+$/gu;
/** What only says that a title follows. */
const ANNOUNCED = /^(?:title|summary|done)\s*[:：]\s*/iu;
const LINK = /\[([^[\]]*)\]\([^()\s]*\)/g;
const TAG = /<\/?[a-z][^<>]*>/gi;
/** Titles are short. */
const MAX = 600;
const bare = (line: string): string =>
  line
    .slice(0, MAX)
    .replaceAll(TAG, "")
    .replaceAll(LINK, "$1")
    .replaceAll(AROUND, "")
    .replace(ANNOUNCED, "")
    .replaceAll(AROUND, "")
    .replaceAll(/\s+/g, " ")
    .toLowerCase();

/** An agent's words (Markdown) without their first line where that says only what the title beside them says. */
export function withoutTitle(text: string, title: string | null | undefined): string {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => bare(line) !== "");
  if (first < 0 || title == null || bare(title) === "" || bare(lines[first] ?? "") !== bare(title)) return text;
  const rest = lines.slice(first + 1);
  // A line under it that makes a heading of it goes with it.
  if (/^ {0,3}(?:=+|-+)\s*$/.test(rest[0] ?? "")) rest.shift();
  return rest.join("\n").trim();
}
