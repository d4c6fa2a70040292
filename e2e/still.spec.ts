import type { CDPSession, Page } from "@playwright/test";
import { waitUntilIdle, lateParts } from "./wait-until-idle.ts";
import { isWholeRing } from "./ring.ts";
import { askForStory, expect, isLive, pathOfStory, takeAllSlots, testAlone as test } from "./stories.ts";

// Another zone, language and time than the server's: what it wrote must be what the browser writes at first.
test.use({ timezoneId: "Pacific/Auckland", locale: "de-DE", reducedMotion: "no-preference" });

/** A fiftieth of what counts as good: a row or a part that comes late is more, even on a phone. */
const STILL = 0.002;

test.describe.configure({ mode: "parallel" });

const OPEN = ["/", "/docs/api"];
const SIGNED_IN = ["/tasks", "/history", "/account", "/settings/fly", "/settings/defaults", "/start"];

/** A phone's width, and a wide screen in the second ring. */
const WIDTHS = [
  { width: 390, ring: "" },
  { width: 1280, ring: " @all" },
];
const SPEEDS = isWholeRing ? [40_000, 80_000, 150_000] : [80_000];

type Shift = { value: number; what: string[] };

const sumOf = (shifts: Shift[]): number => shifts.reduce((total, { value }) => total + value, 0);

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
                [
                  from.x,
                  from.y,
                  from.width,
                  "to",
                  to.x,
                  to.y,
                  to.width,
                  node?.className,
                  node?.nodeName,
                  node?.textContent?.slice(0, 40),
                ].join(" "),
              ),
            });
        });
        observer.observe({ type: "layout-shift", buffered: true });
        // What was there before is told in a task of its own.
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(found), 0)));
      }),
  );

for (const { width, ring } of WIDTHS)
  test(`nothing shifts while a page comes alive, with the reader's own zone, language and clock, at ${width} px${ring}`, async ({
    page,
    played,
    world,
    api,
    signIn,
    errors,
  }) => {
    await signIn("octocat");
    // A task that starts or ends moves rows, and that is no fault of the page.
    await takeAllSlots({ world, api });
    await page.clock.install({ time: Date.now() - 15 * 60_000 });
    await page.clock.resume();
    await page.setViewportSize({ width, height: 844 });
    const pages = [...SIGNED_IN, pathOfStory(played, "race"), pathOfStory(played, "working")];
    for (const path of pages) {
      errors.length = 0;
      await page.goto(path);
      await isLive(page);
      // What comes after the first view.
      await lateParts(page);
      await waitUntilIdle(page);
      const shifts = await shiftsOf(page);
      expect.soft(sumOf(shifts), `${path}: ${JSON.stringify(shifts)}`).toBeLessThan(STILL);
      expect.soft([...errors], path).toEqual([]);
    }
  });

/** Lets the page's browser get so many bytes a second; -1: as many as it can. */
async function slowLine(page: Page): Promise<{ network: CDPSession; comesAt: (bytes: number) => Promise<void> }> {
  const network = await page.context().newCDPSession(page);
  const conditions = { offline: false, latency: 0, uploadThroughput: -1 };
  const comesAt = async (downloadThroughput: number): Promise<void> => {
    await network.send("Network.emulateNetworkConditions", { ...conditions, downloadThroughput });
  };
  return { network, comesAt };
}

for (const { width, ring } of WIDTHS)
  test(`a page that comes slowly moves nothing that is there already, at ${width} px${ring}`, async ({
    page,
    played,
    world,
    api,
    signIn,
  }) => {
    await signIn("octocat");
    await takeAllSlots({ world, api });
    await page.setViewportSize({ width, height: 844 });
    const { network, comesAt } = await slowLine(page);
    // Scripts wait for ever: what they move is the other tests'.
    await network.send("Fetch.enable", { patterns: [{ urlPattern: "*.js" }] });
    const race = pathOfStory(played, "race");
    // The first ring has those that hold what was read for them.
    const pages = isWholeRing
      ? [...OPEN, ...SIGNED_IN, race, pathOfStory(played, "working")]
      : ["/", "/tasks", "/history", race];
    for (const path of pages) {
      // Styles and fonts are the browser's own from now on.
      await comesAt(-1);
      await page.goto(path, { waitUntil: "domcontentloaded" });
      await page.evaluate(async () => document.fonts.ready);
      await comesAt(40_000);
      await page.goto(path, { waitUntil: "domcontentloaded" });
      const shifts = await shiftsOf(page);
      expect.soft(sumOf(shifts), `${path}: ${JSON.stringify(shifts)}`).toBeLessThan(STILL);
    }
  });

test("what runs is followed to its end without a jump, however slowly the page comes", async ({
  page,
  played,
  signIn,
}) => {
  await signIn("octocat");
  await page.setViewportSize({ width: 390, height: 844 });
  const { comesAt } = await slowLine(page);
  await page.goto(pathOfStory(played, "working"));
  await isLive(page);
  for (const speed of SPEEDS) {
    await comesAt(speed);
    await page.goto(pathOfStory(played, "working"));
    await isLive(page);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
    await lateParts(page);
    await waitUntilIdle(page);
    const shifts = await shiftsOf(page);
    expect.soft(sumOf(shifts), `${speed}: ${JSON.stringify(shifts)}`).toBeLessThan(STILL);
  }
});

test("what runs counts from its beginning, though the reader's clock is wrong", async ({
  page,
  world,
  api,
  signIn,
}) => {
  await signIn("octocat");
  const id = await askForStory({ world, api }, { issue: 2, story: "cloning" });
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 });
  await page.clock.resume();
  await page.goto(`/tasks/${id}`);
  await isLive(page);
  await expect(page.getByText(/\d h \d\d m|hours ago|in \d+ (?:minutes|hours)/)).toHaveCount(0);
});
