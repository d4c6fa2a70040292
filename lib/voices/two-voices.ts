import { clipText, removeInvisible } from "../markdown/invisible.ts";
import { asForm } from "./form.ts";
import { sectionsOf, sortUnder } from "./sections.ts";
import { linksOf, tameMarkdown } from "./tame-markdown.ts";
import { readTree, writeTree, type BlockContent, type Root, type RootContent } from "./tree.ts";

export type Words = {
  /** Whose words these are, as it is said: `claude`. */
  speaker: string;
  /** Markdown of the speaker's. */
  said: string;
  /** The repository's template, Markdown; null: there is none. */
  template: string | null;
  /** Characters that there is room for. */
  room: number;
};

/** Parts of the texts that are tried, until one of them fits. */
const SHARES = [1, 0.5, 0.25, 0.1, 0];

/**
 * What a speaker said, quoted and under their name, in the repository's template where there is one: under each of its
 * headings what they said under the same heading, before it all the rest. `isCut`: not everything fits.
 */
export function quoteWords(words: Words): { text: string; isCut: boolean } {
  const said = removeInvisible(words.said).text;
  const template = removeInvisible(words.template ?? "").text;
  for (const share of SHARES) {
    const part = (text: string) => clipText(text, Math.floor(text.length * share));
    const text = writeSafely({ speaker: words.speaker, said: part(said), template: part(template) });
    if (text.length <= words.room) return { text, isCut: share < 1 };
  }
  return { text: "", isCut: true };
}

type Texts = { speaker: string; said: string; template: string };

/** What nests deeper than can be read and written is shown as it came. */
function writeSafely(texts: Texts): string {
  try {
    return write({ ...texts, said: readTree(texts.said) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const asCode: RootContent = { type: "code", value: texts.said };
    return write({ ...texts, template: "", said: { type: "root", children: [asCode] } });
  }
}

function write({ speaker, said, template }: Omit<Texts, "said"> & { said: Root }): string {
  const form = sectionsOf(readTree(template));
  const keys = new Set(form.flatMap(({ key }) => key ?? []));
  const links = linksOf(said);
  const { under, rest } = sortUnder(said, keys);
  const filled = form.flatMap(({ key, nodes }) => {
    const own = (key === null ? null : under.get(key)) ?? [];
    if (key !== null) under.delete(key);
    return [...asForm(nodes), ...quoted(speaker, tameMarkdown(own, links))];
  });
  return writeTree([...quoted(speaker, tameMarkdown(rest, links)), ...filled]);
}

/** Every paragraph of it is inside one quotation under its speaker's name. */
function quoted(speaker: string, children: BlockContent[]): RootContent[] {
  if (children.length === 0) return [];
  const name: RootContent = {
    type: "paragraph",
    children: [{ type: "strong", children: [{ type: "text", value: `In ${speaker}'s words` }] }],
  };
  return [name, { type: "blockquote", children }];
}
