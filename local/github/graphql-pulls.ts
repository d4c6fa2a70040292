import { z } from "zod";
import { authorizationOf } from "./access.ts";
import type { GitHubActor } from "./exchange.ts";
import { GraphqlError } from "./graphql-error.ts";
import { sendPullEvent } from "./pull-events.ts";
import type { GitHubWorld } from "./world.ts";

const inputSchema = z.object({ pullRequestId: z.string(), clientMutationId: z.string().nullish() });
const pullSchema = z.looseObject({ node_id: z.string(), number: z.number(), state: z.string(), draft: z.boolean() });

type Convert = (world: GitHubWorld, actor: GitHubActor, value: unknown) => Promise<Record<string, unknown>>;

/** What REST has no call for: an open pull request becomes a draft, or one that is none. Asked again it does nothing. */
export const convertToDraft: Convert = (world, actor, value) => setDraft(world, actor, { value, draft: true });
export const markReady: Convert = (world, actor, value) => setDraft(world, actor, { value, draft: false });

async function setDraft(
  world: GitHubWorld,
  actor: GitHubActor,
  { value, draft }: { value: unknown; draft: boolean },
): Promise<Record<string, unknown>> {
  const { pullRequestId, clientMutationId = null } = inputSchema.parse(value);
  const authorization = authorizationOf(actor) ?? "";
  for (const repository of world.repositories) {
    const { fullName } = repository;
    const pulls = await world.emulator.list(pullSchema, `/repos/${fullName}/pulls?state=all`, authorization);
    const pull = pulls.find(({ node_id }) => node_id === pullRequestId);
    if (pull === undefined) continue;
    if (pull.state !== "open") throw new GraphqlError("UNPROCESSABLE", "Pull request is closed");
    if (pull.draft !== draft) {
      // The emulator's own way; GitHub takes no `draft` there.
      const call = { method: "PATCH", path: `/repos/${fullName}/pulls/${pull.number}`, body: { draft } } as const;
      await world.emulator.call(z.unknown(), { ...call, authorization });
      const action = draft ? "converted_to_draft" : "ready_for_review";
      await sendPullEvent(world, repository, { number: pull.number, action, actor });
    }
    return { clientMutationId, pullRequest: { isDraft: draft } };
  }
  throw new GraphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${pullRequestId}'`);
}
