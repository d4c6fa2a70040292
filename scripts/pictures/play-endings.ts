// Has the endings asked for, each by its person, and waits until they are what they stay.
import { AGENTS } from "../../lib/agents.ts";
import type { PorterApi } from "../../local/demo/porter-api.ts";
import type { World } from "../../local/world/world.ts";
import { askPorter, equipPerson, isOver, waitForTasks } from "./asking.ts";
import { issueOf } from "./cast.ts";
import { type PicturedEnding, ENDINGS } from "./endings.ts";

/** Ids of the tasks by their story. */
export async function playEndings(world: World): Promise<Map<string, string>> {
  const apis = new Map<string, PorterApi>();
  const ids = new Map<string, string>();
  for (const scene of ENDINGS) {
    const order = { scene, login: scene.who, issue: issueOf(scene, ENDINGS) };
    if (scene.has === "no_account") {
      await world.github.comment({ login: order.login, repo: scene.repo, issue: order.issue, body: scene.comment });
      continue;
    }
    const api = apis.get(scene.who) ?? (await equipPerson(world, { login: scene.who, has: scene.has }));
    const { isMetered, provider } = AGENTS[scene.agent];
    if (!isMetered) await api.saveProviderKey("fake-key-of-nobody", provider);
    apis.set(scene.who, api);
    const id = await askPorter({ world, api }, order);
    ids.set(scene.story, id);
    if (scene.isStopped) await stop(world, { api, id, ...order });
  }
  for (const [who, api] of apis) {
    const own = ENDINGS.filter((scene) => scene.who === who).flatMap(({ story }) => ids.get(story) ?? []);
    await waitForTasks(api, own, { what: `the tasks of ${who} end`, isThere: isOver });
  }
  return ids;
}

type Stopping = { api: PorterApi; id: string; scene: PicturedEnding; login: string; issue: number };

async function stop(world: World, { api, id, scene, login, issue }: Stopping): Promise<void> {
  await waitForTasks(api, [id], { what: "there is something to stop", isThere: ({ steps }) => steps > 1 });
  await world.github.comment({ login, repo: scene.repo, issue, body: "@porter stop" });
}
