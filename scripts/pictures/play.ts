// Brings a world into the state that the pictures show.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { porterApi } from "../../local/demo/porter-api.ts";
import { signIn } from "../../local/world/sign-in.ts";
import { startWorld, type World } from "../../local/world/world.ts";
import { ROOT } from "../checks/command.ts";
import { ENDING, issueOf, RUNNING, SCENES, SEED } from "./cast.ts";
import { writePast } from "./past.ts";

const LIMIT_MS = 180_000;
/** What runs for good outlives every test and picture, on a slow machine too. */
const TASK_MINUTES = 90;
/** With those of the scenes: as many as the dashboard is measured with (bench/lighthouse.ts). */
const ALL_TASKS = 200;

/** Ids of the tasks by their story's place in `SCENES`. */
export type Played = { world: World; stateDir: string; taskIds: string[] };

/** `pace`: pictures show times, so there each step takes as long as it says; tests need only the order. */
export async function play(
  stateDir: string,
  report: (line: string) => void,
  pace: "quick" | "real" = "quick",
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
  const ask = async (scene: (typeof SCENES)[number]): Promise<void> => {
    const before = (await api.newestTask())?.id;
    await world.github.comment({ login: "octocat", repo: scene.repo, issue: issueOf(scene), body: scene.comment });
    taskIds.push(
      await until(`${scene.title} appears`, async () => {
        const newest = await api.newestTask();
        return newest !== null && newest.id !== before ? newest.id : null;
      }),
    );
  };
  const reaches = (ids: string[], isThere: (status: string, steps: number) => boolean, what: string) =>
    until(what, async () => {
      const tasks = await Promise.all(ids.map((id) => api.task(id)));
      return tasks.every((task) => isThere(task.status, task.steps)) ? true : null;
    });
  for (const scene of SCENES.slice(0, ENDING)) await ask(scene);
  const isOver = (status: string) => status === "success" || status === "failed" || status === "timed_out";
  await reaches(taskIds, isOver, "the first tasks end");
  writePast(stateDir, ALL_TASKS - SCENES.length, Date.now());
  for (const scene of SCENES.slice(ENDING, ENDING + RUNNING)) await ask(scene);
  await reaches(
    taskIds.slice(ENDING, ENDING + RUNNING - 1),
    (status, steps) => status === "running" && steps > 3,
    "five tasks run",
  );
  for (const scene of SCENES.slice(ENDING + RUNNING)) await ask(scene);
  // Their machines have said what they had to say.
  await sleep(3000);
  return { world, stateDir, taskIds };
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
