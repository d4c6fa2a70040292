import { COURTESY_WORDS } from "./everyday-words.ts";
import { clausesOf, plainWords, wordsOf } from "./own-words.ts";
import type { HeadRead } from "./read-command.ts";
import { isPleased } from "./thanks.ts";
import { asksForWork } from "./work-words.ts";

/** What calls somebody besides courtesy: greetings, and whom else they are for. */
const GREETINGS = new Set(
  (
    "hi hey hello hiya yo dear good morning afternoon evening day team all everyone everybody folks guys ok okay so and also now " +
    "then next hallo moin servus guten morgen tag abend und bonjour salut bonsoir et hola buenas buenos días tardes y ciao " +
    "buongiorno olá oi bom dia hoi goedemorgen hej hei moi god morgon och og hallå привет здравствуйте добрый день доброе утро и " +
    "cześć dzień dobry ahoj dobrý den bună szia merhaba selam günaydın xin chào halo selamat pagi مرحبا السلام عليكم שלום नमस्ते " +
    "你好 您好 大家好 嗨 こんにちは おはよう 안녕 안녕하세요 γεια καλημέρα"
  ).split(" "),
);
/** "You can @porter retry" tells others how it is done; "cc" only shows it to them. */
const TELLS_OTHERS =
  /(?<!\p{L})(?:you|u|we|one|they) (?:can|could|may|might|should|must|need|have)(?!\p{L})|(?<!\p{L})cc(?!\p{L})/u;
/** Words of a sentence that speaks of Porter: who did or will do something, and why. */
const SPEAKS_OF =
  /(?<!\p{L})(?:i|i'll|i've|i'd|we|he|she|they|did|does|do|don't|has|have|had|was|were|will|would|should|could|can|may|might|if|that|because|when|while|which|what|why|how|who|of|by|with|from|as|like|than|hat|haben|wird|warum|weil|dass|wie|als|von|mit|pourquoi|quand|que|comme|de|por|porque|cuando|como|con|почему|когда|что|как)(?!\p{L})/u;
const GOES_ON = /^\s*(?:to|did|does|was|is|has|had|will|would|should|can|could|and|or|for|hat|ist|wird|zu)(?!\p{L})/iu;

/**
 * Whether a command inside its line is meant as one: Porter is called there, and not spoken of. `before` is what stands
 * in front of the mention, `rest` what would be its instructions.
 */
export function isCalled(read: HeadRead, { before, rest }: { before: string; rest: string }): boolean {
  if (before.trim() === "") return true;
  const plain = plainWords(before.replace(/@[\w/-]+/g, " "));
  // Behind punctuation something new begins.
  const last = /[,.:;!?()…，。：；！？、（]\s*$/u.test(plain) ? "" : (clausesOf(plain).at(-1) ?? "");
  const calls =
    !TELLS_OTHERS.test(last) && wordsOf(last).every((word) => COURTESY_WORDS.has(word) || GREETINGS.has(word));
  if (read.kind !== "start") return calls;
  if (!/\p{L}/u.test(rest)) return calls && !isPleased(plain) && !/(?<!\p{L})cc(?!\p{L})/u.test(plain);
  if (!asksForWork(rest)) return false;
  return calls || (!SPEAKS_OF.test(last) && !GOES_ON.test(rest));
}
