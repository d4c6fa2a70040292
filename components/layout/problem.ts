import { type Fix, readFix } from "@/lib/fix";

/** The error shape of every answer (`Problem` of the API), as far as pages use it. */
export type ShownProblem = { code: string; message: string; field?: string | undefined; fix?: Fix | undefined };

const OFFLINE: ShownProblem = { code: "offline", message: "Porter cannot be reached. Nothing was changed; try again." };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const text = (value: unknown) => (typeof value === "string" ? value : undefined);

/** What a failed call of the API says to people; without an answer of Porter, that it cannot be reached. */
export function problemOf(error: unknown): ShownProblem {
  const data = isRecord(error) ? error["data"] : null;
  const problem = isRecord(data) ? data["problem"] : null;
  if (!isRecord(problem)) return OFFLINE;
  const [code, message] = [text(problem["code"]), text(problem["message"])];
  if (code === undefined || message === undefined) return OFFLINE;
  return { code, message, field: text(problem["field"]), fix: readFix(problem["fix"]) };
}

/** The sentence, with advice where there is some. A way is a link's to show. */
export function problemSentence(error: unknown): string {
  const { message, fix } = problemOf(error);
  return fix?.kind === "advice" ? `${message} ${fix.advice}` : message;
}
