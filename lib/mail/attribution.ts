/** Words for "wrote" in the line that mail programs put above an original; with a date and a colon they are one. */
const WROTE = new RegExp(
  [
    "wrote",
    "writes",
    "schrieb",
    "geschrieben",
    "a écrit",
    "écrit",
    "escribió",
    "escrib[ei]u?",
    "escreveu",
    "ha scritto",
    "scrive",
    "schreef",
    "napisał(?:a|\\(a\\))?",
    "napisan[ae] przez",
    "pisze",
    "skrev",
    "skrifaði",
    "kirjoitti",
    "napsala?",
    "napísala?",
    "пишет",
    "писал",
    "написала?",
    "написа",
    "пише",
    "написав",
    "написала",
    "έγραψε",
    "a scris",
    "ezt írta",
    "írta",
    "şunu yazdı",
    "yazdı",
    "đã viết",
    "menulis",
    "va escriure",
    "idatzi zuen",
    "je napisao",
    "je napisala",
    "je napisal",
    "napisao",
    "rašė",
    "rakstīja",
    "kirjutas",
    "写道",
    "寫道",
    "のメッセージ",
    "書きました",
    "のメール",
    "님이 작성",
    "작성",
    "씀",
    "เขียนว่า",
    "כתב",
    "כתבה",
    "מאת",
    "كتب",
    "نوشت",
    "ने लिखा",
    "লিখেছেন",
  ].join("|"),
  "iu",
);

/** An address, also as GitHub shows it in comments that came by mail: `***@***.***>`. */
const ADDRESS = /[^\s<>@]+@[^\s<>@]+|\*{2,}@/u;

/** A year, a time of day or a short date, in any order and script. */
const DATE = /\b(?:19|20)\d{2}(?!\d)|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}(?!\d)|\d{1,2}\s?[年月日년월일]/u;

const MAX_LENGTH = 320;

/** `Mona <mona@example.com> writes:`, as Emacs has it: no date, and nothing behind. */
const NAMED = new RegExp(
  `^\\p{L}[^.!?:@]{1,60}[\\s<(](?:${ADDRESS.source})>?,? (?:wrote|writes|schrieb|schreibt|a écrit|escribió|écrit)\\s?:$`,
  "iu",
);

/** `понедельник, 30 ноября 2026 г. в 09:14:22 UTC+3, Mona Lisa:`, as Google Groups has it in some languages. */
const DATED =
  /^(?:\p{L}+[.,]{1,2} ?|\d)[^:]{0,40}(?:19|20)\d{2}[^:]{0,12}\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)? (?:UTC|GMT)[+\u2212-]?\d{0,2}(?::?\d{2})?,? [\p{L}\p{N}][\p{L}\p{N}.'’ _-]{0,60}\s?:$/u;

/**
 * Whether a text of one to three lines is what mail programs write above an original (`On … wrote:`, `Am … schrieb
 * …:`, `2026年1月5日 10:12 octocat <…>:`): a date, and an address or a word for "wrote", with a colon at the end.
 */
export function isAttribution(text: string): boolean {
  const line = text.replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim();
  if (line.length > MAX_LENGTH || !/[:：]\s?[*_]{0,2}$/.test(line)) return false;
  if (NAMED.test(line) || DATED.test(line)) return true;
  return DATE.test(line) && (WROTE.test(line) || ADDRESS.test(line));
}
