import { RETRY_HELPERS, RETRY_WORDS } from "./everyday-words.ts";
import { wordsOf } from "./own-words.ts";
import { isThanks } from "./thanks.ts";

/** Words for "again": beside thanks ("thanks again") or surprise ("oh no, again") they ask for nothing. */
const AGAIN = new Set(
  (
    "again another once more nochmal nochmals erneut noch einmal encore nouveau nuevo otra nuevamente novamente novo nuovo ancora nog " +
    "nogmaals opnieuw ponownie jeszcze снова заново ещё еще раз ще daha tekrar yeniden igen igjen uudelleen uudestaan znovu znova újra " +
    "din nou ξανά lại lagi مجددا שוב फिर 다시"
  ).split(" "),
);
/** Of these, the ones that say it only together with another word: "otra vez", "noch einmal". */
const FRAGMENTS = new Set(
  "once more noch einmal nouveau nuevo otra novo nuovo nog ещё еще раз ще daha din nou lại lagi".split(" "),
);
const NOTICES = new Set("no oh oops whoa ah you u hi hey hello yes wait then there i my it that this tu du".split(" "));
const COURTESY = new Set(
  "please pls plz bitte por favor svp stp per favore lütfen proszę пожалуйста graag tack takk prosím now".split(" "),
);

const says = (words: readonly string[]): boolean => words.some((word) => RETRY_WORDS.has(word) && !AGAIN.has(word));

/** Whether a clause has a word for a retry, or tells to do something again. */
export const asksPlainly = (clause: string): boolean => {
  const words = wordsOf(clause);
  return says(words) || (words.some((word) => AGAIN.has(word)) && words.some((word) => RETRY_HELPERS.has(word)));
};

/** Whether a clause asks for a retry, where all of the text has words for nothing else. */
export function asksAgain(clause: string): boolean {
  const words = wordsOf(clause);
  if (says(words)) return true;
  const again = words.filter((word) => AGAIN.has(word));
  if (again.length === 0) return false;
  const helped = words.some((word) => RETRY_HELPERS.has(word) && !AGAIN.has(word));
  if (isThanks(clause) || words.some((word) => NOTICES.has(word))) return helped && !isThanks(clause);
  const rest = words.filter((word) => !COURTESY.has(word));
  return helped || rest.length > 1 || again.some((word) => !FRAGMENTS.has(word));
}
