import { randomBytes } from "node:crypto";
import { porterApi } from "../demo/porter-api.ts";
import type { Seed } from "../github/seed.ts";
import { signIn } from "../world/sign-in.ts";
import type { FlyApp, World } from "../world/world.ts";

/** Somebody with an installation, a repository with issues and a Fly app of their own. */
export type TrialPerson = { login: string; repo: string; issues: number; fly: FlyApp };

/** `count` people; `world` is what the local world needs to know of them. */
export function planPeople(
  count: number,
  issues: number,
): { people: TrialPerson[]; world: { seed: Seed; flyApps: FlyApp[] } } {
  const people = Array.from({ length: count }, (_, index): TrialPerson => {
    const login = `person-${String(index + 1).padStart(2, "0")}`;
    const token = `fm2_local-fake-${randomBytes(32).toString("base64url")}`;
    return { login, repo: `${login}/project`, issues, fly: { name: `porter-${login}`, token } };
  });
  const seed: Seed = {
    users: people.map(({ login }) => ({ login })),
    repositories: people.map(({ login }) => ({
      owner: login,
      name: "project",
      issues: Array.from({ length: issues }, (_, index) => ({
        title: `Wish ${index + 1} of ${login}`,
        body: "A small change, please.",
      })),
    })),
    installations: people.map(({ login }) => ({ account: login })),
  };
  return { people, world: { seed, flyApps: people.map(({ fly }) => fly) } };
}

/** Signs everybody in and saves their keys, as they would in the browser. */
export async function settleIn(world: World, people: TrialPerson[]): Promise<void> {
  for (const { login, fly } of people) {
    const api = porterApi(world.porter.url, await signIn(world.porter.url, login));
    await api.saveProviderKey(world.secrets.modelKeys.anthropic);
    await api.saveFly(fly.token, fly.name);
  }
}
