// Brings a world into the state that the pictures show.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { porterApi } from "../../local/demo/porter-api.ts";
import { signIn } from "../../local/world/sign-in.ts";
import { startWorld, type World } from "../../local/world/world.ts";
import { ROOT } from "../checks/command.ts";
import { ENDING, issueOf, RUNNING, type Scene, SCENES, SEED } from "./cast.ts";
import { writePast } from "./past.ts";

const LIMIT_MS = 180_000;
/** What runs for good outlives every test and picture, on a slow machine too. */
const TASK_MINUTES = 90;
/** With those of the scenes: as many as the dashboard is measured with (bench/lighthouse.ts). */
const ALL_TASKS = 200;

/** Ids of the tasks by their story's place in `SCENES`, and those of other scenes. */
export type Played = { world: World; stateDir: string; taskIds: string[]; others: string[] };

/** `pace`: pictures show times, so there each step takes as long as it says; tests need only the order. */
export async function play(
  stateDir: string,
  report: (line: string) => void,
  { pace, others: scenes }: { pace: "quick" | "real"; others: readonly Scene[] } = { pace: "quick", others: [] },
): Promise<Played> {
  const world = await startWorld({
    stateDir,
    seed: SEED,
    runner: { command: [process.execPath, join(ROOT, "scripts/pictures/story-machine.ts")], env: { STORY_PACE: pace } },
    flyRateLimit: false,
    tickMs: 2000,
    report,
  });
  const jar = await signIn(world.porter.url, "octocat");
  const api = porterApi(world.porter.url, jar);
  await api.saveProviderKey(world.secrets.anthropicKey);
  await api.saveFly(world.secrets.flyToken, world.flyApp);
  await api.saveTaskTimeout(TASK_MINUTES);
  const taskIds: string[] = [];
  const ask = async (scene: Scene): Promise<string> => {
    const before = (await api.newestTask())?.id;
    await world.github.comment({ login: "octocat", repo: scene.repo, issue: issueOf(scene), body: scene.comment });
    return until(`${scene.title} appears`, async () => {
      const newest = await api.newestTask();
      return newest !== null && newest.id !== before ? newest.id : null;
    });
  };
  const reaches = (ids: string[], isThere: (status: string, steps: number) => boolean, what: string) =>
    until(what, async () => {
      const tasks = await Promise.all(ids.map((id) => api.task(id)));
      return tasks.every((task) => isThere(task.status, task.steps)) ? true : null;
    });
  const isOver = (status: string) => status === "success" || status === "failed" || status === "timed_out";
  const others: string[] = [];
  for (const scene of scenes) {
    const id = await ask(scene);
    others.push(id);
    if (scene.story !== "stopped") continue;
    await reaches([id], (_, steps) => steps > 1, "there is something to stop");
    await world.github.comment({ login: "octocat", repo: scene.repo, issue: issueOf(scene), body: "@porter stop" });
  }
  await reaches(others, isOver, "the other tasks end");
  for (const scene of SCENES.slice(0, ENDING)) taskIds.push(await ask(scene));
  await reaches(taskIds, isOver, "the first tasks end");
  writePast(stateDir, ALL_TASKS - SCENES.length, Date.now());
  for (const scene of SCENES.slice(ENDING, ENDING + RUNNING)) taskIds.push(await ask(scene));
  await reaches(
    taskIds.slice(ENDING, ENDING + RUNNING - 1),
    (status, steps) => status === "running" && steps > 3,
    "five tasks run",
  );
  for (const scene of SCENES.slice(ENDING + RUNNING)) taskIds.push(await ask(scene));
  // Their machines have said what they had to say.
  await sleep(3000);
  return { world, stateDir, taskIds, others };
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`not true after three minutes: ${what}`);
    await sleep(300);
  }
}
