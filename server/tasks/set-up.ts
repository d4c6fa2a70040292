import { tryJson } from "@/lib/json";
import { NO_SET_UP, type SetUp } from "@/lib/set-up/find";
import { type SetUpReport, setUpReportSchema } from "@/lib/set-up/protocol";
import { setUpSchema } from "@/lib/set-up/schema";
import type { SetUpView } from "@/lib/set-up/view-schema";
import { problemSentences } from "@/lib/set-up/words";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";

/** How a task's machines are set up, as it was frozen with it. */
export const setUpOf = ({ setUp }: Pick<TaskRow, "setUp">): SetUp => tryJson(setUpSchema, setUp ?? "null") ?? NO_SET_UP;

/** How an attempt's set-up ended; null: not said. */
export const reportOfSetUp = ({ setUpReport }: Pick<AttemptRow, "setUpReport">): SetUpReport | null =>
  tryJson(setUpReportSchema, setUpReport ?? "null") ?? null;

const asIs = (text: string): string => text;

/** For the task's page. */
export function setUpView({ setUp }: Pick<TaskRow, "setUp">): SetUpView {
  const { from, run, start, services, problems } = setUpOf({ setUp });
  return { from, run, start, services, problems: problemSentences(problems, { code: asIs }) };
}
