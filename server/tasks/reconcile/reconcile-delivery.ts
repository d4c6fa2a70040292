import { z } from "zod";
import { readJson } from "@/lib/json";
import { afterFailure, type KindOf } from "@/lib/obligations";
import type { AppContext } from "@/server/context";
import type { DeliveryRow as Delivery } from "@/server/db/delivery-store";
import { describeError } from "@/server/log";
import { isOnList, mayUse } from "@/server/identity/may-use";
import { QUARANTINE_AFTER, isUnreadable, notifyOperators } from "@/server/rows/unreadable";
import { endWithoutAccess } from "../end-without-access";
import { stopTask } from "../stop";

const factsSchema = z.object({
  owner: z.string().optional(),
  name: z.string().optional(),
  repositoryIds: z.array(z.number()).default([]),
  actorId: z.number().optional(),
  accountId: z.number().nullish(),
});

/** What a delivery still wants done, by its outcome. Idempotent; what fails is postponed. */
export async function reconcileDelivery(context: AppContext, deliveryId: string): Promise<void> {
  const owing = await context.db.deliveries.owing(deliveryId);
  if (owing === null) return;
  const { delivery, tries } = owing;
  try {
    const outcome = await HANDS.carry_out(context, delivery);
    await context.db.deliveries.settle(deliveryId, outcome ?? delivery.outcome);
  } catch (error) {
    if (isUnreadable(error) && tries + 1 >= QUARANTINE_AFTER) {
      await notifyOperators(context, { kind: "delivery", id: deliveryId, error });
      await context.db.deliveries.settle(deliveryId, "unreadable");
      return;
    }
    const message = describeError(error);
    const now = context.clock.now().getTime();
    const before = { subject: deliveryId, kind: "carry_out", tries } as const;
    const next = afterFailure(before, { message }, { now, owedSince: Date.parse(delivery.receivedAt) });
    context.log.warn("delivery.postponed", { deliveryId, tries: next.tries, error: message });
    await context.db.obligations.put(next);
    if (next.dueAt === null) return;
    await context.enqueue([{ kind: "delivery", id: deliveryId }], Math.ceil((Date.parse(next.dueAt) - now) / 1000));
  }
}

/** What came of it, where that is another outcome. */
type Hand = (context: AppContext, delivery: Delivery) => Promise<string | void>;
const HANDS: Record<KindOf<"delivery">, Hand> = {
  carry_out: carryOut,
};

async function carryOut(context: AppContext, delivery: Delivery): Promise<string | void> {
  switch (delivery.outcome) {
    case "installed":
      return takeInstallation(context, delivery);
    case "issue_closed":
      return closeIssue(context, delivery);
    case "issue_unlocked":
      return oweReports(context, delivery);
    case "comment_deleted":
      return dropComment(context, delivery);
    case "repository_moved":
      return moveRepository(context, delivery);
    case "repository_lost":
    case "repositories_lost":
      return loseRepositories(context, delivery);
    case "repository_restored":
    case "installation_restored":
      return oweReports(context, delivery);
    case "installation_lost":
      return loseInstallation(context, delivery);
    case "account_renamed":
      return renameAccount(context, delivery);
  }
}

const factsOf = (delivery: Delivery) => readJson(factsSchema, delivery.facts ?? "{}");

/** A closed issue stops its tasks and drops its waiting mentions. */
async function closeIssue(context: AppContext, delivery: Delivery): Promise<void> {
  const { repositoryId, issueNumber } = delivery;
  if (repositoryId === null || issueNumber === null) return;
  await context.db.mentions.ignorePendingOfIssue({
    repositoryId,
    issueNumber,
    before: delivery.receivedAt,
    outcome: "issue_closed",
  });
  const by = delivery.actorLogin ?? "GitHub";
  // Page by page: an issue may have more open tasks than one read answers.
  for (let isMore = true; isMore;) {
    isMore = false;
    for (const task of await context.db.githubLocations.open({ repositoryId, issueNumber })) {
      // A task that was asked for after the issue was closed is meant (GitHub does not keep the order of deliveries).
      if (task.createdAt > delivery.receivedAt) continue;
      const moveId = `close:${delivery.id}:${task.id}`;
      const { stopped } = await stopTask(context, task, { reason: "issue_closed", by, via: "github", moveId });
      isMore ||= stopped;
    }
  }
}

/** Nothing that runs is stopped by it: that is what `@porter stop` is for. */
async function dropComment(context: AppContext, { repositoryId, commentId }: Delivery): Promise<void> {
  if (repositoryId === null || commentId === null) return;
  const now = context.clock.now().toISOString();
  await context.db.mentions.ignorePendingOfComment({ repositoryId, commentId, now });
}

/** Its number is what Porter knows it by; links and calls need its present name. */
async function moveRepository(context: AppContext, delivery: Delivery): Promise<void> {
  const { owner, name } = factsOf(delivery);
  const { repositoryId, installationId } = delivery;
  if (repositoryId === null || owner === undefined || name === undefined) return;
  await context.db.githubLocations.move({ repositoryId, owner, name, installationId });
  await oweReports(context, delivery);
}

async function renameAccount(context: AppContext, delivery: Delivery): Promise<void> {
  const { owner } = factsOf(delivery);
  if (delivery.installationId === null || owner === undefined) return;
  await context.db.githubLocations.renameAccount(delivery.installationId, owner);
}

/** What could not be written while there was no way to the repository or issue is written now. */
async function oweReports(context: AppContext, delivery: Delivery): Promise<void> {
  const { repositoryId, issueNumber, installationId } = delivery;
  const now = context.clock.now().toISOString();
  const where =
    repositoryId === null
      ? installationId === null
        ? null
        : { installationId }
      : { repositoryId, ...(issueNumber === null ? {} : { issueNumber }) };
  if (where === null) return;
  const woken = await context.db.githubLocations.oweReports(where, now);
  await context.enqueue(woken.map(({ id }) => ({ kind: "task" as const, id })));
}

/**
 * An installation by, or on, somebody who may use this Porter is one of its own. Any other is recorded as such: what its
 * people may do is asked of each of them, and of it nothing is owed.
 */
async function takeInstallation(context: AppContext, delivery: Delivery): Promise<string | void> {
  const { actorId, accountId } = factsOf(delivery);
  const isOfListed = accountId != null && isOnList(context, accountId);
  const person = actorId === undefined ? null : { userId: actorId, login: delivery.actorLogin ?? "" };
  if (isOfListed || (person !== null && (await mayUse(context, person)))) return oweReports(context, delivery);
  context.log.info("installation.not_listed", { installationId: delivery.installationId, accountId, actorId });
  return "not_listed";
}

async function loseRepositories(context: AppContext, delivery: Delivery): Promise<void> {
  const ids = delivery.repositoryId === null ? factsOf(delivery).repositoryIds : [delivery.repositoryId];
  for (const repositoryId of ids) await loseAll(context, { repositoryId });
  // One that is out of reach may come back, and then what was set for it holds still.
  if (delivery.action === "deleted") await forgetSettings(context, delivery);
}

/** What was set for repositories goes with them, but not what was set since. */
const forgetSettings = (context: AppContext, delivery: Delivery): Promise<void> =>
  context.db.repositorySettings.forget({
    repositoryIds: delivery.repositoryId === null ? factsOf(delivery).repositoryIds : [delivery.repositoryId],
    installationId: delivery.repositoryId === null ? delivery.installationId : null,
    until: delivery.receivedAt,
  });

/** An old delivery may come late, when the App is back: what GitHub says now counts. */
async function loseInstallation(context: AppContext, delivery: Delivery): Promise<void> {
  const { installationId } = delivery;
  if (installationId === null) return;
  const now = await context.github.app.installation(installationId);
  if (now !== null && now.suspendedAt === null) return;
  await context.db.installations.forget(installationId);
  await loseAll(context, { installationId });
  if (now === null) await forgetSettings(context, delivery);
}

async function loseAll(
  context: AppContext,
  where: { installationId: number } | { repositoryId: number },
): Promise<void> {
  for (;;) {
    const open = await context.db.githubLocations.open(where);
    const lost = await Promise.all(open.map((task) => endWithoutAccess(context, task)));
    // A page on which nothing moved would come again.
    if (!lost.includes(true)) return;
  }
}
