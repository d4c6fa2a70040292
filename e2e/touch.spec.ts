import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import { expect, isLive, pathOfStory, testAlone as test } from "./stories.ts";

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

type Drag = { at: { x: number; y: number }; by: { x: number; y: number } };
const STEPS = 12;
/** A long log takes many drags, and there is nothing to wait for between them. */
const AGAIN_AT_ONCE = { intervals: [0] };

/** Nothing scrolls any more: neither the page nor a part of it, for ten frames. */
const glideIsOver = async (): Promise<void> => {
  let still = 0;
  const moved = () => (still = 0);
  document.addEventListener("scroll", moved, { capture: true });
  for (; still < 10; still++) await new Promise((resolve) => requestAnimationFrame(resolve));
  document.removeEventListener("scroll", moved, { capture: true });
};

/** A finger goes down, moves and is lifted; what glides on afterwards comes to rest. */
async function drag(finger: CDPSession, page: Page, { at, by }: Drag): Promise<void> {
  const place = (step: number) => ({ x: at.x + (by.x * step) / STEPS, y: at.y + (by.y * step) / STEPS });
  const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  await send("touchStart", [place(0)]);
  for (let step = 1; step <= STEPS; step++) {
    await send("touchMove", [place(step)]);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await send("touchEnd", []);
  await page.evaluate(glideIsOver);
}

/** A log under a finger. */
async function openLog(page: Page, context: BrowserContext, path: string): Promise<CDPSession> {
  await page.goto(`${path}?tab=log`);
  await isLive(page);
  return context.newCDPSession(page);
}

const list = (page: Page) => page.getByRole("region", { name: "Log" }).locator("[tabindex='0']");

test("a log's tail is let go by a finger however little it moves, and taken again at the end", async ({
  page,
  context,
  played,
  signIn,
}) => {
  await signIn("octocat");
  const finger = await openLog(page, context, pathOfStory(played, "working"));
  const follows = page.getByRole("button", { name: "Following" });
  await expect(follows).toBeVisible();
  await list(page).evaluate((one) => one.scrollIntoView({ block: "center" }));
  const box = await list(page).boundingBox();
  const middle = { x: 200, y: (box?.y ?? 0) + 250 };
  for (const far of [45, 300]) {
    await drag(finger, page, { at: middle, by: { x: 0, y: far } });
    await expect(page.getByRole("button", { name: /Jump to live/ })).toBeVisible();
    await expect(async () => {
      await drag(finger, page, { at: middle, by: { x: 0, y: -150 } });
      await expect(follows).toBeVisible({ timeout: 500 });
    }).toPass(AGAIN_AT_ONCE);
  }
});

test("a finger reaches the ends of long lines and of the page, and nothing holds it back", async ({
  page,
  context,
  played,
  signIn,
}) => {
  await signIn("octocat");
  const finger = await openLog(page, context, pathOfStory(played, "race"));
  const pageTop = () => page.evaluate(() => window.scrollY);
  await drag(finger, page, { at: { x: 200, y: 640 }, by: { x: 0, y: -300 } });
  await expect.poll(pageTop).toBeGreaterThan(100);
  await list(page).evaluate((one) => one.scrollIntoView({ block: "center" }));
  const box = await list(page).boundingBox();
  const summary = page.getByText("A single-flight lock in `src/auth/refresh.ts`: one exchange a user at a time");
  await expect(async () => {
    await drag(finger, page, { at: { x: 200, y: 600 }, by: { x: 0, y: -400 } });
    await expect(summary).toBeAttached({ timeout: 100 });
  }).toPass(AGAIN_AT_ONCE);
  await expect(async () => {
    await drag(finger, page, { at: { x: 320, y: 500 }, by: { x: -260, y: 0 } });
    const { right } = await summary.evaluate((one) => one.getBoundingClientRect());
    expect(right).toBeLessThan((box?.x ?? 0) + (box?.width ?? 0));
  }).toPass(AGAIN_AT_ONCE);
  // The page itself never moves sideways, and its end and its top can be reached over the log.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expect(async () => {
    await drag(finger, page, { at: { x: 200, y: 600 }, by: { x: 0, y: -450 } });
    await expect(page.getByText("Asked by")).toBeInViewport({ timeout: 100 });
  }).toPass(AGAIN_AT_ONCE);
  await expect(async () => {
    await drag(finger, page, { at: { x: 200, y: 250 }, by: { x: 0, y: 450 } });
    expect(await pageTop()).toBe(0);
  }).toPass(AGAIN_AT_ONCE);
  const rail = page.getByRole("list", { name: "Phases" });
  expect(await rail.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
});

test("the agent's own JSON is hidden until it is wanted, and numbers and links stay", async ({
  page,
  played,
  signIn,
}) => {
  await signIn("octocat");
  const path = `${pathOfStory(played, "small")}?tab=log`;
  await page.goto(path);
  await isLive(page);
  const log = page.getByRole("region", { name: "Log" });
  const said = log.getByText("One line in the pagination helper.");
  await expect(said).toBeVisible();
  const event = log.getByText('{"type":"step_start"');
  await expect(event).toHaveCount(0);
  await expect(log.getByRole("link", { name: "Line 3", exact: true })).toHaveCount(0);
  await expect(log.getByRole("link", { name: "Line 4", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Agent's JSON" }).click();
  await expect(event).toBeVisible();
  await expect(log.getByRole("link", { name: "Line 4", exact: true })).toBeVisible();
  await page.reload();
  await expect(event).toBeVisible();
  await page.getByRole("button", { name: "Agent's JSON" }).click();
  await expect(event).toHaveCount(0);
  expect(page.url()).not.toContain("json");
  // Who is sent to such a line sees it.
  await page.goto(`${path}#L3`);
  await page.reload();
  await expect(event).toBeVisible();
});
