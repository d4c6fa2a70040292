import type { Page } from "@playwright/test";
import { ask, countLoads, expect, isLive, takeAllSlots, test } from "./stories.ts";

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
  await takeAllSlots(page, { world, api });
  const before = await ask({ world, api }, { issue: 2, story: "small" });
  const id = await ask({ world, api }, { issue: 2, story: "small" });
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
  const stop = (task: string) =>
    page.request.post(`/api/tasks/${task}/stop`, { headers: { origin: world.porter.url }, data: {} });
  expect((await stop(before)).ok()).toBe(true);
  await expect.poll(() => placeOn(rowOf(page, id)), { intervals: [50] }).toBe(place - 1);
  await expect.poll(() => placeOn(own.locator("article > header")), { intervals: [50] }).toBe(place - 1);
  expect((await stop(id)).ok()).toBe(true);
  await expect(own.locator("article > header")).toContainText("Stopped");
  expect(loads.map((count) => count())).toEqual([0, 0]);
  await own.close();
});
