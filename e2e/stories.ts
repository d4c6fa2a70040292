import { type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { porterApi, type PorterApi } from "../local/demo/porter-api.ts";
import { signIn as signInByHand } from "../local/world/sign-in.ts";
import type { World } from "../local/world/world.ts";
import { MAX_RUNNING_TASKS_PER_USER } from "../lib/task.ts";
import type { TaskView } from "../lib/task-view.ts";
import { SCENES } from "../scripts/pictures/cast.ts";
import { playStories, type Played } from "../scripts/pictures/play.ts";
import { isEndless as isEndlessStory, STORIES } from "../scripts/pictures/stories.ts";
import { isLive, keepQuestions } from "./wait-until-idle.ts";
import { provideWorld, failWhenWorldEnds } from "./world.ts";

export { expect, isLive, keepQuestions };

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;

type EachTest = {
  /** Lets the page's browser be signed in; the same session in every test. */
  signIn: (login: string) => Promise<void>;
  /** Every error and warning of the page's console, and every error of the page itself. */
  errors: string[];
  whole: void;
};
type EachWorker = {
  played: Played;
  world: World;
  /** Porter's REST API as octocat, beside the browser. */
  api: PorterApi;
  sessionOf: (login: string) => Promise<Cookies>;
  /** The browser of all tests that need none of their own: scripts that one page has loaded, the next one has. */
  shared: BrowserContext;
};

/**
 * A world in which six tasks have ended, five run for ever and three wait; its machines play stories. Each test has a
 * browser of its own: for what changes its clock or device, or asks what a new one does.
 */
export const testAlone = base.extend<EachTest, EachWorker>({
  played: [
    ({}, use, info) => {
      const start = (stateDir: string) => playStories(stateDir, () => {});
      return provideWorld({ name: "stories", start, worldOf: ({ world }) => world }, use, info);
    },
    { scope: "worker", timeout: 600_000 },
  ],
  whole: [failWhenWorldEnds, { auto: true }],
  world: [async ({ played }, use) => use(played.world), { scope: "worker" }],
  baseURL: async ({ world }, use) => use(world.porter.url),
  context: async ({ context }, use) => {
    await keepQuestions(context);
    await use(context);
  },
  api: [
    async ({ world }, use) => use(porterApi(world.porter.url, await signInByHand(world.porter.url, "octocat"))),
    { scope: "worker" },
  ],
  sessionOf: [
    async ({ world, browser }, use) => {
      const sessions = new Map<string, Promise<Cookies>>();
      const begin = async (login: string): Promise<Cookies> => {
        const context = await browser.newContext({ baseURL: world.porter.url });
        await signInAs(await context.newPage(), login);
        const cookies = await context.cookies();
        await context.close();
        return cookies;
      };
      await use((login) => {
        const session = sessions.get(login) ?? begin(login);
        sessions.set(login, session);
        return session;
      });
    },
    { scope: "worker" },
  ],
  shared: [
    async ({ world, browser }, use) => {
      const context = await browser.newContext({ baseURL: world.porter.url, reducedMotion: "reduce" });
      await keepQuestions(context);
      await use(context);
      await context.close();
    },
    { scope: "worker" },
  ],
  signIn: async ({ context, sessionOf }, use) => use(async (login) => context.addCookies(await sessionOf(login))),
  errors: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    await use(errors);
  },
});

/** The same world, in a browser that has nothing of the tests before but the files that it loaded. */
export const test = testAlone.extend({
  context: async ({ shared }, use) => {
    await shared.clearCookies();
    await use(shared);
    for (const page of shared.pages()) await page.close();
  },
  page: async ({ context, world }, use) => {
    const page = await context.newPage();
    await use(page);
    const browser = await context.newCDPSession(page);
    await browser.send("Storage.clearDataForOrigin", { origin: world.porter.url, storageTypes: "local_storage" });
  },
});

/** Through GitHub's own page. */
export async function signInAs(page: Page, login: string): Promise<void> {
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

type Tools = { world: World; api: PorterApi };
type Order = { issue: number; story: string; flags?: string };

/** Lets octocat ask for a story on an issue of hello-porter; answers the new task's id. */
export async function askForStory({ world, api }: Tools, { issue, story, flags = "" }: Order): Promise<string> {
  const before = (await api.newestTask())?.id;
  // Forced: an issue whose task is open takes no further one otherwise.
  const body = `@porter opencode ${flags} -- [story: ${story}]`;
  await world.github.comment({ login: "octocat", repo: "octocat/hello-porter", issue, body });
  let id = before;
  await expect.poll(async () => (id = (await api.newestTask())?.id)).not.toBe(before);
  return id ?? "";
}

/** Whether what a task plays goes on until it is stopped (scripts/pictures/story-machine.ts reads it so, too). */
const isEndless = ({ issueBody, instructions }: TaskView): boolean =>
  isEndlessStory(STORIES[/\[story: (\w+)\]/.exec(`${issueBody} ${instructions}`)?.[1] ?? ""]);

/** Lets octocat ask for a story, and frees slots of tasks that no test looks at until it has one. */
export async function askNow(tools: Tools & { played: Played }, order: Order): Promise<string> {
  const kept = ["working", "cloning"].map((story) => pathOfStory(tools.played, story));
  const id = await askForStory(tools, { ...order, flags: `--priority=high ${order.flags ?? ""}` });
  await expect(async () => {
    const open = await tools.api.openTasks();
    if (!open.some((task) => task.id === id && task.status === "queued")) return;
    const running = open.filter(({ status }) => status === "running");
    const freed = running.find((task) => isEndless(task) && !kept.includes(`/tasks/${task.id}`));
    if (running.length === MAX_RUNNING_TASKS_PER_USER && freed !== undefined) await tools.api.stopTask(freed.id);
    throw new Error(`${id} waits`);
  }).toPass();
  return id;
}

/** Lets tasks that never end take every slot of octocat, so that what is asked for next waits. */
export async function takeAllSlots(tools: Tools): Promise<void> {
  await expect(async () => {
    const endless = (await tools.api.openTasks()).filter(isEndless);
    if (endless.length < MAX_RUNNING_TASKS_PER_USER) await askForStory(tools, { issue: 2, story: "cloning" });
    expect(endless.filter(({ status }) => status === "running")).toHaveLength(MAX_RUNNING_TASKS_PER_USER);
  }).toPass();
}
