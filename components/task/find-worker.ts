// Looks for a reader's own pattern in a thread of its own, because a pattern can take longer than the sun burns: who
// asked ends it then (log-search.ts).
import { findInSlice, patternOf, type Query, SLICE } from "./find-lines";

/** `texts` follow those that came before; a `query` is about all of them and ends the one before. */
export type FindOrder = { texts: string[] } | { id: number; query: Query };
/** What one slice has. `isEnd`: it was the last one. The first answer, of no query (0), says that the worker listens. */
export type FindAnswer = { id: number; indexes: number[]; isEnd: boolean };

const lines: string[] = [];
let current = 0;

addEventListener("message", ({ data }: MessageEvent<FindOrder>) => {
  if ("texts" in data) {
    for (const text of data.texts) lines.push(text);
    return;
  }
  current = data.id;
  const pattern = patternOf(data.query);
  const look = (start: number): void => {
    if (data.id !== current || pattern === null) return;
    const end = Math.min(lines.length, start + SLICE);
    const indexes = findInSlice(pattern, start, { end, text: (index) => lines[index] ?? "" });
    postMessage({ id: data.id, indexes, isEnd: end >= lines.length } satisfies FindAnswer);
    if (end < lines.length) setTimeout(look, 0, end);
  };
  look(0);
});

postMessage({ id: 0, indexes: [], isEnd: false } satisfies FindAnswer);
