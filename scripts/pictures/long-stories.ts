// Stories for tests and benches rather than for pictures: one that counts as far as it is let, one that fills a whole
// log.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostileStory } from "./hostile-story.ts";
import type { Beat, Made } from "./stories.ts";

/** Raw lines at the beginning of `counting`. */
export const COUNTING_LINES = 3000;
/** Commands of `counting`, one after the other. */
export const COUNTING_STEPS = 24;
/** So many of them come by themselves. */
export const COUNTED_AT_ONCE = 6;
/** As many lines as an attempt may have. */
const FLOOD_LINES = 100_000;

const COLOURS = [31, 32, 33, 34, 36];
const line = (index: number): Beat => ({
  record: {
    k: "o",
    s: `\u001b[90m${String(index).padStart(6, "0")}\u001b[39m \u001b[${COLOURS[index % COLOURS.length]}mtest\u001b[39m module ${index % 97} of the suite \u001b[2m(${index % 313} ms)\u001b[22m`,
  },
  ms: 0,
});
const lines = (count: number): Beat[] => Array.from({ length: count }, (_, index) => line(index + 1));

const count = (index: number): Beat[] => [
  { record: { k: "c", id: `count_${index}`, tool: "Bash", s: `count ${index}` }, ms: 20, isLetAt: index },
  { record: { k: "o", s: `counted ${index}` }, ms: 0 },
  { record: { k: "r", id: `count_${index}`, ok: true, s: `${index}`, ms: 40 }, ms: 0 },
];

const END: Made["end"] = {
  is: "changed",
  title: "Count to the end",
  summary: "Counted to the end.",
  files: { "counted.txt": "to the end\n" },
};

export const LONG_STORIES: Record<string, () => Made> = {
  counting: () => ({
    isPaced: true,
    beats: [...lines(COUNTING_LINES), ...Array.from({ length: COUNTING_STEPS }, (_, index) => count(index + 1)).flat()],
    end: END,
  }),
  hostile: hostileStory,
  flood: () => ({ isPaced: true, beats: lines(FLOOD_LINES), end: END }),
};

const limitFile = (stateDir: string, taskId: string): string => join(stateDir, "counting", taskId);

/** Lets a task that counts go so far: who tests what happens meanwhile says how far it is. */
export function letCount({ stateDir, taskId }: { stateDir: string; taskId: string }, to: number): void {
  mkdirSync(join(stateDir, "counting"), { recursive: true });
  writeFileSync(limitFile(stateDir, taskId), String(to));
}

/** How far a task that counts may go now. */
export function countsTo(stateDir: string, taskId: string): number {
  const file = limitFile(stateDir, taskId);
  return Math.max(COUNTED_AT_ONCE, existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
}
