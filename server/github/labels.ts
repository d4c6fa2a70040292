import { PORTER_LABELS } from "@/lib/task";
import type { PorterLabel } from "@/lib/task";
import { isMissing, orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import { GitHubError } from "@/server/github/port";
import type { GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";
import { labelsSchema } from "@/server/github/schemas";

/** GitHub's own palette; GitHub picks black or white text for each, and the description says it without colour. */
const LOOKS: Record<PorterLabel, { color: string; description: string }> = {
  "porter:queued": { color: "c5def5", description: "Porter will work on this issue" },
  "porter:running": { color: "fbca04", description: "Porter is working on this issue" },
  "porter:success": { color: "0e8a16", description: "Porter finished its work on this issue" },
  "porter:no-changes": { color: "ededed", description: "Porter found nothing to change for this issue" },
  "porter:asks": { color: "d4c5f9", description: "Porter's agent asks a question on this issue" },
  "porter:failed": { color: "b60205", description: "Porter could not finish its work on this issue" },
};
const UNKNOWN_LOOK = { color: "ededed", description: "Set by Porter" };
const MAX_KNOWN_LABELS = 10_000;

const lookOf = (label: string) => (label in LOOKS ? LOOKS[label as PorterLabel] : UNKNOWN_LOOK);
/** Makes the label with its colour unless the repository has it, whatever colour people gave it since. */
async function ensureLabel(calls: RepositoryCalls, label: string): Promise<void> {
  const { client, repository, knownLabels } = calls;
  const key = `${repository.id}:${label}`;
  if (knownLabels.has(key)) return;
  const find = () => orNull(client.send(inRepository(calls, apiPath`/labels/${label}`)));
  if ((await find()) === null) {
    const body = { name: label, ...lookOf(label) };
    try {
      await client.send(inRepository(calls, "/labels", { method: "POST", body }));
    } catch (error) {
      // Another task made it between the look and the call; not every GitHub says so in words.
      if (!(error instanceof GitHubError) || error.failure.kind !== "invalid") throw error;
      const isSaid = error.failure.errors.some((text) => text.includes("already_exists"));
      if (!isSaid && (await find()) === null) throw error;
    }
  }
  if (knownLabels.size >= MAX_KNOWN_LABELS) knownLabels.clear();
  knownLabels.add(key);
}

export function createLabels(calls: RepositoryCalls): Pick<GitHubRepository, "setPorterLabel"> {
  const { client } = calls;
  return {
    async setPorterLabel(issueNumber, label) {
      const call = inRepository(calls, apiPath`/issues/${issueNumber}/labels`, { query: { per_page: 100 } });
      const present = (await client.get(labelsSchema, call)).map(({ name }) => name);
      // GitHub compares label names without case.
      const isWanted = (name: string) => label !== null && name.toLowerCase() === label.toLowerCase();
      const isPorters = (name: string) => (PORTER_LABELS as readonly string[]).includes(name.toLowerCase());
      // Added before the old one goes: killed between the two, the issue has one too many, not none.
      if (label !== null && !present.some(isWanted)) {
        await ensureLabel(calls, label);
        await client.send(
          inRepository(calls, apiPath`/issues/${issueNumber}/labels`, { method: "POST", body: { labels: [label] } }),
        );
      }
      for (const name of present.filter((candidate) => isPorters(candidate) && !isWanted(candidate))) {
        const removal = inRepository(calls, apiPath`/issues/${issueNumber}/labels/${name}`, { method: "DELETE" });
        await client.send(removal).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }
    },
  };
}
