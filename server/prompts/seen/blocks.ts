import type { TextEdit } from "../edits";
import { walkTokens, findToken, type MarkdownToken } from "@/lib/markdown/tokens";

/** What code is written in, as fences say it. Nothing of it is shown, so no other word passes. */
const LANGUAGES = new Set(
  (
    "ada asm astro awk bash bat batch bibtex c c# c++ cc clj clojure cmake cmd cobol coffee coffeescript console cpp cs csharp css csv " +
    "cuda cypher d dart diff docker dockerfile dotenv elixir elm env erb erlang ex exs f# fish fortran fs fsharp gd gdscript " +
    "geojson gherkin git gitignore glsl go gradle graphql groovy haml handlebars haskell hcl hcl2 hlsl hs html http ini java " +
    "javascript jinja jinja2 jl jq js json json5 jsonc jsonl json-with-comments jsx julia just kotlin kt kts latex less liquid lisp " +
    "log logs lua make makefile markdown math matlab md mdx mermaid mjs ml nasm nginx nim nix node objc objective-c objectivec " +
    "ocaml patch pascal perl php plain plaintext pl pl/sql plsql postgres powershell prisma prolog properties proto protobuf ps1 " +
    "psql pug puppet py py3 pycon python python3 qml r rb react regex rest rkt rs rst ruby rust sass scala scheme scss sh " +
    "shell shell-session shellsession sol solidity sql sqlite starlark stl styl svelte svg swift systemverilog tcl terraform tex " +
    "text tf toml topojson ts tsql tsx twig txt typescript v vb vbnet verilog vhdl vim viml vue wasm wat wgsl wsh xhtml xml " +
    "xsl yaml yml zig zsh"
  ).split(" "),
);

/** What stands behind a fence's language: nothing of it is shown. */
export function fenceEdits(text: string, tokens: readonly MarkdownToken[]): TextEdit[] {
  return [...walkTokens(tokens)].flatMap(({ type, from, to }): TextEdit[] => {
    const isInfo = type === "codeFencedFenceInfo" && !LANGUAGES.has(text.slice(from, to).toLowerCase());
    if (!isInfo && type !== "codeFencedFenceMeta") return [];
    return [{ from, to, replacement: "", what: "words behind a code fence" }];
  });
}

/** Cells for which a table has no column. */
export function cellEdits(text: string, tokens: readonly MarkdownToken[]): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const table of walkTokens(tokens)) {
    if (table.type !== "table") continue;
    const [head] = [...walkTokens(table.inside)].filter(({ type }) => type === "tableRow");
    const columns = head?.inside.filter(({ type }) => type === "tableHeader").length ?? 0;
    for (const row of walkTokens(table.inside)) {
      if (row.type !== "tableRow") continue;
      for (const { from, to } of row.inside.filter(({ type }) => type === "tableData").slice(columns)) {
        const replacement = text.slice(from, to).trimEnd().endsWith("|") ? "|" : "";
        if (text.slice(from, to).trim() !== replacement)
          edits.push({ from, to, replacement, what: "table cell past the header" });
      }
    }
  }
  return edits;
}

/** Notes that nothing on the page calls go; the others are called by their number, as the page does. */
export function footnoteEdits(text: string, tokens: readonly MarkdownToken[]): TextEdit[] {
  const notes = new Map<string, MarkdownToken>();
  const spare: MarkdownToken[] = [];
  const isNote = ({ type }: MarkdownToken): boolean => type === "gfmFootnoteDefinition";
  const nameOf = (token: MarkdownToken | undefined): string =>
    token === undefined ? "" : text.slice(token.from, token.to).replace(/\s+/g, " ").trim().toUpperCase();
  for (const note of walkTokens(tokens)) {
    if (!isNote(note)) continue;
    const name = nameOf(findToken(note, "gfmFootnoteDefinitionLabelString"));
    if (notes.has(name)) spare.push(note);
    else notes.set(name, note);
  }
  const numbers = new Map<string, number>();
  const calls: MarkdownToken[] = [];
  const look = (within: readonly MarkdownToken[]): void => {
    for (const token of walkTokens(within, isNote)) {
      if (token.type !== "gfmFootnoteCallString") continue;
      calls.push(token);
      const name = nameOf(token);
      if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    }
  };
  look(tokens);
  // A Map grows while it is walked: what a called note calls is called.
  for (const name of numbers.keys()) look(notes.get(name)?.inside ?? []);
  const hidden = [...notes].flatMap(([name, note]) => (numbers.has(name) ? [] : [note]));
  const labels = [...numbers].flatMap(
    ([name]) => findToken(notes.get(name) ?? NOTHING, "gfmFootnoteDefinitionLabelString") ?? [],
  );
  return [
    ...[...hidden, ...spare].map(({ from, to }): TextEdit => ({
      from,
      to,
      replacement: "",
      what: "footnote that nothing calls",
    })),
    ...[...calls, ...labels].flatMap((token): TextEdit[] => {
      const replacement = String(numbers.get(nameOf(token)));
      if (text.slice(token.from, token.to) === replacement) return [];
      return [{ from: token.from, to: token.to, replacement, what: "footnote's name" }];
    }),
  ];
}
const NOTHING: MarkdownToken = { type: "", from: 0, to: 0, inside: [] };
