import { AGENT_IDS, AGENTS } from "../agents.ts";
import { VERBS } from "./command.ts";

/**
 * Ordinary words and names within edit distance 2 of an agent's name (1 of `amp`): at the head of instructions
 * ("cloud sync is broken", "encode the query", "map the errors") they mean themselves.
 */
const ORDINARY_WORDS = new Set(
  (
    "allude blade cause clad clade claque clause clauses clawed cloud clouded clouds cloudy clue clued collude crude " +
    "elude glade lade laud lauded claudia claudio claudius encode opcode opencore " +
    "alp alps am amd ami aml amm amps amqp amr ape api apm app apps arp asp atp camp damp gamp imp lamp map mp ramp tamp vamp"
  ).split(" "),
);

const AGENT_NAMES = AGENT_IDS.flatMap((id) => [...new Set([id, AGENTS[id].settingsKey])]);

/**
 * The edits a word may be away from a name: two, but one for three letters, where two edits leave a
 * single letter in common and `add`, `any` and `all` would all be Amp.
 */
const allowedEdits = (name: string): number => (name.length > 3 ? 2 : 1);

/** The agent that `word` misspells, or null. */
export const nearAgent = (word: string): string | null => nearest(word.toLowerCase(), AGENT_NAMES);

/**
 * A word that in front of other words means itself, however near it is to an agent's name; so do short capitals
 * (`API`, `AMQP`). Alone on its line it cannot be the head of instructions, and the caller does not ask.
 */
export const isOrdinaryWord = (word: string): boolean =>
  ORDINARY_WORDS.has(word.toLowerCase()) || /^[A-Z]{2,4}$/.test(word);

/**
 * The verb that `word` misspells, or null. Only for a word that stands alone: a verb in front of instructions is
 * instructions, and so is a misspelt one ("try the other approach", "step through the parser").
 */
export const nearVerb = (word: string): string | null => nearest(word.toLowerCase(), VERBS);

/** The closest of `names` within its allowed edits; the first of equals. */
export function nearest(word: string, names: readonly string[]): string | null {
  if (!/^[a-z][a-z0-9_-]*$/.test(word)) return null;
  let best: string | null = null;
  let fewest = Infinity;
  for (const name of names) {
    const edits = editDistance(word, name, allowedEdits(name));
    if (edits !== null && edits < fewest) [best, fewest] = [name, edits];
  }
  return best;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment);
 * null above `limit`. Lengths that differ by more than the limit cost nothing.
 */
function editDistance(a: string, b: string, limit: number): number | null {
  if (Math.abs(a.length - b.length) > limit) return null;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      current.push(edits);
    }
    [beforeLast, last] = [last, current];
  }
  const edits = at(last, b.length);
  return edits <= limit ? edits : null;
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
