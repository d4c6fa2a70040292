// `npm run screenshots`: every page and state of the dashboard in a local world, light and dark, 1440 and 390 wide, into
// `screenshots/`. `-- --only tasks,task-working` narrows it; `--docs` makes the README's pictures and its animation in
// `docs/pictures/` instead; `--keep` leaves the world open until Ctrl-C.
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "@playwright/test";
import { onEndOfProcess } from "../local/world/end-of-process.ts";
import type { World } from "../local/world/world.ts";
import { ensureBuilt } from "./build.ts";
import { ROOT } from "./checks/command.ts";
import { findBrowser } from "./find-browser.ts";
import { ENDING, RUNNING } from "./pictures/cast.ts";
import { shootComments } from "./pictures/comments.ts";
import { shootDocs } from "./pictures/docs.ts";
import { filmTask } from "./pictures/film.ts";
import { playStories, type Played } from "./pictures/play.ts";
import { takePictures } from "./pictures/shoot.ts";
import { pathOf, shotsOf } from "./pictures/shots.ts";
import { newRunFolder } from "./run-folder.ts";

const report = (line: string): void => console.error(line);
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    docs: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});

async function takeAll(opened: Browser, played: Played): Promise<void> {
  const folder = join(ROOT, "screenshots");
  mkdirSync(folder, { recursive: true });
  const wanted = values.only?.split(",");
  const shots = shotsOf(played).filter(({ name }) => wanted?.includes(name) ?? true);
  const count = await takePictures({ browser: opened, url: played.world.porter.url, folder, shots, report });
  if (wanted?.includes("comments") ?? true) await shootComments(opened, { world: played.world, folder });
  report(`${count} pictures are in screenshots/.`);
}

async function takeDocs(opened: Browser, played: Played): Promise<void> {
  const folder = join(ROOT, "docs", "pictures");
  mkdirSync(folder, { recursive: true });
  const { world: shown, taskIds } = played;
  const pathOfStory = (story: string) => pathOf(taskIds, story);
  await shootDocs({ browser: opened, url: shown.porter.url, folder, pathOf: pathOfStory });
  // The last that runs, and what stands before the film in the queue.
  const freed = taskIds.slice(ENDING + RUNNING - 1, -1).toReversed();
  const frames = await filmTask({ browser: opened, world: shown, freed, file: join(folder, "task.webp") });
  for (const file of readdirSync(folder)) report(`docs/pictures/${file}: ${kB(join(folder, file))} kB`);
  report(`The film has ${frames} frames.`);
}

const kB = (file: string): number => Math.round(statSync(file).size / 1000);

let world: World | null = null;
let browser: Browser | null = null;
const close = async (): Promise<void> => {
  await browser?.close();
  await world?.close();
};
onEndOfProcess((exitCode) => {
  const leave = (): never => process.exit(exitCode);
  close().then(leave, leave);
});

try {
  await ensureBuilt(report);
  const played = await playStories(newRunFolder("shots"), report, { pace: "real", hasEndings: !values.docs });
  world = played.world;
  browser = await chromium.launch({ executablePath: findBrowser(report), args: ["--no-sandbox", "--disable-gpu"] });
  await (values.docs ? takeDocs : takeAll)(browser, played);
  if (values.keep) {
    report(`Porter goes on at ${world.porter.url}; sign in as octocat. Ctrl-C ends it.`);
    await new Promise(() => {});
  }
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await close();
}
