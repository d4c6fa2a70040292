import { tryJson } from "@/lib/json";
import { NO_SET_UP, type SetUp } from "@/lib/set-up/find";
import { setUpSchema } from "@/lib/set-up/schema";
import type { SetUpView } from "@/lib/set-up/view-schema";
import { problemSentences } from "@/lib/set-up/words";
import type { TaskRow } from "@/server/db/task-store";

/** How a task's machines are set up, as it was frozen with it. */
export const setUpOf = ({ setUp }: Pick<TaskRow, "setUp">): SetUp => tryJson(setUpSchema, setUp ?? "null") ?? NO_SET_UP;

const asIs = (text: string): string => text;

/** For the task's page. */
export function setUpView({ setUp }: Pick<TaskRow, "setUp">): SetUpView {
  const { from, run, start, services, problems } = setUpOf({ setUp });
  return { from, run, start, services, problems: problemSentences(problems, { code: asIs }) };
}
