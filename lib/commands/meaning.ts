import { AGENT_IDS } from "../agents.ts";
import {
  ASSENT_WORDS,
  COURTESY_WORDS,
  DENIAL_WORDS,
  HELP_WORDS,
  RETRY_HELPERS,
  RETRY_WORDS,
  STATUS_WORDS,
  STOP_WORDS,
  TALK_FILLERS,
  TALK_WORDS,
} from "./everyday-words.ts";
import { clausesOf, ownWords, plainWords, wordsOf } from "./own-words.ts";
import { spacelessMeaning } from "./spaceless.ts";
import { asksAgain, asksPlainly } from "./again.ts";
import { isThanks } from "./thanks.ts";
import { asksForWork } from "./work-words.ts";

/**
 * What instructions come to: `stop` and `retry` only end things or begin them again (`isShort`: in at most six
 * words); `talk` only thanks, praises, greets or tells what its writer does; `question` only asks what was done or
 * how far it is; everything else is `work`.
 */
export type Meaning =
  | { kind: "stop" | "retry"; isShort: boolean }
  | { kind: "help" }
  | { kind: "talk" }
  | { kind: "question" }
  | { kind: "work" };

const MAX_WORDS = 6;
/** Longer texts say more than thanks. */
const MAX_LENGTH = 400;

export function meaningOf(instructions: string): Meaning {
  const own = ownWords(instructions);
  if (own.length > MAX_LENGTH) return { kind: "work" };
  const text = plainWords(own);
  const clauses = clausesOf(text);
  const whole = ofWords(
    wordsOf(text),
    clauses.some(asksAgain) && !(/[?？؟]\s*$/u.test(text) && !clauses.some(asksPlainly)),
  );
  if (whole) return whole;
  if (clauses.length > 0 && clauses.every((clause) => ASKS_FOR_HELP.test(clause.trim()))) return { kind: "help" };
  const gists = new Set(clauses.map(ofClause));
  if (!gists.has("work")) return { kind: gists.has("question") ? "question" : "talk" };
  // Who begins with thanks goes on with it, unless they plainly ask for something.
  if (SPEAKS_OF_PORTER.test(text) && !/[?？؟]/u.test(text) && !asksForWork(instructions)) return { kind: "talk" };
  const beginning = wordsOf(clauses[0] ?? "")
    .slice(0, 4)
    .join(" ");
  if (isThanks(beginning) && !asksForWork(instructions)) return { kind: "talk" };
  return signedWithName(own);
}

/** Whether words of talk answer a question with yes or no; "no, thanks" and "ok, thanks" end it. */
export function isAnswer(instructions: string): boolean {
  const words = wordsOf(instructions.toLowerCase().normalize("NFKC"));
  if (/^(?:はい|いいえ|好的?|是的?|对|對|可以|不|不是|お願いします)[。！!.]?$/u.test(instructions.trim())) return true;
  if (ASSENT_WORDS.has(words[0] ?? "") && !/^ok(?:a|e)?y?$/.test(words[0] ?? "")) return true;
  const isPart = (word: string) => ASSENT_WORDS.has(word) || DENIAL_WORDS.has(word) || TALK_FILLERS.has(word);
  return words.length > 0 && words.every(isPart);
}

/** "Thanks!" and below it the name of who says so. */
function signedWithName(instructions: string): Meaning {
  const signed = /^([\s\S]*\S)[ \t]*\n\s*[-–—~]{0,2} ?\p{Lu}[\p{L}.'-]{0,20}(?: \p{Lu}[\p{L}.'-]{0,20}){0,2}\s*$/u.exec(
    instructions,
  );
  const before = signed?.[1] === undefined ? { kind: "work" as const } : meaningOf(signed[1]);
  return before;
}

const isHelp = (word: string): boolean => HELP_WORDS.has(word) || COURTESY_WORDS.has(word);

/** A whole text that only ends things, or only begins them again. */
function ofWords(words: readonly string[], retries: boolean): Meaning | null {
  const isShort = words.length <= MAX_WORDS;
  const alone = words.length === 1 ? spacelessMeaning(words[0] ?? "") : spacelessMeaning(words.join(""));
  if (alone === "stop" || alone === "retry") return { kind: alone, isShort: true };
  const stops = words.some((word) => STOP_WORDS.has(word));
  if (isShort && words.some((word) => HELP_WORDS.has(word)) && words.every(isHelp)) return { kind: "help" };
  if (stops && words.every((word) => STOP_WORDS.has(word) || COURTESY_WORDS.has(word)))
    return { kind: "stop", isShort };
  const isRetry = (word: string) => RETRY_WORDS.has(word) || RETRY_HELPERS.has(word) || COURTESY_WORDS.has(word);
  if (retries && !stops && words.every(isRetry)) return { kind: "retry", isShort };
  return null;
}

/** "nice work", "great fix": praise of a thing. */
const PRAISED =
  /\b(nice|great|good|awesome|excellent|amazing|clean|quick|solid|perfect) (?:quick |little )?(?:fix|fixes|work|job|patch|pr|solution|change|changes|refactor\w*|catch|one|implementation|tests?|run|try|effort|call|thinking|result)\b/g;
/** "all set", "good to go". */
const ALL_WELL = /\b(?:all|good|ready) (?:set|to go|to merge)\b/g;
const THANKS_FOR =
  /^(?:many |ok |great |and )?(?:thanks?(?: you)?(?: so much| a lot| very much)?|thx|ty|vielen dank|danke|merci(?: beaucoup)?|(?:muchas )?gracias|obrigad[oa]|grazie(?: mille)?|bedankt|dzięki|спасибо|tack|kiitos) (?:for|für|pour|d'|de |por|pela|pelo|per|voor|za|за|för|for )/u;
const SAYS_OWN =
  /^(?:ok |then |so )?(?:i'll|i will|we'll|we will|let me|i am going to|i'm going to|(?:i|we)(?:'ve| have)? (?:just |already )?(?:merged|reviewed|tested|checked|approved|closed|deployed|shipped|fixed|did|done|tried|verified|pushed|released))\b/;
const SUBJECT = `(?:you|it|this|that|everything|porter|${AGENT_IDS.join("|")}|(?:the|your|my) (?:run|task|fix|pr|pull request|change|changes|work|tests?|branch|agent|bot|job))`;
const ASKS = [
  // "what did you change", "which files have you touched", "did you run the tests", "has it finished"
  `^(?:so |and |ok |hey |but )?(?:(?:what|which|why|how|when|where|who)(?: \\S+){0,2} )?(?:did|have|has|had) ${SUBJECT}\\b`,
  `^(?:so |and |ok |hey |but )?(?:is|are|was|were) ${SUBJECT} (?:all |already |still |now |even )?(?:done|finished|ready|there|working|running|stuck|ok|okay|alive|sure|fixed|merged|over|safe|complete|completed|live|on it|tested)\\b`,
  "^what(?:'s| is| was| has)? (?:the )?(?:status|progress|eta|changed|new|done|been (?:done|changed))\\b",
  "^(?:what|which files?) (?:changed|was changed|were changed|has changed|happened)\\b",
  `^(?:how|when|what|why)(?:'s| is| are| will| was) ${SUBJECT}(?: be)? (?:going|doing|done|ready|finished|taking|coming along|up|up to)\\b`,
  "^how (?:long|far|much longer)\\b",
  "^where(?:'s| is| are) (?:the|my|your) (?:pr|pull request|branch|result|changes?|fix)\\b",
  "^who are you\\b|^what are you(?: doing)?\\b|^are you\\b(?! able)",
  "^was (?:hast du|haben sie|hat sich|wurde|ist)\\b|^hast du\\b|^bist du\\b|^wie weit\\b|^ist (?:es|das) (?:schon )?fertig\\b|^wann\\b.*\\bfertig\\b|^welche dateien hast\\b",
  "^qu'(?:as-tu|avez-vous|est-ce que tu as)\\b|^as-tu\\b|^avez-vous\\b|^(?:c'est|est-ce) (?:prêt|fini|terminé)\\b|^où en (?:es-tu|est)\\b|^tu as (?:changé|modifié|fait)\\b",
  "^¿?qué (?:has|cambiaste|hiciste|modificaste|cambió)\\b|^¿?(?:has|ya) (?:terminado|está|terminaste)\\b|^¿?cómo va\\b|^o que (?:você|foi|mudou)\\b|^você (?:já )?(?:terminou|mudou)\\b",
  "^(?:che )?cosa (?:hai|è)\\b|^hai (?:finito|cambiato|testato)\\b|^wat heb (?:je|jij)\\b|^ben je klaar\\b|^heb je\\b|^co (?:zmieniłeś|zmieniłaś|zrobiłeś|zostało)\\b|^czy (?:to )?(?:gotowe|skończyłeś)\\b",
  "^¿?(?:cuánto|cuanto|quanto) (?:falta|tiempo|tempo)\\b|^¿?(?:ya )?está (?:listo|hecho)\\b|^(?:a )?che punto sei\\b|^è (?:pronto|finito)\\b|^já (?:terminou|acabou|está)\\b|^como (?:está|vai)(?: indo)?\\b",
  "^как (?:дела|успехи|идёт|идет|продвигается)\\b|^(?:сколько|долго) (?:ещё|еще|осталось)\\b|^(?:ты |вы )?(?:уже )?(?:закончил|закончила|закончили)\\b|^(?:ile|jak długo) jeszcze\\b|^jak (?:idzie|postępy)\\b|^hoe (?:ver|lang|gaat)\\b",
  "^är du\\b|^hur (?:går|långt|lång tid|länge)\\b|^er du ferdig\\b|^er du færdig\\b|^(?:bitti|hazır|oldu) mı?i?\\b|^ne (?:kadar sür|durumda|zaman biter)|^wie (?:lange|weit)\\b|^(?:encore )?combien de temps\\b|^oletko valmis\\b",
  "^что (?:ты |вы )?(?:изменил|изменила|изменилось|сделал|сделано|поменял|изменили)\\b|^(?:уже )?готово\\b|^vad har du\\b|^hva (?:har|gjorde) du\\b|^hvad har du\\b|^mitä (?:muutit|teit)\\b|^ne(?:yi)? değiştirdin\\b|^co (?:jsi|se) (?:změnil|změnilo)\\b",
  "(?:무엇을|뭘|뭐를|무슨) ?(?:변경|바꿨|수정|했)|^(?:다 )?(?:됐어|끝났어|완료)",
].map((pattern) => new RegExp(pattern.replaceAll("\\b", "(?![\\p{L}\\p{N}])"), "u"));

/** "@porter is great", "@porter did this": the mention is what the sentence is about. */
const SPEAKS_OF_PORTER =
  /^\s*(?:is|isn't|was|has|had|did|didn't|does|doesn't|will|won't|can't|cannot|seems|looks|keeps|broke|failed|made|opened|wrote|changed|deleted|ist|war|hat|wird|est|était|está|estaba|sembra)(?!\p{L})/u;

/** "What can you do?", "how does this work?" */
const ASKS_FOR_HELP =
  /^(?:what (?:can|could) (?:you|porter|i) (?:do|ask|say)|how (?:do|can|should|would) (?:i|we|you) (?:use|call|run|start) (?:you|this|it|porter|this bot|the bot)|how (?:do|does) (?:you|this|it|porter|this bot) work|what (?:commands|agents|flags|options|verbs)(?: \S+){0,4})$/u;

function ofClause(clause: string): "talk" | "question" | "work" {
  const text = clause.trim().replace(PRAISED, "$1").replace(ALL_WELL, "good");
  const words = wordsOf(text);
  const spaceless = spacelessMeaning(words.join(""));
  if (spaceless === "talk" || spaceless === "question") return spaceless;
  if (THANKS_FOR.test(text) || SAYS_OWN.test(text)) return "talk";
  if (ASKS.some((pattern) => pattern.test(text))) return "question";
  const isKnown = (word: string) =>
    TALK_WORDS.has(word) || TALK_FILLERS.has(word) || STATUS_WORDS.has(word) || /^[+-]?\d+$/.test(word);
  if (!words.every(isKnown)) return "work";
  const asks =
    words.some((word) => STATUS_WORDS.has(word) && !TALK_WORDS.has(word)) || / ?\bany (?:update|news)/.test(text);
  if (asks) return "question";
  return words.some((word) => TALK_WORDS.has(word) || /^\+\d+$/.test(word)) ? "talk" : "work";
}
