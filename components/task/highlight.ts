/** A piece of a line and what it is. */
export type CodeToken = { text: string; is: "plain" | "keyword" | "string" | "comment" | "number" | "name" };

type Language = { comment: RegExp; keywords: ReadonlySet<string> };

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const C_LIKE =
  "if else for while do switch case default break continue return new delete this class extends implements interface enum public private protected static final abstract void int long float double char bool boolean true false null struct union typedef const sizeof try catch finally throw throws import package using namespace template typename virtual override";
const SCRIPT =
  "if else for while do switch case default break continue return new delete this class extends implements interface enum public private protected static readonly abstract void true false null undefined const let var function async await yield import export from as type of in instanceof typeof try catch finally throw satisfies declare keyof infer super get set";
const SLASHES = /\/\/.*|\/\*.*?(?:\*\/|$)/y;
const HASH = /#.*/y;
const LANGUAGES: [RegExp, Language][] = [
  [/\.[cm]?[jt]sx?$/, { comment: SLASHES, keywords: words(SCRIPT) }],
  [/\.(?:jsonc?|json5)$/, { comment: SLASHES, keywords: words("true false null") }],
  [
    /\.py$/,
    {
      comment: HASH,
      keywords: words(
        "if elif else for while break continue return def class import from as with try except finally raise lambda yield async await pass True False None and or not in is global nonlocal del assert match case self",
      ),
    },
  ],
  [
    /\.(?:rb|rake)$|Gemfile$/,
    {
      comment: HASH,
      keywords: words(
        "if elsif else unless end for while until break next return def class module require include extend attr_accessor do begin rescue ensure raise yield true false nil and or not in self then case when",
      ),
    },
  ],
  [
    /\.go$/,
    {
      comment: SLASHES,
      keywords: words(
        "if else for range switch case default break continue return func type struct interface map chan go defer select package import const var true false nil make new append len cap error string int bool byte",
      ),
    },
  ],
  [
    /\.rs$/,
    {
      comment: SLASHES,
      keywords: words(
        "if else for while loop match break continue return fn struct enum impl trait pub use mod crate self Self super let mut const static ref move async await where type dyn unsafe as in true false Some None Ok Err",
      ),
    },
  ],
  [
    /\.(?:sh|bash|zsh|ya?ml|toml|ini|env|conf)$|Dockerfile$|Makefile$/,
    {
      comment: HASH,
      keywords: words(
        "if then else elif fi for in do done while case esac function return export local true false null FROM RUN COPY CMD ENV WORKDIR ENTRYPOINT USER ARG",
      ),
    },
  ],
  [
    /\.(?:java|kt|swift|c|h|cc|cpp|hpp|cs|scala|dart|php)$/,
    {
      comment: SLASHES,
      keywords: words(
        `${C_LIKE} fun val var when object func let guard struct protocol extension def trait match yield echo function foreach`,
      ),
    },
  ],
  [
    /\.(?:css|scss|less)$/,
    {
      comment: /\/\*.*?(?:\*\/|$)|\/\/.*/y,
      keywords: words("important media import layer supports keyframes apply theme"),
    },
  ],
  [
    /\.sql$/i,
    {
      comment: /--.*/y,
      keywords: words(
        "select from where and or not insert into values update set delete create table index alter add drop join left right inner outer on as order by group having limit null is in exists distinct union SELECT FROM WHERE AND OR NOT INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE INDEX ALTER ADD DROP JOIN LEFT RIGHT INNER OUTER ON AS ORDER BY GROUP HAVING LIMIT NULL IS IN EXISTS DISTINCT UNION",
      ),
    },
  ],
];

const STRING = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?/y;
const NUMBER = /\b(?:0x[\da-f]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)\b/iy;
const WORD = /[A-Za-z_$][\w$]*/y;
/** How a line within a block comment begins where people write them by hand. */
const IN_COMMENT = /^\s*\*(?:[\s/]|$)/;
/** A line longer than this is data. */
const MAX_LINE = 600;

export const languageOf = (path: string): Language | null => LANGUAGES.find(([name]) => name.test(path))?.[1] ?? null;

/**
 * The pieces of one line, by itself: a string over several lines is known by its first one only, a block comment by the
 * stars that its lines begin with.
 */
export function highlightLine(line: string, language: Language | null): CodeToken[] {
  if (language === null || line.length > MAX_LINE) return [{ text: line, is: "plain" }];
  if (language.comment === SLASHES && IN_COMMENT.test(line)) return [{ text: line, is: "comment" }];
  const tokens: CodeToken[] = [];
  const push = (text: string, is: CodeToken["is"]) => {
    const last = tokens.at(-1);
    if (last?.is === is && is === "plain") last.text += text;
    else tokens.push({ text, is });
  };
  for (let index = 0; index < line.length;) {
    const at = (pattern: RegExp) => {
      pattern.lastIndex = index;
      return pattern.exec(line)?.[0];
    };
    const comment = at(language.comment);
    const string = comment === undefined ? at(STRING) : undefined;
    const number = comment === undefined && string === undefined ? at(NUMBER) : undefined;
    const word = at(WORD);
    if (comment !== undefined) push(comment, "comment");
    else if (string !== undefined) push(string, "string");
    else if (number !== undefined) push(number, "number");
    else if (word !== undefined)
      push(word, language.keywords.has(word) ? "keyword" : line[index + word.length] === "(" ? "name" : "plain");
    else push(line[index] ?? "", "plain");
    index += (comment ?? string ?? number ?? word ?? " ").length || 1;
  }
  return tokens;
}
