import type { TextEdit } from "../edits";
import { walkTokens, type MarkdownToken } from "@/lib/markdown/tokens";

/** What GitHub draws of code: people see the drawing, and the source says the same. */
const DRAWN = new Set(["mermaid", "geojson", "topojson", "stl"]);

/** Commands that only put signs on the page. Any other one may hide what follows it, so its formula is left out. */
const SIGNS = new Set(
  (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi " +
    "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega frac dfrac tfrac sqrt sum prod int iint oint " +
    "lim log ln exp sin cos tan cot min max sup inf det gcd arg dim ker deg cdot times div pm mp ast star circ bullet oplus otimes " +
    "leq le geq ge neq ne equiv approx sim simeq cong propto ll gg subset supset subseteq supseteq in ni notin cup cap setminus " +
    "emptyset varnothing forall exists nexists neg lnot land wedge lor vee implies iff to rightarrow leftarrow Rightarrow Leftarrow " +
    "leftrightarrow Leftrightarrow mapsto longrightarrow infty partial nabla hbar ell Re Im aleph angle perp parallel mid nmid " +
    "dots ldots cdots vdots ddots hat bar vec dot ddot tilde widehat widetilde overline underline overbrace underbrace binom " +
    "text textbf textit mathrm mathbf mathit mathcal mathbb mathsf mathtt operatorname left right big Big bigg Bigg langle rangle " +
    "lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert quad qquad begin end pmod bmod mod prime top bot"
  ).split(" "),
);
const ENVIRONMENTS = /^(?:[pbvBV]?matrix|cases|aligned|align\*?|array|gathered|split|equation\*?)$/;

/** However long. A block of them may hold single dollars; one in a line ends in its paragraph. */
const FORMULA = /\$\$(?:[^$]|\$(?!\$))+\$\$|\$`[^`]+`\$|\$(?=[^\s$])(?:[^$\n]|\n(?!\s*\n))*[^\s$]\$(?!\w)/g;

/** Formulas whose source says more than what is drawn. */
export function formulaEdits(text: string, tokens: readonly MarkdownToken[]): TextEdit[] {
  return formulasOf(text, tokens).flatMap(({ from, to }): TextEdit[] =>
    isPlain(text.slice(from, to)) ? [] : [{ from, to, replacement: "(formula)", what: "formula" }],
  );
}

/** What stays although GitHub shows it otherwise: sources of drawings, and what is folded. */
export function keptAside(
  text: string,
  tokens: readonly MarkdownToken[],
): { diagrams: number; formulas: number; folded: number } {
  let [diagrams, folded] = [0, 0];
  for (const { type, from, to } of walkTokens(tokens)) {
    const source = text.slice(from, to);
    if (type === "codeFencedFenceInfo" && DRAWN.has(source.toLowerCase())) diagrams += 1;
    if (type !== "htmlFlow" && type !== "htmlText") continue;
    folded += source.match(/<details(?![^>]*\bopen\b)[\s/>]/gi)?.length ?? 0;
  }
  return { diagrams, formulas: formulasOf(text, tokens).length, folded };
}

const CODE = new Set(["codeFenced", "codeIndented", "codeText", "htmlText"]);

function formulasOf(text: string, tokens: readonly MarkdownToken[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  const code: MarkdownToken[] = [];
  for (const token of walkTokens(tokens, ({ type }) => type === "codeText")) {
    if (CODE.has(token.type)) code.push(token);
    if (token.type !== "codeFenced") continue;
    const info = [...walkTokens(token.inside)].find(({ type }) => type === "codeFencedFenceInfo");
    const lines = [...walkTokens(token.inside)].filter(({ type }) => type === "codeFlowValue");
    const [first, last] = [lines[0], lines.at(-1)];
    if (info && first && last && text.slice(info.from, info.to).toLowerCase() === "math")
      found.push({ from: first.from, to: last.to });
  }
  // `code` is in the order of the text, and so are the formulas: one look at each.
  let next = 0;
  for (const { 0: source, index } of text.matchAll(FORMULA)) {
    if (!/\\[a-zA-Z]|%/.test(source)) continue;
    while (next < code.length && (code[next]?.to ?? 0) <= index) next += 1;
    const within = code[next];
    const isCode = within !== undefined && within.from < index + source.length && !source.startsWith("$`");
    if (!isCode) found.push({ from: index, to: index + source.length });
  }
  return found;
}

/** Room to the left and the right, in which signs go out of sight or over each other. */
const ROOM = /\\(?:q?quad(?![a-zA-Z])|[!,:;> ])/g;
const MOST_ROOM = 12;

function isPlain(source: string): boolean {
  if (/(?<!\\)%/.test(source) || (source.match(ROOM)?.length ?? 0) > MOST_ROOM) return false;
  const commands = [...source.matchAll(/\\([a-zA-Z]+)\*?/g)].map(([, name]) => name ?? "");
  const environments = [...source.matchAll(/\\(?:begin|end)\s*\{([^}]*)\}/g)].map(([, name]) => name ?? "");
  return commands.every((name) => SIGNS.has(name)) && environments.every((name) => ENVIRONMENTS.test(name));
}
