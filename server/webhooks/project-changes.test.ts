import examples from "@octokit/webhooks-examples";
import { expect, it } from "vitest";
import {
  projectAccountChange,
  projectInstallationChange,
  projectIssueChange,
  projectRepositoryChange,
  projectSelectionChange,
} from "./project-changes";

const READERS = {
  issues: projectIssueChange,
  repository: projectRepositoryChange,
  installation: projectInstallationChange,
  installation_repositories: projectSelectionChange,
  installation_target: projectAccountChange,
};
const base = { id: "d", event: "e", outcome: "ignored", receivedAt: "2026-11-30T12:00:00.000Z" };

it.each(["constructor", "toString", "__proto__", "hasOwnProperty", "edited_by_somebody"])(
  "an action that nobody lists is noted and nothing else: %j",
  (action) => {
    for (const [name, read] of Object.entries(READERS)) {
      const [example] = examples.find((one) => one.name === name)?.examples ?? [];
      if (example === undefined) continue;
      const projection = read({ ...example, action, installation: { id: 1, account: { login: "a" } } }, base);
      expect([name, projection.outcome, projection.delivery.dueAt]).toEqual([name, "ignored", undefined]);
    }
  },
);
