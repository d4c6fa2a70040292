import { parse, postprocess, preprocess } from "micromark";
import { gfm } from "micromark-extension-gfm";

/** A piece of Markdown as micromark names it, from `from` to before `to` of the source, with what it is made of. */
export type MarkdownToken = { type: string; from: number; to: number; inside: MarkdownToken[] };

const extensions = [gfm()];

/** The source's pieces, each character in one of them, but for what only lays out. */
export function readTokens(text: string): MarkdownToken[] {
  const events = postprocess(
    parse({ extensions })
      .document()
      .write(preprocess()(text, undefined, true)),
  );
  const root: MarkdownToken[] = [];
  const open = [root];
  for (const [kind, { type, start, end }] of events) {
    if (kind === "exit") open.pop();
    else {
      const token: MarkdownToken = { type, from: start.offset, to: end.offset, inside: [] };
      open.at(-1)?.push(token);
      open.push(token.inside);
    }
  }
  return root;
}

/** All of them in the order of the text, each before what it is made of; without what is in those that `skip` names. */
export function* walkTokens(
  tokens: readonly MarkdownToken[],
  skip: (token: MarkdownToken) => boolean = () => false,
): Generator<MarkdownToken> {
  const waiting = [...tokens].reverse();
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    yield token;
    if (!skip(token))
      for (let at = token.inside.length - 1; at >= 0; at--) waiting.push(token.inside[at] as MarkdownToken);
  }
}

/** The first one of a type among those that a token is made of, at any depth. */
export function findToken(token: MarkdownToken, type: string): MarkdownToken | undefined {
  for (const one of walkTokens(token.inside)) if (one.type === type) return one;
  return undefined;
}
