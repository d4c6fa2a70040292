import type { AppContext } from "@/server/context";
import { stopTask } from "./stop";

/** What a delivery still wants done: a closed issue stops its tasks and drops its waiting mentions. Idempotent. */
export async function reconcileDelivery(context: AppContext, deliveryId: string): Promise<void> {
  const delivery = await context.db.deliveries.get(deliveryId);
  if (delivery === null || delivery.dueAt === null) return;
  const { repositoryId, issueNumber } = delivery;
  if (delivery.outcome === "issue_closed" && repositoryId !== null && issueNumber !== null) {
    await context.db.mentions.ignorePendingOfIssue({
      repositoryId,
      issueNumber,
      before: delivery.receivedAt,
      outcome: "issue_closed",
    });
    const open = await context.db.tasks.ofIssue(repositoryId, issueNumber, ["queued", "running"]);
    // A task that was asked for after the issue was closed is meant (GitHub does not keep the order of deliveries).
    for (const task of open.filter((candidate) => candidate.createdAt <= delivery.receivedAt)) {
      await stopTask(context, task, {
        reason: "issue_closed",
        by: delivery.actorLogin ?? "GitHub",
        moveId: `close:${deliveryId}:${task.id}`,
      });
    }
  }
  await context.db.deliveries.settle(deliveryId, delivery.outcome);
}
