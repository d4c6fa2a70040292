import { withoutSkips } from "@/lib/review/calls";
import { titleLine } from "./neutralise";

/** `conventional`: `type(scope): what`. null: there are too few to tell, or none of both. */
export type TitleHabit = "conventional" | "plain" | null;

/** GitHub takes 256 and shows about 70. */
const MAX_TITLE = 120;
const FEWEST = 3;
const TYPES = "feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert";
const CONVENTIONAL = new RegExp(`^(${TYPES})(\\([^()]{1,60}\\))?(!)?:\\s+(?=\\S)`, "i");

/** Which habit most of these titles follow. */
export function titleHabit(titles: readonly string[]): TitleHabit {
  if (titles.length < FEWEST) return null;
  const conventional = titles.filter((title) => CONVENTIONAL.test(title)).length;
  if (conventional * 3 >= titles.length * 2) return "conventional";
  return conventional * 3 <= titles.length ? "plain" : null;
}

/** Types by how a title begins. What says nothing else changes nothing for users: tools release by these words. */
const BY_VERB: readonly (readonly [type: string, verbs: RegExp])[] = [
  ["fix", /^(?:fix(?:e[sd])?|correct|repair|prevent|avoid|handle|resolve|stop)\b/i],
  ["feat", /^(?:add|implement|support|introduce|allow|offer|show)\b/i],
  ["docs", /^(?:document|describe|explain)\b/i],
  ["refactor", /^(?:refactor|rename|extract|simplify|move|inline|split)\b/i],
  ["perf", /^(?:speed up|optimi[sz]e)\b/i],
  ["test", /^(?:test|cover)\b/i],
];

/** The title in the repository's habit: the agent's own, else the issue's. It calls nobody. */
export function pullRequestTitle(view: {
  title: string | null;
  issueTitle: string;
  issueNumber: number;
  habit: TitleHabit;
}): string {
  const own = [view.title ?? "", view.issueTitle].map(calm).find((title) => title !== "");
  return own === undefined ? `Resolve issue ${view.issueNumber}` : titleLine(inHabit(own, view.habit), MAX_TITLE);
}

const calm = (title: string): string => withoutSkips(titleLine(title, 2 * MAX_TITLE)).trim();

function inHabit(title: string, habit: TitleHabit): string {
  const prefix = CONVENTIONAL.exec(title)?.[0];
  if (habit === "conventional" && prefix === undefined) {
    const type = BY_VERB.find(([, verbs]) => verbs.test(title))?.[0] ?? "chore";
    return `${type}: ${firstLetter(title, "lower")}`;
  }
  return habit === "plain" && prefix !== undefined ? firstLetter(title.slice(prefix.length), "upper") : title;
}

/** A first word of capitals, or with some inside it, is a name. */
function firstLetter(title: string, to: "lower" | "upper"): string {
  const [first = ""] = title;
  const word = title.slice(first.length).match(/^\S*/)?.[0] ?? "";
  if (to === "lower")
    return word !== "" && /^[^\p{Lu}_./()]*$/u.test(word) ? first.toLowerCase() + title.slice(first.length) : title;
  return /^[^\p{Lu}_./()]*$/u.test(word) ? first.toUpperCase() + title.slice(first.length) : title;
}
