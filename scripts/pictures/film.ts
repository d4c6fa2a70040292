// The README's animation: one task from the comment to its pull request, as a browser showed it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import sharp from "sharp";
import type { World } from "../../local/world/world.ts";
import { FILMED, issueOf } from "./cast.ts";
import { signInAs } from "./shoot.ts";

type Frame = { image: Buffer; atMs: number };

const VIEW = { width: 1280, height: 760 };
const FRAME_MS = 250;
/** Nothing stands longer than this in the film, however long it stood. */
const LONGEST_MS = 600;
const LAST_FRAME_MS = 3000;
const WAIT_MS = 60_000;
/** Flat colours and letters: without loss it is crisp, and still small. */
const WEBP = { lossless: true, effort: 6, minSize: true };

/**
 * Films the task of `FILMED` in a world that was played, light and without motion. `freed`: ids of tasks that are
 * stopped before, so that it starts at once. Answers how many frames `file` has.
 */
export async function filmTask(input: {
  browser: Browser;
  world: World;
  freed: string[];
  file: string;
}): Promise<number> {
  const { browser, world, freed, file } = input;
  const baseURL = world.porter.url;
  const context = await browser.newContext({ colorScheme: "light", reducedMotion: "reduce", viewport: VIEW, baseURL });
  await signInAs(context, "octocat");
  await stopAll(context, freed, baseURL);
  const page = await context.newPage();
  await page.goto("/tasks");
  await page.mouse.move(5, 5);
  await sleep(2000);
  const camera = record(page);
  await sleep(600);
  await world.github.comment({ login: "octocat", repo: FILMED.repo, issue: issueOf(FILMED), body: FILMED.comment });
  const row = page.getByRole("listitem").filter({ hasText: FILMED.title });
  await row.getByText("src/auth/refresh.ts").waitFor({ timeout: WAIT_MS });
  await row.getByRole("link").first().hover();
  await sleep(500);
  await row.getByRole("link").first().click();
  await page.getByRole("link", { name: "Pull request", exact: true }).waitFor({ timeout: WAIT_MS });
  await page.mouse.wheel(0, -20_000);
  await sleep(1200);
  const frames = await camera.stop();
  await context.close();
  await encode(frames, file);
  return frames.length;
}

async function stopAll(context: BrowserContext, ids: string[], origin: string): Promise<void> {
  for (const id of ids) {
    const answer = await context.request.post(`/api/tasks/${id}/stop`, { headers: { origin } });
    if (!answer.ok()) throw new Error(`stopping ${id} answered ${answer.status()}`);
  }
}

/** Takes a picture at a time until it is stopped; what looks the same as before is left out. */
function record(page: Page): { stop: () => Promise<Frame[]> } {
  const frames: Frame[] = [];
  let isOn = true;
  const run = async (): Promise<void> => {
    while (isOn) {
      const atMs = performance.now();
      const image = await page.screenshot();
      if (frames.at(-1)?.image.equals(image) !== true) frames.push({ image, atMs });
      await sleep(Math.max(0, FRAME_MS - (performance.now() - atMs)));
    }
  };
  const over = run();
  return {
    async stop() {
      isOn = false;
      await over;
      return frames;
    },
  };
}

async function encode(frames: Frame[], file: string): Promise<void> {
  const delay = frames.map(({ atMs }, index) => {
    const next = frames[index + 1];
    return next === undefined ? LAST_FRAME_MS : Math.round(Math.min(LONGEST_MS, next.atMs - atMs));
  });
  await sharp(
    frames.map(({ image }) => image),
    { join: { animated: true } },
  )
    .webp({ ...WEBP, loop: 0, delay })
    .toFile(file);
}
