// Brings a world into the state that the pictures show.
import { join } from "node:path";
import { untilWorldEnds } from "../../local/world/until-world-ends.ts";
import { startWorld, type World } from "../../local/world/world.ts";
import { ROOT } from "../checks/command.ts";
import { ENDING, issueOf, REPOSITORIES, RUNNING, type Scene, SCENES } from "./cast.ts";
import { askPorter, equipPerson, isOver, waitForTasks } from "./asking.ts";
import { ENDINGS_SEED } from "./endings.ts";
import { playEndings } from "./play-endings.ts";
import { writeHistory } from "./write-history.ts";
import { isStep, STORIES } from "./stories.ts";

/** What runs for ever outlives every test and picture, on a slow machine too. */
const TASK_MINUTES = 90;
/** With those of the scenes: as many as the dashboard is measured with (bench/lighthouse.ts). */
const ALL_TASKS = 200;

/** Ids of the tasks by their story's index in `SCENES`, and of the endings by their story; what waits has one, too. */
export type Played = { world: World; stateDir: string; taskIds: string[]; endings: Map<string, string> };

type Options = { pace: "quick" | "real"; hasEndings: boolean };

/** `pace`: pictures show times, so there each step takes as long as it says; tests need only the order. */
export async function playStories(
  stateDir: string,
  report: (line: string) => void,
  { pace, hasEndings }: Options = { pace: "quick", hasEndings: false },
): Promise<Played> {
  const world = await startWorld({
    stateDir,
    seed: hasEndings
      ? { ...ENDINGS_SEED, repositories: [...REPOSITORIES, ...ENDINGS_SEED.repositories] }
      : { repositories: REPOSITORIES },
    runner: {
      command: [process.execPath, join(ROOT, "scripts/pictures/story-machine.ts")],
      env: { STORY_PACE: pace, STORY_STATE: stateDir, NODE_COMPILE_CACHE: join(ROOT, ".porter", "compile-cache") },
    },
    flyRateLimit: false,
    tickMs: 2000,
    report,
  });
  try {
    return await untilWorldEnds(world, perform(world, stateDir, hasEndings));
  } catch (error) {
    await world.close();
    throw error;
  }
}

/** Of a story that does not end: how many steps it has. */
function stepsOf(scene: Scene | undefined): number {
  const story = STORIES[scene?.story ?? ""];
  return story === undefined || !("beats" in story) ? 0 : story.beats.filter(isStep).length;
}

async function perform(world: World, stateDir: string, hasEndings: boolean): Promise<Played> {
  const api = await equipPerson(world, { login: "octocat", has: "everything" });
  await api.saveTaskTimeout(TASK_MINUTES);
  const endings = hasEndings ? await playEndings(world) : new Map<string, string>();
  const taskIds: string[] = [];
  const askFor = (scene: Scene) => askPorter({ world, api }, { scene, login: "octocat", issue: issueOf(scene) });
  for (const scene of SCENES.slice(0, ENDING)) taskIds.push(await askFor(scene));
  await waitForTasks(api, taskIds, { what: "the first tasks end", isThere: isOver });
  writeHistory(stateDir, ALL_TASKS - SCENES.length, Date.now());
  for (const scene of SCENES.slice(ENDING, ENDING + RUNNING)) taskIds.push(await askFor(scene));
  await waitForTasks(api, taskIds.slice(ENDING), {
    what: "five tasks run, and their machines have said what they had to say",
    isThere: ({ status, steps }, index) => status === "running" && steps >= stepsOf(SCENES[ENDING + index]),
  });
  for (const scene of SCENES.slice(ENDING + RUNNING)) taskIds.push(await askFor(scene));
  return { world, stateDir, taskIds, endings };
}
