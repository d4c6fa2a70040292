import type { Page } from "@playwright/test";
import { ask, expect, isLive, pathOfStory, takeAllSlots, test } from "./stories.ts";

// Another zone, language and time than the server's: what it wrote must be what the browser writes at first.
test.use({ timezoneId: "Pacific/Auckland", locale: "de-DE" });

/** A fiftieth of what counts as good: a row or a part that comes late is more, even on a phone. */
const STILL = 0.002;

type Shift = { value: number; what: string[] };

/** Every shift of the layout since the page began. */
const shiftsOf = (page: Page): Promise<Shift[]> =>
  page.evaluate(
    () =>
      new Promise<Shift[]>((resolve) => {
        const found: Shift[] = [];
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & {
            value: number;
            sources: { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }[];
          })[])
            found.push({
              value: entry.value,
              what: entry.sources.map(({ node, previousRect: from, currentRect: to }) =>
                [from.x, from.y, from.width, "to", to.x, to.y, to.width, node?.className].join(" "),
              ),
            });
        });
        observer.observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(found), 300);
      }),
  );

test("nothing on a page shifts while it comes alive, with the reader's own zone, language and clock", async ({
  page,
  played,
  world,
  api,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  // A task that starts or ends moves rows, and that is no fault of the page.
  await takeAllSlots(page, { world, api });
  await page.clock.install({ time: Date.now() - 15 * 60_000 });
  await page.clock.resume();
  const paths = ["/tasks", "/history", "/account", "/settings/fly", "/settings/defaults", "/start"];
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    for (const path of [...paths, pathOfStory(played, "race"), pathOfStory(played, "working")]) {
      errors.length = 0;
      await page.goto(path);
      await isLive(page);
      // What comes after the first view.
      await page.waitForTimeout(1000);
      const shifts = await shiftsOf(page);
      const sum = shifts.reduce((total, { value }) => total + value, 0);
      expect.soft(sum, `${path} at ${width}: ${JSON.stringify(shifts)}`).toBeLessThan(STILL);
      expect.soft([...errors], path).toEqual([]);
    }
  }
});

test("what runs counts from its beginning, though the reader's clock is wrong", async ({
  page,
  world,
  api,
  signIn,
}) => {
  await signIn("octocat");
  const id = await ask({ world, api }, { issue: 2, story: "cloning" });
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
  await page.clock.resume();
  await page.goto(`/tasks/${id}`);
  await isLive(page);
  await expect(page.getByText(/\d h \d\d m|hours ago|in \d+ (?:minutes|hours)/)).toHaveCount(0);
});
