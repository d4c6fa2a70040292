/** Longer than a question that a person would answer in a comment; the rest is on the task's page. */
const MOST_CHARS = 1000;

/** Ends in a question mark of any script, perhaps inside of emphasis, quotes or brackets. */
const QUESTION = /[?？؟;՞]["'”’»*_`)\]]*$/u;
const ASKS_FOR =
  /\b(?:please|could you|can you) (?:\w+ )?(?:clarify|specify|confirm|choose|decide|provide|answer|pick|share|tell me|advise)\b|\blet me know (?:which|what|whether|how|where|who|your)\b|(?<!\p{L})(?:bitte (?:sag\p{L}*|nenn\p{L}*|bestätig\p{L}*|teil\p{L}* mir|gib mir|klär\p{L}*|wähl\p{L}*)|(?:merci de|veuillez) (?:me )?(?:préciser|confirmer|indiquer|choisir)|dis-moi|dites-moi|por favor,? (?:indica|confirma|aclara|dime|elige|especifica)\p{L}*|dímelo|por favor,? (?:confirme|esclareça|diga|escolha|informe)|per favore,? (?:conferma|chiarisci|dimmi|scegli|indica)|fammi sapere|laat (?:me|mij) weten|proszę (?:o )?(?:potwierdz|wyjaśn|wskaż|wybierz|podaj)\p{L}*|(?:уточните|подтвердите|укажите|сообщите|выберите))(?!\p{L})|教えて(?:ください|下さい)|知らせ(?:てください|下さい|ください)|指定してください|請告訴|请(?:告诉|提供|确认|说明|指定|选择)|알려 ?주세요|말씀해 ?주세요/iu;
/** Good manners at the end of a job: nothing waits for an answer. */
const COURTESY =
  /\b(?:anything else|something else|any (?:other )?questions|(?:further|more|other) (?:help|questions|changes|assistance)|help (?:you )?with|let me know if)\b/i;
/** Nothing but thanks, below a question. */
const THANKS =
  /^(?:many )?(?:thanks|thank you|merci|danke|gracias|ありがとうございます|谢谢)(?: (?:in advance|so much|a lot|again))?[.!]?$/iu;
const LIST_ITEM = /^\s*(?:[-*+•]|\(?[0-9a-zA-Z][.)])\s/;

/**
 * The question that an agent's last message ends with, with the choices under it, or null. What is asked before the
 * end is none: the agent went on without an answer.
 */
export function questionAtEnd(message: string): string | null {
  const paragraphs = message
    .replaceAll(/\r\n?/g, "\n")
    // What only shows something stands between a question and the end.
    .replace(/\n[ \t]*(```|~~~)[^]*?\n[ \t]*\1[ \t]*(?=\n|$)/g, "\n\n")
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
  while (THANKS.test(paragraphs.at(-1) ?? "")) paragraphs.pop();
  const last = paragraphs.at(-1);
  if (last === undefined) return null;
  const items = last.slice(withoutList(last).length);
  const listsQuestions = items.split("\n").some((line) => QUESTION.test(line.trim()));
  if (asks(withoutList(last)) || (listsQuestions && withoutList(last) !== "")) return last.slice(0, MOST_CHARS);
  // Choices in a paragraph of their own.
  const before = paragraphs.at(-2);
  const isList = withoutList(last) === "";
  if (isList && before !== undefined && (listsQuestions || asks(before.replace(/:$/, ""))))
    return `${before}\n\n${last}`.slice(0, MOST_CHARS);
  return isList && listsQuestions ? last.slice(0, MOST_CHARS) : null;
}

/** The lines before a list that ends the paragraph; "" when it is nothing but a list. */
function withoutList(paragraph: string): string {
  const lines = paragraph.split("\n");
  while (LIST_ITEM.test(lines.at(-1) ?? "")) lines.pop();
  return lines.join("\n").trim();
}

function asks(text: string): boolean {
  const line = text.split("\n").at(-1)?.trim() ?? "";
  const last = line.split(/(?<=[.!?。！？؟])\s+/u).at(-1) ?? "";
  if (COURTESY.test(last)) return false;
  return QUESTION.test(line.replace(/:$/, "")) || ASKS_FOR.test(last);
}
