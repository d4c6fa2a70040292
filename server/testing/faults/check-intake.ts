import { readRows } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

/** I1: nothing is made twice. I6: every accepted command ends as a task or a recorded reason. */
export async function checkIntake({ stage, history }: CheckedWorld): Promise<Violation[]> {
  const { engine } = stage.world;
  const mentions = await readRows(engine, "SELECT * FROM mentions");
  const tasks = await readRows(engine, "SELECT * FROM tasks");
  const violations: Violation[] = [];
  for (const delivery of stage.deliveries) {
    if (delivery.comment === null) continue;
    const { id, commands, starts, retries } = delivery.comment;
    const own = mentions.filter((mention) => mention.comment_id === id);
    const made = tasks.filter((task) => task.comment_id === id);
    const about = made.map((task) => String(task.id));
    if (new Set(own.map((mention) => mention.command_index)).size < own.length)
      violations.push(
        violationOf("I1", `comment ${id} has a command twice among its ${own.length} mentions`, ...about),
      );
    if (made.length > starts + retries)
      violations.push(violationOf("I1", `comment ${id} with ${commands} commands made ${made.length} tasks`, ...about));
    if (delivery.acceptedAt !== null && own.length < commands)
      violations.push(
        violationOf("I6", `comment ${id} was accepted, and ${own.length} of its ${commands} commands are kept`),
      );
  }
  for (const mention of mentions) {
    const made = tasks.filter((task) => task.mention_id === mention.id);
    if (made.length > 1) violations.push(violationOf("I1", `mention ${String(mention.id)} made ${made.length} tasks`));
    if (mention.outcome === null) violations.push(violationOf("I6", `mention ${String(mention.id)} has no outcome`));
    if (mention.status === "task" && made.length === 0)
      violations.push(violationOf("I6", `mention ${String(mention.id)} says that it is a task, and there is none`));
  }
  return [...violations, ...closings({ stage, history }), ...retries({ stage, history })];
}

type Part = Pick<CheckedWorld, "stage" | "history">;

/** A delivery has its effect once: "closed" delivered again stops nothing that was asked for after it. */
function closings({ stage, history }: Part): Violation[] {
  const closes = stage.deliveries.filter((delivery) => delivery.event === "issues");
  const stops = history.filter(
    (row) =>
      row.what === "event" &&
      row.data.kind === "user.stopped" &&
      (row.data.data as Record<string, unknown>).reason === "issue_closed",
  );
  return stops.flatMap((stop) => {
    const createdAt = Date.parse(history.find((row) => row.what === "task" && row.id === stop.id)?.at ?? "");
    const isMeant = closes.some((close) => close.acceptedAt !== null && close.acceptedAt >= createdAt);
    return isMeant
      ? []
      : [
          violationOf(
            "I1",
            `${stop.id} was stopped by a closing that had been delivered before it was asked for`,
            stop.id,
          ),
        ];
  });
}

/** An explicit retry is one attempt more, however often its command is looked at. */
function retries({ stage, history }: Part): Violation[] {
  const asked = stage.deliveries.reduce((sum, delivery) => sum + (delivery.comment?.retries ?? 0), stage.apiRetries);
  const done = history.filter((row) => row.what === "event" && row.data.kind === "user.retried");
  return done.length > asked
    ? [violationOf("I1", `${done.length} retries for ${asked} that were asked for`, ...done.map((row) => row.id))]
    : [];
}
