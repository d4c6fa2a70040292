import { type Page, test as base, expect } from "@playwright/test";
import { z } from "zod";
import { helloPorterFiles, helloPorterIssues } from "../local/github/hello-porter.ts";
import type { Seed } from "../local/github/seed.ts";
import { startWorld, type World } from "../local/world/world.ts";
import { keepQuestions } from "./wait-until-idle.ts";
import { provideWorld, failWhenWorldEnds } from "./world.ts";

export { expect };

/** Ends what hangs of a task that real agents work on, from the comment to the pull request. */
const A_RUN_MS = 400_000;
const newest = z.object({ tasks: z.tuple([z.object({ status: z.string() })], z.unknown()) });

/** Waits until the newest task of the page's person has ended, and expects that it went well. */
export async function runEndsWell(page: Page): Promise<void> {
  const status = async () => newest.parse(await (await page.request.get("/api/tasks?limit=1")).json()).tasks[0].status;
  await expect.poll(status, { timeout: A_RUN_MS }).not.toMatch(/queued|running/);
  expect(await status()).toBe("success");
}

/** Besides octocat somebody who has installed the App and nothing else, for the tests of the set-up. */
const SEED: Seed = {
  users: [{ login: "newcomer" }],
  repositories: [{ owner: "newcomer", name: "hello-porter", files: helloPorterFiles, issues: helloPorterIssues }],
  installations: [{ account: "newcomer" }],
};

/** One world a worker: GitHub, Fly, model and the built Porter, all real and on loopback. */
export const test = base.extend<
  { signIn: (login: string) => Promise<void>; whole: void },
  { seed: Seed; world: World }
>({
  /** What GitHub has besides the standard things; a spec with its own has its own world. */
  seed: [SEED, { option: true, scope: "worker" }],
  world: [
    ({ seed }, use, info) => {
      const start = (stateDir: string) => startWorld({ stateDir, report: () => {}, tickMs: 2000, seed });
      return provideWorld({ name: "porter", start, worldOf: (world) => world }, use, info);
    },
    { scope: "worker", timeout: 600_000 },
  ],
  whole: [failWhenWorldEnds, { auto: true }],
  baseURL: async ({ world }, use) => use(world.porter.url),
  context: async ({ context }, use) => {
    await keepQuestions(context);
    await use(context);
  },
  signIn: async ({ page }, use) => use((login) => signInAs(page, login)),
});

/** Through GitHub's own page, as a person does. */
async function signInAs(page: Page, login: string): Promise<void> {
  await page.goto("/");
  await page
    .getByRole("link", { name: /sign in with github/i })
    .or(page.getByRole("button", { name: /sign in with github/i }))
    .first()
    .click();
  await page.getByRole("button", { name: new RegExp(login) }).click();
  await page.waitForURL(/localhost/);
}

/** Every message of the browser's console that is an error, and every error of the page. */
export function watchConsole(page: Page): string[] {
  const errors: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}
