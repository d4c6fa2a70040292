// What people do in a world, through its doors: sign in, save keys, comment, wait.
import { setTimeout as sleep } from "node:timers/promises";
import { AGENT_IDS, AGENTS } from "../../lib/agents.ts";
import type { TaskView } from "../../lib/task-view.ts";
import { isTerminal } from "../../lib/task.ts";
import { porterApi, type PorterApi } from "../../local/demo/porter-api.ts";
import { keysForAgents } from "../../local/world/world-secrets.ts";
import { signIn } from "../../local/world/sign-in.ts";
import type { World } from "../../local/world/world.ts";
import type { Scene } from "./cast.ts";
import type { Equipment } from "./endings.ts";

/** Ends what hangs. */
const LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 150;
/** More than one person asks for in a world. */
const NEWEST = 50;

/** Signs a person in and saves what they have. */
export async function equipPerson(world: World, { login, has }: { login: string; has: Equipment }): Promise<PorterApi> {
  const api = porterApi(world.porter.url, await signIn(world.porter.url, login));
  await api.saveProviderKeys(keysForAgents(world.secrets));
  for (const id of AGENT_IDS.filter((one) => !AGENTS[one].isMetered)) await api.switchOn(id);
  await api.saveFly(has === "wrong_fly_token" ? "fm2_fake-of-nobody" : world.secrets.flyToken, world.flyApp);
  return api;
}

type Tools = { world: World; api: PorterApi };
type Order = { scene: Scene; login: string; issue: number };

/** Comments, and answers the id of the task that the comment became. */
export async function askPorter({ world, api }: Tools, { scene, login, issue }: Order): Promise<string> {
  const before = (await api.newestTask())?.id;
  await world.github.comment({ login, repo: scene.repo, issue, body: scene.comment });
  return until(`${scene.title} appears`, async () => {
    const newest = await api.newestTask();
    return newest !== null && newest.id !== before ? newest.id : null;
  });
}

export const isOver = ({ status, blockedReason }: TaskView): boolean =>
  isTerminal(status) || blockedReason !== undefined;

/** Waits until all of them are there; `index`: of the task in `ids`. */
export const waitForTasks = (
  api: PorterApi,
  ids: readonly string[],
  { what, isThere }: { what: string; isThere: (task: TaskView, index: number) => boolean },
): Promise<true> =>
  until(what, async () => {
    const newest = await api.newestTasks(NEWEST);
    const tasks = ids.flatMap((id) => newest.find((task) => task.id === id) ?? []);
    return tasks.length === ids.length && tasks.every(isThere) ? true : null;
  });

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`not true after ten minutes: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
