import { isPlainAddress, isPlainImage } from "@/lib/markdown/addresses";
import type { TextEdit } from "../edits";
import { isBlankReference } from "@/lib/markdown/invisible-reference";
import { walkTokens, findToken, type MarkdownToken } from "@/lib/markdown/tokens";

const labelOf = (source: string): string => source.replace(/\s+/g, " ").trim().toLowerCase().toUpperCase();

/**
 * Links and images as their page shows them: with their text and address alone. A link that is defined elsewhere gets
 * the address itself, so that no definition is left, and one without a text goes.
 */
export function linkEdits(text: string, tokens: readonly MarkdownToken[]): TextEdit[] {
  const sourceOf = (token: MarkdownToken | undefined): string =>
    token === undefined ? "" : text.slice(token.from, token.to);
  const addresses = new Map<string, string>();
  const definitions: { token: MarkdownToken; label: string }[] = [];
  for (const token of walkTokens(tokens)) {
    if (token.type !== "definition") continue;
    const label = labelOf(sourceOf(findToken(token, "definitionLabelString")));
    definitions.push({ token, label });
    if (!addresses.has(label)) addresses.set(label, addressIn(sourceOf(findToken(token, "definitionDestination"))));
  }
  const used = new Set<string>();
  const edits = [...walkTokens(tokens, ({ type }) => type === "definition")].flatMap((token): TextEdit[] => {
    if (token.type !== "link" && token.type !== "image") return [];
    const label = token.inside.find(({ type }) => type === "label");
    const shown = label && findToken(label, "labelText");
    const reference = token.inside.find(({ type }) => type === "reference");
    const resource = token.inside.find(({ type }) => type === "resource");
    const named = labelOf(sourceOf(reference && findToken(reference, "referenceString")) || sourceOf(shown));
    if (resource === undefined) used.add(named);
    if (label === undefined || (token.type === "link" && !(shown !== undefined && showsAnything(shown, text)))) {
      return [{ from: token.from, to: token.to, replacement: "", what: "link without text" }];
    }
    const written = resource
      ? addressIn(sourceOf(findToken(resource, "resourceDestination")))
      : (addresses.get(named) ?? "");
    const isHidden = token.type === "image" && !isPlainImage(bare(written));
    const address = isHidden ? "" : written;
    const rest: TextEdit = {
      from: label.to - 1,
      to: token.to,
      replacement: `](${address})`,
      what: isHidden && written !== "" ? "image address" : whatOf(token, sourceOf),
    };
    const isSame = text.slice(rest.from, rest.to) === rest.replacement;
    return [
      ...(token.type === "image" && shown !== undefined && shown.to > shown.from
        ? [{ from: shown.from, to: shown.to, replacement: "", what: "image alt text" as const }]
        : []),
      ...(isSame ? [] : [rest]),
    ];
  });
  for (const { token, label } of definitions) {
    const what = !used.has(label)
      ? "unused link definition"
      : findToken(token, "definitionTitle")
        ? "link title"
        : null;
    edits.push({ from: token.from, to: token.to, replacement: "", what });
  }
  return edits;
}

function whatOf(token: MarkdownToken, sourceOf: (token: MarkdownToken | undefined) => string): TextEdit["what"] {
  const resource = token.inside.find(({ type }) => type === "resource");
  if (resource === undefined) return findToken(token, "referenceString") === undefined ? null : "link label";
  if (findToken(resource, "resourceTitle") !== undefined) return "link title";
  return addressIn(sourceOf(findToken(resource, "resourceDestination"))) === "" ? "link address" : null;
}

/** A destination without its angle brackets and backslashes. */
const bare = (source: string): string =>
  (source.startsWith("<") ? source.slice(1, -1) : source).replace(/\\([!-/:-@[-`{-~])/g, "$1");

/** The address as it was written; "" where it leads nowhere. */
function addressIn(source: string): string {
  const address = bare(source);
  // A character that is spelt out could make another scheme of it.
  const isSpeltOut = (/^[^/?#]*/.exec(address)?.[0] ?? "").includes("&");
  return !isSpeltOut && isPlainAddress(address.replaceAll(" ", "%20")) ? source : "";
}

const SHOWN_LEAVES = new Set([
  "data",
  "codeTextData",
  "characterEscapeValue",
  "autolinkProtocol",
  "autolinkEmail",
  "literalAutolinkHttp",
  "literalAutolinkWww",
  "literalAutolinkEmail",
]);

/** Whether there is anything to see of it: a word or a picture. */
function showsAnything(token: MarkdownToken, text: string): boolean {
  for (const one of walkTokens(token.inside, ({ type }) => type === "image")) {
    const source = text.slice(one.from, one.to);
    if (one.type === "image" || (one.type === "htmlText" && /^<img\b/i.test(source))) return true;
    if (one.type === "characterReference" && !isBlankReference(source.slice(1, -1))) return true;
    if (SHOWN_LEAVES.has(one.type) && source.trim() !== "") return true;
  }
  return false;
}
