// What GitHub says of a pull request in the pictures: its state, and what CI found.
import { z } from "zod";
import type { World } from "../../local/world/world.ts";
import { porterApi } from "../../local/demo/porter-api.ts";
import { signIn } from "../../local/world/sign-in.ts";

export type PicturedPull = {
  isDraft?: boolean;
  isClosed?: boolean;
  /** Of the check that the pictures change; the others have passed. */
  test?: "running" | "success" | "failure";
  /** Only as far as one picture sees it: what is merged cannot be opened again. */
  isMerged?: boolean;
  /** The App may not read them. */
  areHidden?: boolean;
};

/** Brings a task's pull request into a state; what is not named is open and without faults. */
export async function setPull(world: World, taskId: string, wanted: PicturedPull): Promise<void> {
  const { isDraft: draft = false, isClosed = false, isMerged = false, test, areHidden = false } = wanted;
  const { github, porter } = world;
  const task = await porterApi(porter.url, await signIn(porter.url, "octocat")).task(taskId);
  const repo = `${task.repoOwner}/${task.repoName}`;
  const path = `${repo}/pulls/${task.prNumber}`;
  await asOctocat(world, `PATCH ${path}`, { state: "open" });
  await setDraft(world, path, draft);
  const pull = await asOctocat(world, `PATCH ${path}`, { state: isClosed ? "closed" : "open" });
  if (test !== undefined)
    await github.setChecks({
      repo,
      ref: task.branch ?? "",
      runs: [
        { name: "lint", status: "completed", conclusion: "success" },
        test === "running"
          ? { name: "test", status: "in_progress" }
          : { name: "test", status: "completed", conclusion: test },
      ],
      statuses: [{ context: "ci/preview", state: "success" }],
    });
  const message = "Resource not accessible by integration";
  const hidden = { match: { path: "/commits/[^/]+/(check-runs|status)" }, status: 403, body: { message }, times: 20 };
  const merged = {
    match: { path: `/${path}$` },
    body: { ...pull, state: "closed", merged: true },
    status: 200,
    times: 5,
  };
  github.setFaults([...(areHidden ? [hidden] : []), ...(isMerged ? [merged] : [])]);
}

/** Only GraphQL changes it. `pull`: `owner/name/pulls/1`; it has to be open. */
export async function setDraft(world: World, pull: string, draft: boolean): Promise<void> {
  const { node_id: id } = z.object({ node_id: z.string() }).parse(await asOctocat(world, `GET ${pull}`));
  const name = draft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview";
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${input}!) { ${name}(input: $input) { clientMutationId } }`;
  await call(world, "POST /graphql", { query, variables: { input: { pullRequestId: id } } });
}

/** Through GitHub's own API, as its pages do. `asked`: the method and what follows `/repos/`. */
export const asOctocat = (world: World, asked: string, body?: object): Promise<object> =>
  call(world, asked.replace(" ", " /repos/"), body);

async function call({ github }: World, asked: string, body?: object): Promise<object> {
  const [method = "", path = ""] = asked.split(" ");
  const token = github.users.find(({ login }) => login === "octocat")?.token ?? "";
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${github.url}${path}`, { method, headers, ...sent });
  if (!answer.ok) throw new Error(`${asked} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as object;
}
