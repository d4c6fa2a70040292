import type { NewDelivery } from "@/server/db/delivery-store";
import { projectPullEvent, type PullEventName } from "@/server/github/webhook-payloads";
import { notedProjection, type Projection } from "./projection";

/** Checks come in crowds: those of a moment are looked at together. */
const CROWD_MS = 5000;
/** Until it is over, nothing is known that was not known before. */
const ENDED = "completed";

/**
 * `pull_request`, `pull_request_review`, `check_suite`, `status`: it is time to ask GitHub about the pull request. What
 * a delivery says of it may be old by now, and is not kept.
 */
export function projectPullChange(event: PullEventName, payload: unknown, base: NewDelivery): Projection {
  const { action, installationId, repositoryId, actorLogin, numbers, headSha } = projectPullEvent(event, payload);
  const about = { action, installationId, repositoryId, actorLogin };
  const noted = notedProjection({ ...base, ...about, issueNumber: numbers[0] ?? null }, "pull_changed");
  if (event === "check_suite" && action !== ENDED) return { ...noted, outcome: "ignored" };
  const waitMs = headSha === null ? 0 : CROWD_MS;
  return { ...noted, pulls: { repositoryId, numbers, headSha, waitMs } };
}
