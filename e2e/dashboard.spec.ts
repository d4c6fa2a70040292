import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { SCENES } from "../scripts/pictures/cast.ts";
import { countLoads, expect, pathOfStory, test } from "./stories.ts";

const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
const section = (page: Page, name: string) => page.getByRole("region", { name: new RegExp(`^${name}`) });
/** The page's script is there and its stream is open. */
const isLive = (page: Page) =>
  expect(page.getByText("Live: this page moves by itself")).toBeAttached({ timeout: 20_000 });
/** The pointer away from the list, whose rows keep still under it. */
const stepAside = (page: Page) => page.mouse.move(5, 5);

test("a comment becomes a row, moves through the sections and ends with its pull request, without a reload", async ({
  page,
  world,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await stepAside(page);
  await isLive(page);
  const loads = countLoads(page);
  await world.github.comment({
    login: "octocat",
    repo: "octocat/storefront",
    issue: 2,
    body: "@porter claude --priority=high",
  });
  const waiting = section(page, "Queued").getByText("Parser crashes on a trailing comma");
  await expect(waiting).toBeVisible({ timeout: 20_000 });
  // A slot becomes free: the stop of one task lets the next one run.
  await row(page, "Add Portuguese").getByRole("link").first().focus();
  await page.keyboard.press("s");
  await expect(row(page, "Add Portuguese").getByRole("button", { name: "Really stop?" })).toBeVisible();
  await page.keyboard.press("s");
  await expect(page.getByText(/^Stopped “Add Portuguese/)).toBeVisible();
  await expect(section(page, "Done").getByText("Parser crashes on a trailing comma").first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(section(page, "Done").getByText("Add Portuguese")).toBeVisible({ timeout: 20_000 });
  expect(loads()).toBe(0);
  expect(errors).toEqual([]);
});

test("retry and its undo happen in place", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  const failed = row(page, "Monthly report adds cents as floats");
  await failed.hover();
  await failed.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText(/^Queued “Monthly report/)).toBeVisible();
  await stepAside(page);
  await expect(section(page, "Needs you").getByText("Monthly report adds cents as floats")).toBeHidden({
    timeout: 20_000,
  });
});

test("filters are in the address: reload and back keep them", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await page.getByLabel("Agent").selectOption("claude");
  await expect(page).toHaveURL(/agent=claude/);
  await expect(row(page, "Search forgets its filters")).toBeHidden();
  await page.keyboard.press("/");
  await page.keyboard.type("ledger#", { delay: 300 });
  await expect(page.getByLabel("Search tasks")).toBeFocused();
  await expect(page).toHaveURL(/q=ledger/);
  await expect(row(page, "Show pending transfers in grey")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Agent")).toHaveValue("claude");
  await expect(page.getByLabel("Search tasks")).toHaveValue("ledger#");
  await row(page, "Show pending transfers in grey").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/tasks\/task_/);
  await page.goBack();
  await expect(page).toHaveURL(/agent=claude.*q=ledger/);
  await expect(page.getByLabel("Search tasks")).toHaveValue("ledger#");
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).not.toHaveURL(/agent=/);
});

test("the list is walked by keys alone", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  await expect(page.getByRole("toolbar", { name: "Selected tasks" })).toContainText("1 selected");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tasks\/task_/);
});

test("a task shows its steps by kind, its changes, its log and its prompt", async ({
  page,
  played,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  await page.goto(pathOfStory(played, "race"));
  await page.getByRole("button", { name: /^Worked/ }).click();
  await expect(page.getByText("at the same moment")).toBeVisible();
  await expect(page.getByText("Single-flight lock in refresh()").first()).toBeVisible();
  await expect(page.getByRole("table", { name: /refresh\.ts/ }).first()).toContainText("inFlight");
  await page.getByRole("link", { name: /^Changes/ }).click();
  await expect(page).toHaveURL(/tab=changes/);
  await page.getByRole("button", { name: "Side by side" }).click();
  await page.getByRole("link", { name: "Log" }).click();
  await page.getByLabel("Find in the log").fill("ℹ pass 216");
  await expect(page.getByText("1 lines")).toBeVisible();
  await page.getByLabel("Find in the log").press("Enter");
  await expect(page.getByText("ℹ pass 216")).toBeVisible();
  await page.goto(`${pathOfStory(played, "race")}?tab=log#L3-L5`);
  await expect(page.getByRole("link", { name: "Line 3", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Prompt" }).click();
  await expect(page.getByText("[story: race]")).toBeVisible();
  expect(errors).toEqual([]);
});

test("a running task goes on while it is watched, and its tail is let go by hand only", async ({
  page,
  played,
  signIn,
}) => {
  await signIn("octocat");
  await page.goto(pathOfStory(played, "working"));
  await expect(page.getByText("running", { exact: true })).toBeInViewport();
  await page.mouse.wheel(0, -2000);
  await expect(page.getByRole("button", { name: /Jump to live/ })).toBeVisible();
  await page.getByRole("button", { name: /Jump to live/ }).click();
  await expect(page.getByText("running", { exact: true })).toBeInViewport();
});

test("says when the connection is lost, and catches up by itself", async ({ page, context, world, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await stepAside(page);
  await isLive(page);
  await context.setOffline(true);
  await expect(page.getByText(/Porter cannot be reached/)).toBeVisible({ timeout: 15_000 });
  await world.github.comment({
    login: "octocat",
    repo: "octocat/ledger",
    issue: 5,
    body: "@porter opencode while away",
  });
  await context.setOffline(false);
  await expect(page.getByText(/Porter cannot be reached/)).toBeHidden({ timeout: 30_000 });
  await expect(row(page, "Show pending transfers in grey")).toHaveCount(2, { timeout: 30_000 });
});

test("the tab says what runs and what needs somebody", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await expect(page).toHaveTitle(/^\(!\d+ ▸\d+\) Tasks/);
  await page.getByRole("link", { name: "History" }).first().click();
  await expect(page).toHaveTitle(/^\(!\d+ ▸\d+\) History/);
});

test("nobody sees another user's tasks", async ({ page, played, signIn }) => {
  await signIn("hubot-user");
  await page.goto("/tasks");
  await expect(page.getByRole("heading", { name: /Comment on an issue/ })).toBeVisible();
  const answer = await page.goto(pathOfStory(played, "race"));
  expect(answer?.status()).toBe(404);
  const log = await page.request.get(`/api/tasks/export.csv`);
  expect(await log.text()).not.toContain(SCENES[0]?.title ?? "");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`every page is clean for axe, ${colorScheme}`, async ({ browser, played, baseURL }) => {
    const context = await browser.newContext({ colorScheme, ...(baseURL === undefined ? {} : { baseURL }) });
    const page = await context.newPage();
    await page.goto("/api/auth/github");
    await page.getByRole("button", { name: /octocat/ }).click();
    await page.waitForURL(/\/(?:tasks|start)/);
    const race = pathOfStory(played, "race");
    const paths = [
      "/tasks",
      "/tasks?q=nothing+is+called+this",
      "/history",
      pathOfStory(played, "working"),
      race,
      `${race}?tab=changes`,
      `${race}?tab=log`,
      `${race}?tab=prompt`,
      `${race}?tab=attempts`,
      pathOfStory(played, "slow"),
    ];
    for (const path of paths) {
      await page.goto(path);
      await page.waitForTimeout(1000);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const said = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
      );
      expect.soft(said, path).toEqual([]);
    }
    await context.close();
  });
}

test("nothing needs sideways scrolling from 320 to 2560 px", async ({ page, played, signIn }) => {
  await signIn("octocat");
  for (const width of [320, 390, 768, 1280, 2560]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of ["/tasks", "/history", pathOfStory(played, "race")]) {
      await page.goto(path);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, `${path} at ${width}`).toBe(0);
    }
  }
});
