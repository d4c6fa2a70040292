import { AGENT_IDS, AGENTS, namesOf } from "../agents.ts";
import { VERBS } from "./command.ts";

/** Near to an agent's name, and ordinary: "cloud sync is broken", "encode the query", "map the errors". */
const ORDINARY_WORDS = new Set(AGENT_IDS.flatMap((id) => AGENTS[id].spelling.ordinary.split(" ")));

type Name = { name: string; edits: number };
const AGENT_NAMES = AGENT_IDS.flatMap((id) =>
  namesOf(id).map((name): Name => ({ name, edits: AGENTS[id].spelling.edits })),
);
/** Where nothing else is known of a name: two edits leave a single one of three letters. */
const ofLength = (name: string): Name => ({ name, edits: name.length > 3 ? 2 : 1 });

/** The agent that `word` misspells, or null. */
export const nearAgent = (word: string): string | null => nearestOf(word.toLowerCase(), AGENT_NAMES);

/**
 * A word that in front of other words means itself, however near it is to an agent's name: a listed one, one of three
 * letters (`map`, `tmp`, `amy`), of which any name is too near, or short capitals (`AMQP`). Alone on its line it cannot be
 * the head of instructions, and the caller does not ask.
 */
export const isOrdinaryWord = (word: string): boolean =>
  word.length <= 3 || ORDINARY_WORDS.has(word.toLowerCase()) || /^[A-Z]{4}$/.test(word);

/**
 * The verb that `word` misspells, or null. Only for a word that stands alone: a verb in front of instructions is
 * instructions, and so is a misspelt one ("try the other approach", "step through the parser").
 */
export const nearVerb = (word: string): string | null => nearestName(word.toLowerCase(), VERBS);

/** The closest of `names`, at most one edit away for three letters and two for more; the first of equals. */
export const nearestName = (word: string, names: readonly string[]): string | null =>
  nearestOf(word, names.map(ofLength));

function nearestOf(word: string, names: readonly Name[]): string | null {
  if (!/^[a-z][a-z0-9_-]*$/.test(word)) return null;
  let best: string | null = null;
  let fewest = Infinity;
  for (const { name, edits: most } of names) {
    const edits = editDistance(word, name, most);
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
