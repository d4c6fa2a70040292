import { GitHubError, type GitHub, type RepositoryPermission, type RepositoryRef } from "@/server/github/port";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { createFakeMachines, type FakeMachine } from "@/server/testing/fake-machines";
import type { Machine, MachineProvider } from "@/server/machines/port";

/** What GitHub and Fly are like apart from their state: tokens that end, repositories out of reach, locked issues. */
export type Outside = ReturnType<typeof createOutside>;
/** Runs one call of a port for a handler; faults happen in it. */
export type Through = <T>(port: "github" | "fly", name: string, execute: () => Promise<T>) => Promise<T>;

const TOKEN_LIFE_MS = 3600_000;
const LISTS_LAG_MS = [0, 1000, 8000];
const unauthenticated = () => new GitHubError({ kind: "unauthenticated", message: "401 Bad credentials" });
const lost = (reason: "not_found" | "locked", message: string) => new GitHubError({ kind: "lost", reason, message });

/** What GitHub said of somebody, and to what Porter gave power: the machine of a task, its claim, a token for it. */
export type Answered = { askedAt: number; repositoryId: number; userId: number | null; mayWrite: boolean };
export type HandedPower = { what: "launch" | "claim" | "token"; taskId: string; from: number; to: number };

/**
 * The fakes at both ports, seen through `through` by each handler. `now`: ms since the epoch. `hear`: what Porter takes
 * GitHub's answer about a permission for.
 */
export function createOutside(now: () => number, hear = (said: RepositoryPermission) => said) {
  const github = createFakeGitHub();
  const fly = createFakeMachines();
  const tokens = new Map<string, number>();
  const outside = {
    github,
    fly,
    tokens,
    /** Repositories that the App cannot reach just now, by id. */
    unreachable: new Set<number>(),
    /** `repository id#issue`. */
    locked: new Set<string>(),
    /** From when on GitHub lists a comment, ms, by its id: its lists lag behind. */
    listedFrom: new Map<number, number>(),
    /** Machines launched now stay `created` for ever. */
    nothingStarts: false,
    answered: [] as Answered[],
    handed: [] as HandedPower[],
    hear,
    born: new Map<string, number>(),
    gone: new Map<string, number>(),
    /** Notes when machines went; to be called after anything that may have ended one. */
    watchMachines(): void {
      for (const machine of fly.machines)
        if (machine.state === "destroyed" && !outside.gone.has(machine.id)) outside.gone.set(machine.id, now());
    },
    githubFor: (through: Through): GitHub => throughGitHub(outside, through),
    machinesFor: (through: Through): MachineProvider => throughFly(outside, through),
    isValid: (token: string) => github.state.liveTokens.has(token) && (tokens.get(token) ?? 0) > now(),
    tokenExpiry: () => now() + TOKEN_LIFE_MS,
    now,
  };
  return outside;
}

type Wrap = (name: string, call: () => Promise<unknown>, args: unknown[]) => Promise<unknown>;
/** Every method of `port` goes through `wrap`, under its own name. */
function each<T extends object>(port: T, wrap: Wrap): T {
  const wrapped = Object.entries(port).map(([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    (...args: unknown[]) => wrap(name, () => method(...args), args),
  ]);
  return Object.fromEntries(wrapped) as T;
}

function throughGitHub(outside: Outside, through: Through): GitHub {
  const { github } = outside.github;
  const app = each(github.app, (name, call) => through("github", name, call));
  return {
    ...github,
    app: {
      ...app,
      createInstallationToken: (input) =>
        through("github", "createInstallationToken", async () => {
          const { token } = await github.app.createInstallationToken(input);
          outside.tokens.set(token, outside.tokenExpiry());
          return { token, expiresAt: new Date(outside.tokenExpiry()).toISOString() };
        }),
    },
    gitData: (ref: RepositoryRef, token: string) =>
      each(github.gitData(ref, token), (name, call) =>
        through("github", name, async () => {
          if (!outside.isValid(token)) throw unauthenticated();
          if (outside.unreachable.has(ref.id)) throw lost("not_found", "404 Not Found");
          return call();
        }),
      ),
    repository(ref: RepositoryRef, token: string) {
      const repository = each(github.repository(ref, token), (name, call, [issueNumber]) =>
        through("github", name, async () => {
          if (!outside.isValid(token)) throw unauthenticated();
          if (outside.unreachable.has(ref.id)) throw lost("not_found", "404 Not Found");
          if (name === "createComment" && outside.locked.has(`${ref.id}#${String(issueNumber)}`))
            throw lost("locked", "403 Issue is locked");
          const answer = await call();
          const made = name === "createComment" ? outside.github.state.comments.at(-1) : undefined;
          if (made !== undefined)
            outside.listedFrom.set(
              made.id,
              outside.now() + (LISTS_LAG_MS[outside.github.state.comments.length % 3] ?? 0),
            );
          return answer;
        }),
      );
      return {
        ...repository,
        ownComments: async (issueNumber, limit) =>
          (await repository.ownComments(issueNumber, limit)).filter(
            ({ id }) => (outside.listedFrom.get(id) ?? 0) <= outside.now(),
          ),
        async permissionOf(login) {
          const askedAt = outside.now();
          const said = await repository.permissionOf(login);
          const mayWrite = said.permission === "write";
          outside.answered.push({ askedAt, repositoryId: ref.id, userId: said.userId, mayWrite });
          return { ...said, permission: outside.hear(said.permission) };
        },
      };
    },
  };
}

/** As a caller gets it: what becomes of the machine later does not change an answer. */
const answered = ({ spec: _spec, app: _app, ...machine }: FakeMachine): Machine => ({ ...machine });

function throughFly(outside: Outside, through: Through): MachineProvider {
  const { provider, machines } = outside.fly;
  const original = (id: string) => machines.find((machine) => machine.id === id);
  const copy = (machine: Machine): Machine => {
    const found = original(machine.id);
    return found === undefined ? machine : answered(found);
  };
  return {
    launch(credentials, spec) {
      outside.handed.push({ what: "launch", taskId: spec.taskId, from: outside.now(), to: outside.now() });
      return through("fly", "launch", async () => {
        const { machine, adopted } = await provider.launch(credentials, spec);
        if (!adopted) {
          outside.born.set(machine.id, outside.now());
          if (outside.nothingStarts) machine.state = "created";
        }
        return { machine: copy(machine), adopted };
      });
    },
    get: (credentials, id) =>
      through("fly", "get", async () => {
        const found = await provider.get(credentials, id);
        return found === null ? null : copy(found);
      }),
    findByTask: (credentials, taskId) =>
      through("fly", "findByTask", async () => (await provider.findByTask(credentials, taskId)).map(copy)),
    listPorterMachines: (credentials) =>
      through("fly", "list", async () => (await provider.listPorterMachines(credentials)).map(copy)),
    stop: (credentials, id) => through("fly", "stop", () => provider.stop(credentials, id)),
    destroy: (credentials, id) => through("fly", "destroy", () => provider.destroy(credentials, id)),
  };
}
