import clsx from "clsx";
import type { ReactNode } from "react";
import { ScrollBox } from "@/components/ui/scroll-box";
import { highlightLine, languageOf } from "./highlight";
import { type DiffLine, type DiffHunk, notesOf, parsePatch, splitRows } from "./patch";
import { withoutTurns } from "./terminal-text";

const TOKENS = {
  plain: undefined,
  keyword: "text-code-keyword",
  string: "text-code-string",
  comment: "text-faint italic",
  number: "text-code-number",
  name: "text-code-name",
};
const GROUND = { " ": "", "+": "bg-good-wash", "-": "bg-bad-wash" };
const SIGN = { " ": "", "+": "text-good", "-": "text-bad" };

type DiffProps = {
  path: string;
  patch: string;
  /** It is the beginning of one only. */
  isCut?: boolean | undefined;
  /** What there is to say besides its lines; by default what git wrote above them. */
  notes?: readonly string[] | undefined;
  layout?: "unified" | "split";
  maxLines?: number;
  /** Where the lines past `maxLines` are. */
  more?: ReactNode;
};

/** A diff of one file with numbers and syntax colours. Signs stand in the text too: colour says nothing alone. */
export default function DiffView({
  path,
  patch,
  isCut = false,
  notes,
  layout = "unified",
  maxLines = Infinity,
  more,
}: DiffProps) {
  const all = parsePatch(patch);
  const hunks = firstLines(all, maxLines);
  const hidden = countLines(all) - countLines(hunks);
  const said = notes ?? notesOf(patch, isCut);
  const code = codeOf(path);
  return (
    <>
      {said.length === 0 ? null : <p className="bg-sunken px-3 py-1 text-xs text-soft">{said.join(" · ")}</p>}
      {hunks.length === 0 ? null : (
        <ScrollBox label={`Changes of ${path}`} className="font-mono text-xs leading-[18px]">
          <table className="w-full border-collapse">
            <caption className="sr-only">Changes of {path}</caption>
            <tbody>
              {hunks.map(({ header, lines }, index) => [
                index === 0 && header === "" ? null : (
                  <tr key={`h${index}`} className="bg-sunken text-faint">
                    <td colSpan={6} className="px-3 py-0.5">
                      ⋯ {header}
                    </td>
                  </tr>
                ),
                ...(layout === "split"
                  ? splitRows(lines).map((row, rowIndex) => (
                      <tr key={`${index}.${rowIndex}`}>
                        <SplitSide line={row.left} side="old" code={code} />
                        <SplitSide line={row.right} side="new" code={code} />
                      </tr>
                    ))
                  : lines.map((line, lineIndex) => (
                      <tr key={`${index}.${lineIndex}`} className={GROUND[line.sign]}>
                        <Numbered number={line.old} className="max-sm:hidden" />
                        <Numbered number={line.new} />
                        <Sign sign={line.sign} />
                        <td className="pr-4 whitespace-pre">{code(line)}</td>
                      </tr>
                    ))),
              ])}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {hidden === 0 ? null : (
        <p className="bg-sunken px-3 py-1 text-xs text-soft">
          {hidden.toLocaleString("en")} more line{hidden === 1 ? "" : "s"} {more}
        </p>
      )}
      {hidden > 0 || !isCut ? null : (
        <p className="bg-sunken px-3 py-1 text-xs text-soft">Too long for the log: the rest is in the commit only</p>
      )}
    </>
  );
}

const countLines = (hunks: readonly DiffHunk[]): number => hunks.reduce((sum, { lines }) => sum + lines.length, 0);

/** Draws a line of a file with its colours, and what of it nobody sees. */
function codeOf(path: string) {
  const language = languageOf(path);
  return ({ text, sign, isOpenEnd }: DiffLine): ReactNode => {
    const isCarriage = text.endsWith("\r");
    return (
      <>
        {highlightLine(withoutTurns(isCarriage ? text.slice(0, -1) : text), language).map((token, index) => (
          <span key={index} className={TOKENS[token.is]}>
            {token.text}
          </span>
        ))}
        {isCarriage && sign !== " " ? (
          <span className="pl-2 font-sans text-faint select-none" title="Ends with a carriage return and a line feed">
            CRLF
          </span>
        ) : null}
        {isOpenEnd ? <span className="pl-2 font-sans text-faint select-none">no line break at the end</span> : null}
      </>
    );
  };
}

/** The hunks cut to so many lines in all. */
function firstLines(hunks: DiffHunk[], maxLines: number): DiffHunk[] {
  const before = hunks.map((_, index) => hunks.slice(0, index).reduce((sum, { lines }) => sum + lines.length, 0));
  return hunks.flatMap((hunk, index) => {
    const lines = hunk.lines.slice(0, Math.max(0, maxLines - (before[index] ?? 0)));
    return lines.length === 0 ? [] : [{ ...hunk, lines }];
  });
}

const Numbered = ({ number, className }: { number: number | null; className?: string }) => (
  <td aria-hidden className={clsx("w-10 min-w-10 px-2 text-right text-faint select-none tabular", className)}>
    {number}
  </td>
);

const Sign = ({ sign }: { sign: DiffLine["sign"] }) => (
  <td className={clsx("w-4 min-w-4 text-center select-none", SIGN[sign])}>{sign === "-" ? "−" : sign.trim()}</td>
);

function SplitSide({
  line,
  side,
  code,
}: {
  line: DiffLine | null;
  side: "old" | "new";
  code: (line: DiffLine) => ReactNode;
}) {
  const ground = line === null ? "bg-sunken" : GROUND[line.sign];
  return (
    <>
      <td
        aria-hidden
        className={clsx(
          "w-10 min-w-10 px-2 text-right text-faint select-none tabular",
          ground,
          side === "new" && "border-l border-line",
        )}
      >
        {line?.[side]}
      </td>
      <td className={clsx("w-4 min-w-4 text-center select-none", ground, line !== null && SIGN[line.sign])}>
        {line === null ? "" : line.sign === "-" ? "−" : line.sign.trim()}
      </td>
      <td className={clsx("w-1/2 pr-4 whitespace-pre", ground)}>{line === null ? "" : code(line)}</td>
    </>
  );
}
