import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { updateConfig } from "@/server/settings/config";
import type { AppContext } from "@/server/context";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { applySecretChanges, FLY_TOKEN } from "@/server/secrets/user-secrets";
import { aPerson } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import type { DeliveredEvent, Issue, FaultPerson } from "./deliveries";
import { createRunner, type SimulatedRunner } from "./machine-life";
import { createWorld, type FaultWorld, type FaultWorldOptions } from "./world";

export const ISSUES: readonly Issue[] = [
  { repositoryId: 10, installationId: 100, name: "widgets", number: 1 },
  { repositoryId: 10, installationId: 100, name: "widgets", number: 2 },
  { repositoryId: 11, installationId: 101, name: "gadgets", number: 1 },
];
/** Two who have everything, one who has an account and no keys, and one who may not write. */
export const PEOPLE: readonly FaultPerson[] = [
  { id: 1, login: "ada" },
  { id: 2, login: "brook" },
  { id: 3, login: "casey" },
  { id: 4, login: "stranger" },
];
export const WRITERS = PEOPLE.slice(0, 3);

export const PROVIDER_KEY = "fake-anthropic-key-canary-000111";
export const FLY_KEY = "fake-fly-token-canary-000222";
export const AMP_KEY = "fake-amp-key-canary-000333";

/** Whoever takes a login that somebody gave up. */
const TAKER_ID = 900_000;

/** The world with its people and what happens in it: what commands of a run work on. */
export async function createStage(options: FaultWorldOptions) {
  const world = await createWorld(options);
  const runners = new Map<string, SimulatedRunner>();
  const deliveries: DeliveredEvent[] = [];
  const logins = new Map<number, string>();
  const stage = {
    world,
    deliveries,
    /** Explicit retries that were asked for through the API. */
    apiRetries: 0,
    /** Tasks whose work somebody wanted published. */
    published: new Set<string>(),
    /** Another person's row that was answered, if ever. */
    leaks: [] as string[],
    counter: 0,
    /** One for each machine, in the order of their birth. */
    runners(): SimulatedRunner[] {
      return world.outside.fly.machines.map((machine) => {
        const known = runners.get(machine.id) ?? createRunner(world, machine);
        runners.set(machine.id, known);
        return known;
      });
    },
    /** What they are called on GitHub today. */
    loginOf: ({ id, login }: FaultPerson): string => logins.get(id) ?? login,
    /** They take another login. The one before is taken by somebody who may write, and is nobody of theirs. */
    rename(person: FaultPerson): void {
      const { permissions, userIds } = world.outside.github.state;
      const before = stage.loginOf(person);
      const today = `${person.login}-${(stage.counter += 1)}`;
      logins.set(person.id, today);
      permissions.set(today, permissions.get(before) ?? "none").set(before, "write");
      userIds.set(today, person.id).set(before, TAKER_ID + stage.counter);
    },
    /** Adds, deletes or mends what a person needs for a run; this one does not fail. */
    asPerson: (person: FaultPerson): AppContext => ({ ...world.quiet, actor: userActor(person.id, person.login) }),
  };
  const pipe = {
    context: { ...world.quiet, queued: [], lines: [] },
    clock: { now: () => world.clock.now(), advance: () => undefined },
    github: world.outside.github,
    machines: world.outside.fly,
  };
  for (const person of WRITERS) await aPerson(pipe, person);
  for (const person of WRITERS) await giveKeys(stage, person);
  for (const person of WRITERS) await switchAgentsOn(stage, person);
  const casey = WRITERS[2];
  if (casey !== undefined) await takeKey(stage, casey);
  world.outside.github.state.userIds.set("stranger", 4);
  world.outside.github.state.permissions.set("stranger", "read");
  return stage;
}
export type Stage = Awaited<ReturnType<typeof createStage>>;

type Hands = { asPerson: (person: FaultPerson) => AppContext; world: FaultWorld };

export async function giveKeys(stage: Hands, person: FaultPerson): Promise<void> {
  const context = stage.asPerson(person);
  await saveProviderCredentials(context, {
    anthropic: { ANTHROPIC_API_KEY: PROVIDER_KEY },
    amp: { AMP_API_KEY: AMP_KEY },
  });
  await applySecretChanges(context, [{ ...FLY_TOKEN, value: FLY_KEY }]);
}

/** Every agent that is off until its requester switches it on. */
async function switchAgentsOn(stage: Hands, person: FaultPerson): Promise<void> {
  const off = AGENT_IDS.filter((id) => !AGENTS[id].isMetered).map((id) => [AGENTS[id].settingsKey, { enabled: true }]);
  await updateConfig(stage.asPerson(person), { agents: Object.fromEntries(off) });
}

export const takeKey = (stage: Hands, person: FaultPerson): Promise<void> =>
  saveProviderCredentials(stage.asPerson(person), { anthropic: { ANTHROPIC_API_KEY: null } });

export const takeFlyToken = (stage: Hands, person: FaultPerson): Promise<void> =>
  applySecretChanges(stage.asPerson(person), [{ ...FLY_TOKEN, value: null }]);

/** The repository's people want to look at work before it is published, or not. */
export const wantClick = ({ world }: Hands, repositoryId: number, wants: boolean): Promise<void> =>
  world.quiet.db.repositorySettings.put({
    repositoryId,
    settings: JSON.stringify(wants ? { publish: "after_click" } : {}),
    updatedBy: null,
    updatedAt: world.clock.now().toISOString(),
  });
