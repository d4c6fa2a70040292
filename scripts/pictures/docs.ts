// The pictures of the README, as WebP in docs/pictures/.
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import sharp from "sharp";
import { type Shot, openShot, signInAs } from "./shoot.ts";
import { pressButton } from "./shots.ts";

/** Its task's page is the one that plays `story`. */
type DocsShot = Omit<Shot, "login" | "path"> & { theme: "light" | "dark" } & ({ path: string } | { story: string });

const SHOTS: DocsShot[] = [
  { name: "tasks-light", path: "/tasks", theme: "light" },
  { name: "tasks-dark", path: "/tasks", theme: "dark" },
  { name: "steps", story: "working", theme: "light" },
  { name: "outcome", story: "race", theme: "dark", open: pressButton("Worked") },
  { name: "failure", story: "broken", theme: "dark" },
  { name: "history", path: "/history", theme: "light" },
];
/** As wide as a window beside an editor; sharp on dense screens, small enough for a repository. */
const VIEW = { width: 1280, height: 800 };
const DENSITY = 1.5;
const WEBP = { quality: 80, effort: 6, smartSubsample: true };

/** Takes each picture of the README. `pathOf`: the path of a story's task. */
export async function shootDocs(input: {
  browser: Browser;
  url: string;
  folder: string;
  pathOf: (story: string) => string;
}): Promise<void> {
  for (const { theme, ...shot } of SHOTS) {
    const context = await input.browser.newContext({
      colorScheme: theme,
      deviceScaleFactor: DENSITY,
      viewport: VIEW,
      baseURL: input.url,
    });
    await signInAs(context, "octocat");
    const page = await context.newPage();
    await openShot(page, { ...shot, login: "octocat", path: "path" in shot ? shot.path : input.pathOf(shot.story) });
    await sharp(await page.screenshot())
      .webp(WEBP)
      .toFile(join(input.folder, `${shot.name}.webp`));
    await context.close();
  }
}
