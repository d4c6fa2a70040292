import { isTerminal, labelFor, type TaskStatus } from "@/lib/task";
import { readMarker, renderTrackingComment, withoutMarker } from "@/server/replies/tracking-comment";
import type { TaskRow } from "@/server/db/task-store";
import { trackingView } from "@/server/tasks/report/tracking-view";
import { readRows } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

/** I7: one tracking comment a task that was never edited backwards and says what is; one pull request; one label. */
export async function checkComments(found: CheckedWorld): Promise<Violation[]> {
  const { world } = found.stage;
  const ids = (await readRows(world.engine, "SELECT id FROM tasks")).map((row) => String(row.id));
  const tasks = (await Promise.all(ids.map((id) => world.quiet.db.tasks.get(id)))).filter((task) => task !== null);
  const silent = await givenUp(found);
  const violations: Violation[] = [];
  for (const task of tasks) violations.push(...(await checkTask(found, task, silent)));
  const labels = checkLabels(
    found,
    tasks.map((task) => ({ ...task, isSilent: silent.has(task.id) })),
  );
  return [...violations, ...checkReplies(found), ...labels, ...(await checkPulls(found, tasks))];
}

/** Tasks whose report was given up, with the reason. */
async function givenUp({ stage }: CheckedWorld): Promise<Set<string>> {
  const sql = `SELECT subject FROM obligations WHERE kind = 'report' AND gave_up_reason IS NOT NULL`;
  return new Set((await readRows(stage.world.engine, sql)).map((row) => String(row.subject)));
}

async function checkTask({ stage }: CheckedWorld, task: TaskRow, silent: Set<string>): Promise<Violation[]> {
  const { world } = stage;
  const own = world.outside.github.state.comments.filter((comment) => readMarker(comment.body)?.taskId === task.id);
  if (own.length > 1) return [violationOf("I7", `${task.id} has ${own.length} tracking comments`, task.id)];
  const [comment] = own;
  if (silent.has(task.id)) return [];
  if (comment === undefined) return [violationOf("I7", `${task.id} (${task.status}) has no tracking comment`, task.id)];
  const revisions = comment.bodies.map((body) => readMarker(body)?.rev ?? -1);
  const back = revisions.findIndex((revision, index) => revision < (revisions[index - 1] ?? 0));
  if (back > 0)
    return [violationOf("I7", `${task.id} was told revision ${revisions[back]} after ${revisions[back - 1]}`, task.id)];
  if (!isTerminal(task.status)) return [];
  const attempts = await world.quiet.db.attempts.ofTask(task.id);
  const wanted = withoutMarker(renderTrackingComment(await trackingView(world.quiet, { task, attempts })));
  return withoutMarker(comment.body) === wanted
    ? []
    : [
        violationOf(
          "I7",
          `${task.id} is ${task.status}, and its comment says:\n${comment.body}\ninstead of:\n${wanted}`,
          task.id,
        ),
      ];
}

function checkReplies({ stage }: CheckedWorld): Violation[] {
  const marker = /<!-- porter:(?:mention|reply)=([\w.-]+) -->/;
  const replies = stage.world.outside.github.state.comments.flatMap((comment) => {
    const key = marker.exec(comment.body)?.[1];
    return key === undefined ? [] : [`${comment.repositoryId}/${key}`];
  });
  return [...Map.groupBy(replies, (key) => key)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => violationOf("I7", `mention ${key} was answered ${same.length} times`));
}

/** Running before queued before the newest result. */
function checkLabels({ stage }: CheckedWorld, tasks: (TaskRow & { isSilent: boolean })[]): Violation[] {
  return [...Map.groupBy(tasks, (task) => `${task.repositoryId}#${task.issueNumber}`)].flatMap(([issue, own]) => {
    if (own.some((task) => task.isSilent)) return [];
    const has = (status: TaskStatus) => own.some((task) => task.status === status);
    const newest = Math.max(...own.map((task) => Date.parse(task.completedAt ?? task.createdAt)));
    const wanted = has("running")
      ? ["porter:running"]
      : has("queued")
        ? ["porter:queued"]
        : own
            .filter((task) => Date.parse(task.completedAt ?? task.createdAt) === newest)
            .map((task): string => labelFor(task.status, task.failureCode));
    const label = stage.world.outside.github.state.labels.get(issue) ?? "none";
    return wanted.includes(label)
      ? []
      : [
          violationOf(
            "I7",
            `issue ${issue} has the label ${label} instead of ${wanted.join(" or ")}`,
            ...own.map((task) => task.id),
          ),
        ];
  });
}

async function checkPulls({ stage }: CheckedWorld, tasks: TaskRow[]): Promise<Violation[]> {
  const { pulls } = stage.world.outside.github.state;
  const twice = [...Map.groupBy(pulls, (pull) => pull.headRef)].filter(([, same]) => same.length > 1);
  const without = tasks.filter(
    (task) => task.status === "success" && !pulls.some((pull) => pull.number === task.prNumber),
  );
  return [
    ...twice.map(([branch, same]) => violationOf("I7", `${branch} has ${same.length} pull requests`)),
    ...without.map((task) => violationOf("I7", `${task.id} succeeded without a pull request`, task.id)),
  ];
}
