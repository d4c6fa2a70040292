import type { Page, Request } from "@playwright/test";
import { COUNTED_AT_ONCE, COUNTING_STEPS, letCount } from "../scripts/pictures/long-stories.ts";
import { holdScripts, streamsOver } from "./line.ts";
import { askForStory, askNow, countLoads, expect, isLive, pathOfStory, test, testAlone } from "./stories.ts";

const taskRow = (page: Page, id: string) => page.locator(`[data-task="${id}"]`);
const stepAside = (page: Page) => page.mouse.move(5, 5);

/** Counts the streams that the page asks for from now on. */
function countStreams(page: Page): () => number {
  let opened = 0;
  page.on("request", (request) => void (request.url().includes("/api/trpc/live.") && (opened += 1)));
  return () => opened;
}

/** Hides the tab from its page, or shows it, as the browser does; headless tabs are always in sight. */
const show = (page: Page, isShown: boolean): Promise<void> =>
  page.evaluate((shown) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => !shown });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (shown ? "visible" : "hidden"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isShown);

/** The numbers of the counting story's steps on the page, in their order. */
const counted = async (page: Page): Promise<number[]> => {
  const words = await page.getByRole("button", { name: /^Ran count \d+/ }).allTextContents();
  return words.map((text) => Number(/count (\d+)/.exec(text)?.[1]));
};

/** From now on the scripts of the page's build are gone, as after a deploy. */
const forgetScripts = (page: Page) =>
  page.route(/\/_next\/static\/.*\.js/, (route) => route.fulfill({ status: 404, body: "gone" }));
const isMissingPart = (page: Page) => expect(page.getByText("A part of this page could not be loaded")).toBeVisible();

test("a deploy under open pages: they recover by themselves, and no step is missing or there twice", async ({
  page,
  context,
  world,
  api,
  played,
  signIn,
}) => {
  await signIn("octocat");
  const id = await askNow({ world, api, played }, { issue: 2, story: "counting" });
  await page.goto("/tasks");
  await stepAside(page);
  await isLive(page);
  const reading = await context.newPage();
  await reading.goto(`/tasks/${id}`);
  await isLive(reading);
  await expect.poll(async () => (await counted(reading)).length).toBe(COUNTED_AT_ONCE);
  const loads = [countLoads(page), countLoads(reading)];
  await world.killPorter("all");
  // What it says meanwhile waits for the new build.
  letCount({ stateDir: played.stateDir, taskId: id }, COUNTING_STEPS - 5);
  await expect(page.getByText(/Porter cannot be reached/)).toBeVisible();
  await expect(reading.getByText(/Porter cannot be reached/)).toBeVisible();
  await world.startPorter();
  for (const each of [page, reading]) await expect(each.getByText(/Porter cannot be reached/)).toBeHidden();
  letCount({ stateDir: played.stateDir, taskId: id }, COUNTING_STEPS);
  await expect.poll(async () => (await api.task(id)).status).toBe("success");
  await expect.poll(() => counted(reading)).toEqual(Array.from({ length: COUNTING_STEPS }, (_, index) => index + 1));
  await expect(page.getByRole("region", { name: /^Done/ }).locator(`[data-task="${id}"]`)).toHaveCount(1);
  expect(loads.map((count) => count())).toEqual([0, 0]);
  await reading.close();
});

test("a part that went with the old build leaves the page standing and offers the way on", async ({
  page,
  played,
  signIn,
}) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  await forgetScripts(page);
  await page.keyboard.press("Control+k");
  await isMissingPart(page);
  await expect(page.getByRole("heading", { name: /^Running/ })).toBeVisible();
  await page.goto(pathOfStory(played, "race"));
  await page.unroute(/\/_next\/static\/.*\.js/);
  await page.reload();
  await isLive(page);
  await forgetScripts(page);
  await page
    .getByRole("link", { name: /^Attempts|^Prompt/ })
    .first()
    .click();
  await isMissingPart(page);
  await page.unroute(/\/_next\/static\/.*\.js/);
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByText("A part of this page could not be loaded")).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a page whose script went with the old build loads itself anew", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  await forgetScripts(page);
  const loaded = page.waitForEvent("load");
  await page.getByRole("link", { name: "History" }).first().click();
  await expect(page).toHaveURL(/\/history/);
  await page.unroute(/\/_next\/static\/.*\.js/);
  await loaded;
  await expect(page.getByRole("table", { name: /Tasks that have ended/ })).toBeVisible();
});

testAlone(
  "a hidden tab rests: no stream, its title once a minute, and it catches up when it is shown",
  async ({ page, world, api, signIn }) => {
    await page.clock.install();
    await signIn("octocat");
    await page.goto("/tasks");
    await stepAside(page);
    await isLive(page);
    await show(page, false);
    await page.clock.runFor(61_000);
    await expect(page.getByText("Resting while nobody looks")).toBeAttached();
    const opened = countStreams(page);
    const id = await askForStory({ world, api }, { issue: 2, story: "cloning" });
    // The title is all that is seen of a hidden tab: while something runs it is a minute late at most.
    const counts = page.waitForRequest(/tasks\.counts/);
    await page.clock.runFor(61_000);
    await counts;
    expect(opened()).toBe(0);
    await expect(taskRow(page, id)).toHaveCount(0);
    await show(page, true);
    await expect(taskRow(page, id)).toHaveCount(1);
    expect(opened()).toBe(1);
  },
);

testAlone(
  "a computer that slept for an hour: one new stream, nothing missing",
  async ({ page, world, api, signIn }) => {
    await page.clock.install();
    await signIn("octocat");
    const line = await streamsOver(page, world.porter.url);
    await page.goto("/tasks");
    await stepAside(page);
    await isLive(page);
    // What is open hangs, as it does after a sleep: no end, no news.
    line.hang();
    const id = await askForStory({ world, api }, { issue: 2, story: "cloning" });
    const opened = countStreams(page);
    await page.clock.fastForward("01:00:00");
    await expect(taskRow(page, id)).toHaveCount(1);
    expect(opened()).toBe(1);
    line.close();
  },
);

/** What the page reads again of its own from the server, and has not got yet. */
function readingsOf(page: Page): ReadonlySet<Request> {
  const open = new Set<Request>();
  page.on("request", (request) => {
    if (request.url().includes("_rsc=")) open.add(request);
  });
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  return open;
}

test("the history takes in what ends while it is looked at, and waits while somebody reads its rows", async ({
  page,
  world,
  api,
  signIn,
}) => {
  await signIn("octocat");
  await page.goto("/history");
  await stepAside(page);
  await isLive(page);
  const loads = countLoads(page);
  const reading = readingsOf(page);
  const table = page.getByRole("table", { name: /Tasks that have ended/ });
  const rowOf = (id: string) => table.locator(`a[href="/tasks/${id}"]`);
  const stop = async (): Promise<string> => {
    const id = await askForStory({ world, api }, { issue: 2, story: "cloning" });
    await api.stopTask(id);
    return id;
  };
  await expect(rowOf(await stop()).first()).toBeVisible();
  await table.getByRole("row").nth(2).getByRole("link").first().focus();
  // Rows that were on their way already come anyway, and would bring the second end along.
  await expect.poll(() => reading.size).toBe(0);
  const second = await stop();
  await page.keyboard.press("Shift");
  // The first one may have changed once more.
  await page.getByRole("button", { name: /^[12] new$/ }).click();
  await expect(rowOf(second).first()).toBeVisible();
  expect(loads()).toBe(0);
});

test("what is chosen before the page's script arrived is known to it", async ({ page, signIn }) => {
  await signIn("octocat");
  const release = await holdScripts(page);
  await page.goto("/settings/defaults", { waitUntil: "commit" });
  const size = page.getByLabel(/^Machine(?:\(not saved\))?$/);
  const cloud = page.getByRole("radio", { name: "Cloud" });
  const priority = page.getByRole("radio", { name: "Priority" });
  await size.selectOption({ index: 2 });
  const chosen = await size.inputValue();
  await priority.check();
  await cloud.check();
  await priority.check();
  release();
  await expect(page.getByRole("region", { name: "Unsaved changes" })).toContainText("2 changes not saved");
  await expect(size).toHaveValue(chosen);
  await expect(priority).toBeChecked();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(cloud).toBeChecked();
  await expect(size).not.toHaveValue(chosen);
});

test("a button pressed before the page's script arrived does what it says, and a script that never comes is told", async ({
  page,
  signIn,
}) => {
  await signIn("octocat");
  const release = await holdScripts(page);
  await page.goto("/tasks", { waitUntil: "commit" });
  await page.getByRole("button", { name: "New task" }).click();
  await expect(page.locator("[data-heard]")).toHaveCount(1);
  release();
  await expect(page.getByRole("dialog", { name: /choose a repository/ })).toBeVisible();
  await page.unroute(/\.js(?:$|\?)/);
  await page.route(/\.js(?:$|\?)/, (route) => route.abort());
  await page.goto("/tasks");
  await expect(page.getByText(/buttons need the page's script/)).toBeVisible();
  await page.getByRole("link", { name: "Two tabs sign each other out" }).first().click();
  await expect(page.getByRole("heading", { name: /Two tabs sign each other out/ })).toBeVisible();
});
