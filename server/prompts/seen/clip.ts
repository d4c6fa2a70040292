import { clipText } from "@/lib/markdown/invisible";

/** What may open something that hides until it is closed: behind the cut it never is, and would be text. */
const OPENS = /[<[\]!$`\\&]/;

/** The first `max` characters of a Markdown text; of the paragraph that is cut, no more than is plain words. */
export function clipMarkdown(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = clipText(text, max);
  const from = cut.lastIndexOf("\n\n") + 1;
  const at = cut.slice(from).search(OPENS);
  return at === -1 ? cut : cut.slice(0, from + at);
}
