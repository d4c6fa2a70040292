import { AGENT_IDS } from "../agents.ts";

/** Verbs as requests have them: "fixed it" and "looks fine" only tell something. */
export const ENGLISH_VERBS = new Set(
  (
    "add adapt adjust allow alter analyse analyze append apply attach avoid backport bench benchmark build bump capture " +
    "catch center centre change check clean clear close collapse collect compare compress compute configure connect consider " +
    "convert copy correct cover create cut debug decouple dedupe define delay delete deprecate derive " +
    "detect disable display do document downgrade drop duplicate edit enable enforce ensure escape exclude expand export " +
    "expose extend extract fetch filter find fix flag follow format generate give guard handle help hide " +
    "ignore implement import improve include increase inline insert inspect install integrate introduce investigate keep " +
    "limit link lint load lock log lower make mark merge migrate minify mock modify move normalise normalize open " +
    "optimise optimize paginate parse patch pin polish port prefer prevent print profile propose publish push put " +
    "raise rebase redo reduce refactor refine reformat refresh regenerate reimplement reject reload remove rename reopen reorder " +
    "replace report reproduce require reset resolve respect restore restrict restructure return reuse revert rework rewrite " +
    "rotate round run sanitise sanitize scan separate set show simplify skip solve sort speed split squash store " +
    "stub suggest support swap switch test throw tidy tighten toggle track transform translate trim try turn tweak type undo " +
    "uninstall unify update upgrade upload use validate verify wait warn wire wrap write"
  ).split(" "),
);

/** What may stand before a verb that begins its clause. */
const LEADS = new Set(
  (
    "please pls plz kindly and also then now next just but so or ok okay yes yeah yep no nope hi hey hello sorry actually " +
    "instead maybe perhaps again too still first finally additionally thanks thank-you thx great good nice cool perfect lgtm " +
    `porter ${AGENT_IDS.join(" ")} let's lets to you u let us`
  ).split(" "),
);

/** Words that ask somebody for something, at most four words before the verb. */
const ASKS = new Set("should must shall please pls need needs want wants ought".split(" "));
/** These only with whom they ask behind them: "could you", "can this"; "you can close it" lets somebody do it. */
const ASKS_WHOM = new Set("can could would like".split(" "));
const ASKED = new Set(["you", "u", "we", "it", "this", "that", "porter", ...AGENT_IDS]);
/** Of these, the ones that tell what their speaker does: "I can merge it". */
const OWN_WITH_I = new Set("should must shall".split(" "));

/** Before a noun, whatever the noun is as well: "the fix", "your change", "great work". */
const BEFORE_NOUN = new Set(
  (
    "the a an your my our their its his her for of on in with from by good great nice any no some more each every one these " +
    "those other another last first next new old quick small little tiny whole this that which at as is are was were i"
  ).split(" "),
);

/** Behind a noun that is as well a verb: "test is green", "build passes". */
const BEHIND_NOUN = new Set(
  "is are was were has have had works work worked passes passed looks look seems did does went enough question questions wanted needed".split(
    " ",
  ),
);

/** What begins as a request does and asks for no work. */
const IDIOMS =
  /^(?:keep (?:it|this|that) (?:up|going|coming)|keep (?:up|going|rocking)|keep (?:me|us) (?:posted|updated)|let (?:me|us know|'s)|let's (?:go|merge|ship|close|see|wait|talk|hope)|make(?:s)? sense|go (?:team|porter|bot)|do (?:not|n't|you|we|they|i)|get well|give (?:me|us) a (?:minute|moment|sec|second|day)|wait|check(?:s)? out|try harder|help(?:s)? a lot|ignore (?:this|that|it|me|my|the (?:last|previous|above))|mark my words|give yourself|drop the mic|keep calm|set phasers|add me|open (?:since|for)|test coverage)(?!\p{L})/u;
const CHEERS = new RegExp(`^go (?:${AGENT_IDS.join("|")})(?!\\p{L})`, "u");
const isIdiom = (text: string): boolean => IDIOMS.test(text) || CHEERS.test(text);
/** "That should do it", "this should fix it" tell what their speaker hopes. */
const HOPES =
  /(?<!\p{L})(?:this|that|it) (?:should|could|can|must) (?:now )?(?:do|fix|solve|resolve|help|cover|go|merge)(?!\p{L})/u;

const QUESTION =
  /^(?:(?:and|but|so|ok|then) )?(?:what|how|why|when|where|who|which|whose|is|are|was|were|did|does|has|have|had)(?:'s)?(?= )/u;

/** Whether the words of one clause ask for work, in English. */
export function isEnglishRequest(words: readonly string[]): boolean {
  const clause = words.join(" ");
  // A question is answered by words.
  if (HOPES.test(clause) || QUESTION.test(clause) || isIdiom(clause)) return false;
  return words.some((word, index) => ENGLISH_VERBS.has(word) && isRequest(words, index));
}

function isRequest(words: readonly string[], index: number): boolean {
  // A verb alone, however often, says nothing of what is to be done.
  if (words.every((word) => word === words[index]) || isTold(words, index) || isIdiom(words.slice(index).join(" ")))
    return false;
  const before = words[index - 1];
  if (BEHIND_NOUN.has(words[index + 1] ?? "")) return false;
  if (words.slice(0, index).every((word) => LEADS.has(word))) return !isPraise(words, index);
  if (before === undefined || BEFORE_NOUN.has(before)) return false;
  return words.slice(Math.max(0, index - 4), index).some((word, offset, near) => {
    const at = Math.max(0, index - 4) + offset;
    if (word === "could" && /\bif you $/.test(`${words.slice(0, at).join(" ")} `)) return true;
    if (ASKS_WHOM.has(word)) return ASKED.has(near[offset + 1] ?? "");
    const isOwn = words[at - 1] === "i" && (OWN_WITH_I.has(word) || near[offset + 1] === "to");
    return ASKS.has(word) && !isOwn && words[at - 1] !== "no";
  });
}

/** "Great fix", "nice work": the word before speaks of it. */
const isPraise = (words: readonly string[], index: number): boolean =>
  /^(?:great|good|nice|cool|perfect)$/.test(words[index - 1] ?? "");

/** "Fix confirmed", "clean change": two words that tell something. */
const isTold = (words: readonly string[], index: number): boolean =>
  index === 0 &&
  words.length === 2 &&
  /ed$|^(?:change|changes|fix|work|code|refactor|review|patch|diff|solution|job)$/.test(words[1] ?? "") &&
  /^(?:fix|update|patch|build|test|release|change|clean|clear|run|merge|upgrade|rework|cleanup)$/.test(
    words[0] ?? "",
  ) &&
  !(words[0] === "fix" && words[1] === "code");
