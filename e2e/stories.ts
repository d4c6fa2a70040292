import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page, test as base, expect as patient } from "@playwright/test";
import type { World } from "../local/world/world.ts";
import { SCENES } from "../scripts/pictures/cast.ts";
import { play, type Played } from "../scripts/pictures/play.ts";

/** Other work may share this machine. */
export const expect = patient.configure({ timeout: 20_000 });

/** A world in which six tasks have ended, five run for good and three wait; its machines play stories. */
export const test = base.extend<
  { signIn: (login: string) => Promise<void>; errors: string[] },
  { played: Played; world: World }
>({
  played: [
    async ({}, use) => {
      const stateDir = mkdtempSync(join(tmpdir(), "porter-stories-"));
      const played = await play(stateDir, () => {});
      await use(played);
      await played.world.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 600_000 },
  ],
  world: [async ({ played }, use) => use(played.world), { scope: "worker" }],
  baseURL: async ({ world }, use) => use(world.porter.url),
  signIn: async ({ page }, use) => use((login) => signInAs(page, login)),
  /** Every error of the page and of its console. */
  errors: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
    page.on("pageerror", (error) => errors.push(error.message));
    await use(errors);
  },
});

async function signInAs(page: Page, login: string): Promise<void> {
  await page.goto("/api/auth/github");
  await page.getByRole("button", { name: new RegExp(login) }).click();
  await page.waitForURL(/\/(?:tasks|start)/);
}

/** The address of the task that plays a story. */
export const pathOfStory = ({ taskIds }: Played, story: string): string =>
  `/tasks/${taskIds[SCENES.findIndex((scene) => scene.story === story)] ?? ""}`;

/** Counts loads of the whole page from now on. */
export function countLoads(page: Page): () => number {
  let loads = 0;
  page.on("load", () => (loads += 1));
  return () => loads;
}
