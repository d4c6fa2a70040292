import { z } from "zod";
import { installationOf } from "./access.ts";
import { isHeard, sendPayload } from "./delivery-routes.ts";
import type { GitHubActor } from "./exchange.ts";
import { branchesOf } from "./git-refs.ts";
import { type Pull, storedPull, withNumbers } from "./pull-reading.ts";
import type { TrackedPull } from "./pull-store.ts";
import { completeTexts } from "./repairs.ts";
import { simpleUser } from "./shapes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

/** Who did something, as deliveries name them: a person, or the App's bot. */
export function senderOf(world: GitHubWorld, actor: GitHubActor): Record<string, unknown> {
  const user = actor.kind === "user" ? world.users.find(({ login }) => login === actor.login) : undefined;
  return user === undefined
    ? simpleUser(world, { ...world.bot, type: "Bot" })
    : simpleUser(world, { id: user.id, login: user.login, type: "User" });
}

/** Sends the App what happened in a repository, where it is installed and hears of such things. */
export async function sendEvent(
  world: GitHubWorld,
  { repository, sender }: { repository: Repository; sender: Record<string, unknown> },
  { event, payload }: { event: string; payload: Record<string, unknown> },
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation?.state !== "active" || !isHeard(event)) return;
  const path = `/repos/${repository.fullName}`;
  const described = await world.emulator.read(z.looseObject({}), path, world.emulator.owner(repository.owner));
  sendPayload(world, event, {
    ...payload,
    repository: described,
    sender,
    installation: { id: installation.id, node_id: Buffer.from(`0:Install${installation.id}`).toString("base64url") },
  });
}

type PullEvent = { number: number; action: string; actor: GitHubActor; more?: Record<string, unknown> };

/** `pull_request`, with the pull request as it is now. */
export async function sendPullEvent(
  world: GitHubWorld,
  repository: Repository,
  { number, action, actor, more }: PullEvent,
): Promise<void> {
  const stored = await storedPull(world, repository, number);
  if (stored === undefined) return;
  const pull = completeTexts(world, await withNumbers(world, repository, stored));
  const payload = { action, number, pull_request: pull, ...more };
  await sendEvent(world, { repository, sender: senderOf(world, actor) }, { event: "pull_request", payload });
}

export function trackPull(world: GitHubWorld, repository: Repository, pull: Pull): void {
  const { number, head, base } = pull;
  world.pulls.track(repository.fullName, { number, headRef: head.ref, head: head.sha, baseRef: base.ref });
}

const stays = (branches: Map<string, string>, pull: TrackedPull): boolean =>
  branches.has(`refs/heads/${pull.headRef}`) && branches.has(`refs/heads/${pull.baseRef}`);

/**
 * What branches that moved or went mean for the open pull requests: one is told of its new head, and closed with its
 * branch or its base.
 */
export async function noticeBranches(world: GitHubWorld, repository: Repository, actor: GitHubActor): Promise<void> {
  const { fullName, owner } = repository;
  const open = world.pulls.openIn(fullName);
  if (open.length === 0) return;
  const branches = await branchesOf(world, repository);
  for (const pull of open) {
    const { number } = pull;
    const after = branches.get(`refs/heads/${pull.headRef}`);
    if (!stays(branches, pull)) {
      world.pulls.end(fullName, number, null);
      const call = { method: "PATCH", path: `/repos/${fullName}/pulls/${number}`, body: { state: "closed" } };
      await world.emulator.call(z.unknown(), { ...call, authorization: world.emulator.owner(owner) });
      await sendPullEvent(world, repository, { number, action: "closed", actor });
    } else if (after !== undefined && after !== pull.head) {
      world.pulls.track(fullName, { ...pull, head: after });
      const more = { before: pull.head, after };
      await sendPullEvent(world, repository, { number, action: "synchronize", actor, more });
    }
  }
}
