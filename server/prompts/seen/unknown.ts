import { isInvisibleReference } from "@/lib/markdown/invisible-reference";
import type { TextEdit } from "../edits";
import { walkTokens, type MarkdownToken } from "@/lib/markdown/tokens";

/** Everything of Markdown that is on the page, or lays it out. What is in none of these is left out. */
const SHOWN = new Set(
  // text
  (
    "content paragraph data emphasis emphasisSequence emphasisText strong strongSequence strongText strikethrough " +
    "strikethroughSequence strikethroughText hardBreakEscape hardBreakTrailing escapeMarker characterEscape " +
    "characterEscapeValue characterReference characterReferenceMarker characterReferenceMarkerNumeric " +
    "characterReferenceMarkerHexadecimal characterReferenceValue lineEnding lineEndingBlank linePrefix lineSuffix whitespace " +
    "space chunkText chunkFlow chunkContent chunkDocument chunkString " +
    // code
    "codeText codeTextData codeTextSequence codeTextPadding codeIndented codeFlowValue codeFenced codeFencedFence " +
    "codeFencedFenceSequence codeFencedFenceInfo codeFencedFenceMeta " +
    // links; what is hidden in them is taken by links.ts
    "link image label labelMarker labelImageMarker labelText labelImage labelLink labelEnd resource resourceMarker " +
    "resourceDestination resourceDestinationLiteral resourceDestinationLiteralMarker resourceDestinationRaw " +
    "resourceDestinationString resourceTitle resourceTitleMarker resourceTitleString reference referenceMarker " +
    "referenceString autolink autolinkMarker autolinkProtocol autolinkEmail literalAutolink literalAutolinkHttp " +
    "literalAutolinkWww literalAutolinkEmail definition definitionLabel definitionLabelMarker definitionLabelString " +
    "definitionMarker definitionDestination definitionDestinationLiteral definitionDestinationLiteralMarker " +
    "definitionDestinationRaw definitionDestinationString definitionTitle definitionTitleMarker definitionTitleString " +
    // blocks
    "atxHeading atxHeadingSequence atxHeadingText setextHeading setextHeadingText setextHeadingLine " +
    "setextHeadingLineSequence thematicBreak thematicBreakSequence blockQuote blockQuotePrefix blockQuoteMarker " +
    "blockQuotePrefixWhitespace listOrdered listUnordered listItemIndent listItemMarker listItemPrefix " +
    "listItemPrefixWhitespace listItemValue taskListCheck taskListCheckMarker taskListCheckValueChecked " +
    "taskListCheckValueUnchecked table tableHead tableBody tableRow tableHeader tableData tableContent tableCellDivider " +
    "tableDelimiterRow tableDelimiter tableDelimiterFiller tableDelimiterMarker " +
    "gfmFootnoteCall gfmFootnoteCallLabelMarker gfmFootnoteCallMarker gfmFootnoteCallString gfmFootnoteDefinition " +
    "gfmFootnoteDefinitionLabel gfmFootnoteDefinitionLabelMarker gfmFootnoteDefinitionMarker " +
    "gfmFootnoteDefinitionLabelString gfmFootnoteDefinitionIndent gfmFootnoteDefinitionWhitespace " +
    // read by html.ts
    "htmlFlow htmlFlowData htmlText htmlTextData"
  ).split(" "),
);

/** Pieces that nobody knows to be shown, and characters that are spelt out and would not be seen. */
export const unknownEdits = (text: string, tokens: readonly MarkdownToken[]): TextEdit[] =>
  [...walkTokens(tokens)].flatMap(({ type, from, to }): TextEdit[] => {
    if (!SHOWN.has(type)) return [{ from, to, replacement: "", what: "hidden text" }];
    if (type !== "characterReference" || !isInvisibleReference(text.slice(from + 1, to - 1))) return [];
    return [{ from, to, replacement: "", what: "invisible character reference" }];
  });
