import type { Page } from "@playwright/test";
import { axeViolations } from "./axe.ts";
import { askForStory, countLoads, expect, isLive, keepQuestions, takeAllSlots, test, testAlone } from "./stories.ts";

const rowOf = (page: Page, id: string) => page.locator(`[data-task="${id}"]`);
const PLACE = /^(\d+)\w\w of (\d+): five tasks are running$/;
/** The place that the row or the head of a task's page says, 0 while it says none. */
async function placeOn(part: ReturnType<Page["locator"]>): Promise<number> {
  const words = await part.getByText(PLACE).filter({ visible: true }).allInnerTexts();
  return Number(PLACE.exec(words[0] ?? "")?.[1] ?? 0);
}

test("what waits says its place and the reason, and moves up by itself in the list and on its page", async ({
  page,
  context,
  world,
  api,
  signIn,
}) => {
  await signIn("octocat");
  await takeAllSlots({ world, api });
  const before = await askForStory({ world, api }, { issue: 2, story: "small" });
  const id = await askForStory({ world, api }, { issue: 2, story: "small" });
  await page.goto("/tasks");
  // In the server's HTML already.
  const place = await placeOn(rowOf(page, id));
  expect(place).toBeGreaterThan(1);
  await isLive(page);
  const own = await context.newPage();
  await own.goto(`/tasks/${id}`);
  await isLive(own);
  expect(await placeOn(own.getByRole("banner").or(own.locator("article > header")))).toBe(place);
  const loads = [countLoads(page), countLoads(own)];
  await api.stopTask(before);
  await expect.poll(() => placeOn(rowOf(page, id))).toBe(place - 1);
  await expect.poll(() => placeOn(own.locator("article > header"))).toBe(place - 1);
  await api.stopTask(id);
  await expect(own.locator("article > header")).toContainText("Stopped");
  expect(loads.map((count) => count())).toEqual([0, 0]);
  await own.close();
});

testAlone("a finger stops and retries in the list, and takes it back", async ({ browser, world, api, sessionOf }) => {
  await takeAllSlots({ world, api });
  const title = "Add a French greeting";
  const id = await askForStory({ world, api }, { issue: 1, story: "small" });
  const phone = await browser.newContext({
    baseURL: world.porter.url,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await phone.clock.install();
  await keepQuestions(phone);
  await phone.addCookies(await sessionOf("octocat"));
  const hand = await phone.newPage();
  await hand.goto("/tasks");
  await isLive(hand);
  const acts = hand.locator("[data-task]").getByRole("button", { name: /^(Stop|Retry)$/ });
  for (const act of await acts.all()) {
    const { width = 0, height = 0 } = (await act.boundingBox()) ?? {};
    expect([width, height]).toEqual([44, 44]);
  }
  for (const row of await hand.locator("[data-task]").all())
    expect((await row.boundingBox())?.height).toBeLessThanOrEqual(50);
  const stop = rowOf(hand, id).getByRole("button", { name: "Stop" });
  await stop.tap();
  const really = rowOf(hand, id).getByRole("button", { name: "Really stop?" });
  await expect(really).toBeVisible();
  await expect(really).toHaveAccessibleDescription(`Queued: ${title}`);
  expect(await axeViolations(hand)).toEqual([]);
  // Nobody meant it in its time.
  await hand.clock.fastForward(41_000);
  await expect(really).toBeHidden();
  await stop.tap();
  await really.tap();
  await expect(hand.getByText(`Stopped “${title}”`)).toBeVisible();
  expect((await api.task(id)).status).toBe("failed");
  await hand.getByRole("button", { name: "Undo" }).tap();
  await expect.poll(async () => (await api.task(id)).status).toBe("queued");
  await expect(stop).toBeVisible();
  await phone.close();
});
