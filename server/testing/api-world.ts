import type { Actor } from "@/server/context";
import type { IssueFacts } from "@/server/github/port";
import { asSignedIn, wholeContext } from "./signed-in";
import type { TestContext } from "./test-context";

/**
 * What the API's tests ask in: octocat (1) and mallory (2), signed in, every outside well, and the repository
 * acme/widgets with issue 7, where octocat may write and which mallory cannot see.
 */
export async function apiContext(actor: Actor): Promise<TestContext> {
  const { context, fake } = wholeContext();
  fake.web.repositories.push({
    id: 10,
    fullName: "acme/widgets",
    installationId: 100,
    readers: [1],
    issues: [{ number: 7, title: "Add a French greeting", body: "Please." }],
  });
  fake.state.permissions.set("octocat", "write");
  fake.state.issues.set(7, anIssue());
  if (actor.kind !== "user") return context;
  const { userId: id, login } = actor;
  const permissions = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" };
  fake.people.state.installations?.set(id, [
    {
      ...{ id: 100, account: "acme", accountId: 900, accountType: "Organization", permissions },
      ...{ repositorySelection: "all", suspendedAt: null },
    },
  ]);
  return asSignedIn(context, fake, { id, login });
}

/** Issue 7 of acme/widgets as GitHub tells it. */
export const anIssue = (overrides: Partial<IssueFacts> = {}): IssueFacts => ({
  ...{ number: 7, title: "Add a French greeting", body: "Please.", state: "open", isPullRequest: false },
  ...{ author: "octocat", labels: [], comments: 0, url: "https://github.test/acme/widgets/issues/7" },
  ...{ createdAt: "2026-11-20T10:00:00Z", updatedAt: "2026-11-20T10:00:00Z" },
  ...overrides,
});
