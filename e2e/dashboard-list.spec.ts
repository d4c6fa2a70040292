import type { Page } from "@playwright/test";
import { askForStory, expect, isLive, pathOfStory, takeAllSlots, test, testAlone } from "./stories.ts";
import { holdScripts } from "./line.ts";

const rowOf = (page: Page, id: string) => page.locator(`[data-task="${id}"]`);
const linkOf = (page: Page, id: string) => rowOf(page, id).getByRole("link").first();
const idOf = (path: string) => path.split("/").at(-1) ?? "";
const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });

test("an address that means nothing shows more, never an error", async ({ page, signIn, errors }) => {
  await signIn("octocat");
  for (const query of ["from=2026-02-30", `repo=${"a".repeat(150)}/b`, "cursor=old", `cursor=${"a".repeat(300)}`]) {
    const answer = await page.request.get(`/history?${query}`);
    expect(answer.status(), query).toBe(200);
    expect(await answer.text(), query).toContain("Tasks that have ended");
  }
  expect((await page.goto("/history?from=2026-02-30&cursor=old"))?.status()).toBe(200);
  await expect(page.getByRole("table", { name: /Tasks that have ended/ })).toBeVisible();
  expect((await page.goto("/tasks?show=done&cursor=old"))?.status()).toBe(200);
  await expect(page.getByRole("region", { name: /^Done/ })).toBeVisible();
  const csv = await (await page.request.get("/api/tasks/export.csv?from=2026-02-30&to=9999-12-31")).text();
  // Of 200 tasks more than a page of the export has ended.
  expect(csv.trim().split("\r\n").length).toBeGreaterThan(190);
  expect(csv).toMatch(/^\uFEFFid,state,/);
  expect(errors).toEqual([]);
});

test("a day is typed by keys, and survives back", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/history");
  await isLive(page);
  const from = page.getByLabel("From");
  await from.focus();
  await page.keyboard.type("11102026", { delay: 80 });
  await expect(page).toHaveURL(/from=2026-11-10$/);
  await expect(from).toBeFocused();
  await expect(from).toHaveValue("2026-11-10");
  await page.goBack();
  await expect(from).toHaveValue("");
});

test("days are those of the reader's clocks, in charts and in the export", async ({ browser, world, sessionOf }) => {
  const timezoneId = "Pacific/Kiritimati";
  const context = await browser.newContext({ baseURL: world.porter.url, timezoneId });
  await context.addCookies(await sessionOf("octocat"));
  const page = await context.newPage();
  await page.goto("/history");
  const today = new Date().toLocaleDateString("sv", { timeZone: timezoneId });
  // The first page of all was made before the server knew the zone, and is made again.
  await expect.poll(async () => (await context.cookies()).some(({ value }) => value === timezoneId)).toBe(true);
  await page.getByRole("button", { name: "Table: Tasks a day" }).click();
  const days = page.getByRole("region", { name: "Tasks a day" }).getByRole("row");
  await expect(days.nth(1)).toContainText(today);
  const exported = async () => {
    const csv = await page.request.get(`/api/tasks/export.csv?from=${today}`);
    return (await csv.text()).trim().split("\r\n").length - 1;
  };
  // For ten hours a day it is the same day there as in UTC: the page that is made again is told by its sum alone.
  const told = async () => {
    const cells = await days.nth(1).getByRole("cell").allInnerTexts();
    return cells.slice(1).reduce((sum, cell) => sum + Number(cell), 0);
  };
  // What still ends meanwhile is in both.
  await expect(async () => expect(await told()).toBe(await exported())).toPass();
  await context.close();
});

test("what is typed while the palette's script is on its way goes into it, not to the list", async ({
  page,
  played,
  signIn,
}) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  const id = idOf(pathOfStory(played, "working"));
  await linkOf(page, id).focus();
  const release = await holdScripts(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("settings");
  await expect(page.getByRole("dialog", { name: "Opening" }).getByRole("textbox")).toHaveValue("settings");
  release();
  await expect(palette(page).getByRole("combobox")).toHaveValue("settings");
  await page.keyboard.type(" fly");
  await expect(palette(page).getByRole("option", { name: "Settings: Fly" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(linkOf(page, id)).toBeFocused();
  await expect(page.getByRole("button", { name: "Really stop?" })).toBeHidden();
});

test("the palette finds what has ended, and knows which addresses a task can be about", async ({
  page,
  world,
  signIn,
}) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  await page.keyboard.press("Control+k");
  const field = palette(page).getByRole("combobox");
  await field.fill("retry byte order");
  await expect(palette(page).getByRole("option", { name: /^Retry “Import fails/ })).toBeVisible();
  // Letters of a task's title in this order are not that task.
  await field.fill("settings fly");
  await expect(palette(page).getByRole("option", { name: "Settings: Fly" })).toHaveAttribute("aria-selected", "true");
  await expect(palette(page).getByRole("option")).toHaveCount(2);
  const { url } = world.github;
  await field.fill(`${url}/octocat/hello-porter/pull/3#issuecomment-1`);
  await expect(palette(page).getByRole("alert")).toContainText("pull request");
  await field.fill("https://ghe.example/octocat/hello-porter/issues/1");
  await expect(palette(page).getByRole("alert")).toContainText("not an address of");
  await field.fill(`${url}/octocat/hello-porter/issues/2/?x=1#issuecomment-1`);
  await page.keyboard.press("Enter");
  const words = page.getByLabel(/Instructions/);
  await words.fill("not sent yet");
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  const repositories = page.getByRole("dialog", { name: /choose a repository/ }).getByRole("combobox");
  await repositories.fill("@porter claude --priority=hihg");
  await expect(page.getByRole("alert").filter({ hasText: "starts nothing" })).toBeVisible();
  await repositories.fill("octocat/hello-porter#2");
  await page.keyboard.press("Enter");
  await expect(words).toHaveValue("not sent yet");
});

test("what is selected is stopped and retried together, each with one key", async ({ page, world, api, signIn }) => {
  await signIn("octocat");
  await takeAllSlots({ world, api });
  const ids = [
    await askForStory({ world, api }, { issue: 1, story: "small" }),
    await askForStory({ world, api }, { issue: 2, story: "small" }),
  ];
  await page.goto("/tasks");
  await isLive(page);
  const select = async () => {
    for (const id of ids) {
      await linkOf(page, id).focus();
      await page.keyboard.press("x");
    }
  };
  const states = () => Promise.all(ids.map(async (id) => (await api.task(id)).status));
  await select();
  await page.keyboard.press("s");
  await expect(page.getByRole("button", { name: "Really stop 2?" })).toBeVisible();
  expect(await states()).toEqual(["queued", "queued"]);
  await page.keyboard.press("s");
  await expect(page.getByText("Stopped 2 tasks")).toBeVisible();
  expect(await states()).toEqual(["failed", "failed"]);
  await expect(page.getByRole("toolbar", { name: "Selected tasks" })).toBeHidden();
  await select();
  await page.keyboard.press("r");
  await expect(page.getByText("Queued 2 tasks again")).toBeVisible();
  expect(await states()).toEqual(["queued", "queued"]);
});

testAlone(
  "rows keep still under a pointer at rest, and the focus goes along with its row",
  async ({ page, world, api, signIn }) => {
    await signIn("octocat");
    await takeAllSlots({ world, api });
    const id = await askForStory({ world, api }, { issue: 2, story: "small" });
    // Nothing is scrolled: that would hold the rows as well.
    await page.setViewportSize({ width: 1280, height: 2400 });
    await page.clock.install();
    await page.goto("/tasks");
    await isLive(page);
    await rowOf(page, id).hover();
    const place = await rowOf(page, id).boundingBox();
    // A pointer that moved holds the rows for a while anyway.
    await page.clock.fastForward(10_000);
    const next = await askForStory({ world, api }, { issue: 1, story: "small" });
    const pill = page.getByRole("button", { name: "1 new" });
    await expect(pill).toBeVisible();
    expect(await rowOf(page, id).boundingBox()).toEqual(place);
    await pill.click();
    await expect(rowOf(page, next)).toBeVisible();
    await page.mouse.move(5, 5);
    await linkOf(page, id).focus();
    await page.keyboard.press("s");
    await expect(rowOf(page, id).getByRole("button", { name: "Really stop?" })).toBeVisible();
    await page.keyboard.press("s");
    await expect(page.getByRole("region", { name: /^Done/ }).locator(`[data-task="${id}"]`)).toBeVisible();
    await expect(linkOf(page, id)).toBeFocused();
  },
);
