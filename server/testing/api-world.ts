import type { Actor, AppContext } from "@/server/context";
import type { IssueFacts } from "@/server/github/port";
import { anOpenIssue } from "./fake-repository";
import { asSignedIn, wholeContext } from "./signed-in";
import type { TestContext } from "./test-context";

type Person = { id: number; login: string };

/**
 * What the API's tests ask in: every outside is well, and there is the repository acme/widgets with issue 7, where
 * `writer` may write and which nobody else can see.
 */
export function openWorld(overrides: Partial<AppContext>, writer: Person) {
  const { context, fake } = wholeContext(overrides);
  fake.web.repositories.push({
    id: 10,
    fullName: "acme/widgets",
    installationId: 100,
    readers: [writer.id],
    issues: [{ number: 7, title: "Add a French greeting", body: "Please." }],
  });
  fake.state.permissions.set(writer.login, "write");
  fake.state.userIds.set(writer.login, writer.id);
  fake.state.issues.set(7, anIssue());
  const permissions = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" };
  fake.people.state.installations?.set(writer.id, [
    {
      id: 100,
      account: "acme",
      accountId: 900,
      accountType: "Organization",
      permissions,
      repositorySelection: "all",
      suspendedAt: null,
    },
  ]);
  return { context, fake };
}

/** The world of octocat (1), with `actor` signed in. */
export async function apiContext(actor: Actor): Promise<TestContext> {
  const { context, fake } = openWorld({}, { id: 1, login: "octocat" });
  if (actor.kind !== "user") return context;
  return asSignedIn(context, fake, { id: actor.userId, login: actor.login });
}

/** Issue 7 of acme/widgets as GitHub tells it. */
export const anIssue = (overrides: Partial<IssueFacts> = {}): IssueFacts => ({
  ...anOpenIssue({ id: 10, owner: "acme", name: "widgets" }, 7),
  ...overrides,
});
