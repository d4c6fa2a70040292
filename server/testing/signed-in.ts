import type { AppContext } from "@/server/context";
import { signIn } from "@/server/identity/sign-in";
import { createFakeChecks } from "./fake-checks";
import { createFakeGitHub, type FakeGitHub } from "./fake-github";
import { testContext, type TestContext } from "./test-context";

type Person = { id: number; login: string };

/** The person's account, session and live GitHub token; answers the context as them. */
export async function asSignedIn(context: AppContext, fake: FakeGitHub, person: Person): Promise<TestContext> {
  const { accessToken } = fake.people.issue(person);
  const { sessionId } = await signIn(context, {
    user: { id: person.id, login: person.login },
    tokens: { access_token: accessToken },
    userAgent: null,
  });
  fake.state.userIds.set(person.login, person.id);
  const actor = { kind: "user", userId: person.id, login: person.login, sessionId } as const;
  return testContext({ ...context, actor });
}

/** A context with a GitHub, model providers and Fly at the ports, all of them well. */
export function wholeContext(overrides: Partial<AppContext> = {}): { context: TestContext; fake: FakeGitHub } {
  const fake = createFakeGitHub();
  const { keyChecks, flyApps } = createFakeChecks();
  return { context: testContext({ github: fake.github, keyChecks, flyApps, ...overrides }), fake };
}
