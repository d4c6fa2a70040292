import type { Query } from "./find-lines";
import type { SearchResult } from "./log-search";

/** `of`: the query that found it. */
type Result = { of: Query; problem: "no_pattern" | "too_slow" | null; found: readonly number[] };
/** `chosen`: index in what was found, -1 before the reader went to one. */
export type FindState = { query: Query; result: Result; chosen: number };

const NOTHING: Result = { of: { text: "", isRegex: false }, problem: null, found: [] };
export const NO_FIND: FindState = { query: NOTHING.of, result: NOTHING, chosen: -1 };

export const withText = (state: FindState, text: string): FindState => ({
  ...state,
  query: { ...state.query, text },
  chosen: -1,
});
export const withPattern = (state: FindState, isRegex: boolean): FindState => ({
  ...state,
  query: { ...state.query, isRegex },
});
export const withAnswer = (state: FindState, of: Query, answer: SearchResult): FindState => ({
  ...state,
  result: answer.is === "found" ? { of, problem: null, found: answer.indexes } : { of, problem: answer.is, found: [] },
});

/** What the reader sees: of a query without text nothing. `isLooking`: what is shown is of another query. */
export function shownOf({ query, result, chosen }: FindState) {
  const { of, problem, found } = query.text === "" ? NOTHING : result;
  const isLooking = query.text !== "" && (of.text !== query.text || of.isRegex !== query.isRegex);
  return { problem, found, isLooking, chosen: Math.min(chosen, found.length - 1) };
}

/** Goes round; from nowhere to the first, or to the last. The same state where nothing was found. */
export function stepTo(state: FindState, by: 1 | -1): FindState {
  const { found, chosen } = shownOf(state);
  if (found.length === 0) return state;
  const next = chosen < 0 ? (by === 1 ? 0 : found.length - 1) : (chosen + by + found.length) % found.length;
  return { ...state, chosen: next };
}
