import type { Page } from "@playwright/test";
import { holdScripts, streamsOver } from "./line.ts";
import { askForStory, countLoads, expect, isLive, pathOfStory, takeAllSlots, test } from "./stories.ts";

const row = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });
const section = (page: Page, name: string) => page.getByRole("region", { name: new RegExp(`^${name}`) });
/** The pointer away from the list, whose rows keep still under it. */
const stepAside = (page: Page) => page.mouse.move(5, 5);
const taskRow = (id: string) => `[data-task="${id}"]`;
/** By its keys, which ask twice. */
async function stop(page: Page, id: string): Promise<void> {
  await page.locator(taskRow(id)).getByRole("link").first().focus();
  await page.keyboard.press("s");
  await expect(page.locator(taskRow(id)).getByRole("button", { name: "Really stop?" })).toBeVisible();
  await page.keyboard.press("s");
  await expect(page.getByText(/^Stopped “/)).toBeVisible();
}

/** By the button of the notice that says so; others may still be on their way out. */
const undo = (page: Page, words: string): Promise<void> =>
  page
    .getByRole("region", { name: /^Notifications/ })
    .getByRole("listitem")
    .filter({ hasText: words })
    .getByRole("button", { name: "Undo" })
    .click();

test("stop and retry happen in place, and each can be taken back", async ({ page, signIn, played, world, api }) => {
  await signIn("octocat");
  await takeAllSlots({ world, api });
  const id = await askForStory({ world, api }, { issue: 2, story: "small" });
  await page.goto("/tasks");
  await isLive(page);
  await expect(section(page, "Queued").locator(taskRow(id))).toBeVisible();
  await stop(page, id);
  expect((await api.task(id)).status).toBe("failed");
  await undo(page, "Stopped “");
  await expect.poll(async () => (await api.task(id)).status).toBe("queued");
  await stepAside(page);
  await expect(section(page, "Queued").locator(taskRow(id))).toBeVisible();

  const failed = "Monthly report adds cents as floats";
  const failedId = pathOfStory(played, "broken").split("/").at(-1) ?? "";
  await row(page, failed).hover();
  await row(page, failed).getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText(`Queued “${failed}” again`)).toBeVisible();
  expect((await api.task(failedId)).status).toBe("queued");
  await undo(page, `Queued “${failed}” again`);
  await expect.poll(async () => (await api.task(failedId)).status).toBe("failed");
  await stepAside(page);
  await expect(section(page, "Needs you").locator(taskRow(failedId))).toContainText(
    "The agent ended without a last word",
  );
});

test("a comment becomes a row, moves through the sections and ends with its pull request, without a reload", async ({
  page,
  world,
  api,
  played,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  await takeAllSlots({ world, api });
  await page.goto("/tasks");
  await stepAside(page);
  await isLive(page);
  const loads = countLoads(page);
  const title = "Add a French greeting";
  const id = await askForStory({ world, api }, { issue: 1, story: "small", flags: "--priority=high" });
  await expect(section(page, "Queued").locator(taskRow(id))).toBeVisible();
  // A slot becomes free: the stop of one task lets the next one run.
  const cloning = pathOfStory(played, "cloning").split("/").at(-1) ?? "";
  await stop(page, cloning);
  await stepAside(page);
  const ended = section(page, "Done").locator(taskRow(id));
  await expect(ended.getByRole("link", { name: /#\d+/ })).toBeVisible();
  await expect(section(page, "Done").locator(taskRow(cloning))).toBeVisible();
  await ended.getByRole("link", { name: title }).click();
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  await expect(page.getByRole("link", { name: /Show the last full page.*Open/ })).toBeVisible();
  const { pulls } = await world.github.state();
  const { prNumber } = await api.task(id);
  const pull = pulls.find(({ repository, number }) => repository === "octocat/hello-porter" && number === prNumber);
  expect(pull).toMatchObject({ state: "open", draft: false, base: "main", title: "Show the last full page" });
  expect(pull?.body).toContain("Closes #1");
  expect(loads()).toBe(0);
  expect(errors).toEqual([]);
});

test("filters are in the address: reload and back keep them", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await page.getByLabel("Agent").selectOption("claude");
  await expect(page).toHaveURL(/agent=claude/);
  await expect(row(page, "Search forgets its filters")).toBeHidden();
  await page.keyboard.press("/");
  await page.keyboard.type("ledger#", { delay: 100 });
  await expect(page.getByLabel("Search tasks")).toBeFocused();
  await expect(page).toHaveURL(/q=ledger%23/);
  await expect(page.getByLabel("Search tasks")).toHaveValue("ledger#");
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
  await expect(page.getByLabel("Agent")).toHaveValue("");
  await expect(page.getByLabel("Search tasks")).toHaveValue("");
});

test("what was chosen and typed before the page's script arrived counts", async ({ page, signIn }) => {
  await signIn("octocat");
  const release = await holdScripts(page);
  await page.goto("/tasks", { waitUntil: "commit" });
  await page.getByLabel("Agent").selectOption("claude");
  await page.getByLabel("Search tasks").fill("ledger");
  release();
  await expect(page).toHaveURL(/agent=claude&q=ledger/);
  await expect(page.getByLabel("Agent")).toHaveValue("claude");
  await expect(page.getByLabel("Search tasks")).toHaveValue("ledger");
  await expect(row(page, "Show pending transfers in grey")).toBeVisible();
  await expect(row(page, "Move the image pipeline")).toBeHidden();
});

test("older tasks come by pages whose address can be kept", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/history");
  const links = page.getByRole("table", { name: /Tasks that have ended/ }).getByRole("link");
  const first = await links.first().getAttribute("href");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/cursor=/);
  await expect(links.first()).not.toHaveAttribute("href", first ?? "");
  const later = await links.first().getAttribute("href");
  await page.reload();
  await expect(links.first()).toHaveAttribute("href", later ?? "");
  await page.goBack();
  await expect(links.first()).toHaveAttribute("href", first ?? "");
  await page.getByLabel("Outcome").selectOption("timed_out");
  await expect(page).toHaveURL(/state=timed_out/);
  await expect(page.getByRole("row").filter({ hasText: "Move the image pipeline" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Two tabs sign each other out" })).toBeHidden();
  const address = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  const csv = await page.request.get(address ?? "");
  expect((await csv.text()).trim().split("\n")).toHaveLength(2);
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

test("a task is dispatched by keys alone, from the palette to its page", async ({ page, signIn, api }) => {
  await signIn("octocat");
  await page.goto("/history");
  await isLive(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search and commands" })).toBeVisible();
  await page.keyboard.type("new task");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /choose a repository/ })).toBeVisible();
  await page.keyboard.type("hello");
  await expect(page.getByRole("option", { name: /hello-porter/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /choose an issue/ })).toBeVisible();
  await page.keyboard.type("empty name");
  await expect(page.getByRole("option", { name: /French/ })).toBeHidden();
  await expect(page.getByRole("option", { name: /An empty name/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel(/Instructions/)).toBeFocused();
  await page.keyboard.type("by keys [story: small]");
  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/tasks\/task_/);
  await expect(page.getByRole("heading", { name: "An empty name greets nobody" })).toBeVisible();
  const task = await api.task(page.url().split("/").at(-1) ?? "");
  expect(task).toMatchObject({ issueNumber: 2, instructions: "by keys [story: small]" });
});

test("the palette stops a task, changes the theme and goes to pages", async ({ page, signIn, world, api }) => {
  await signIn("octocat");
  const id = await askForStory({ world, api }, { issue: 2, story: "cloning" });
  await page.goto("/history");
  await isLive(page);
  const say = async (words: string) => {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog", { name: "Search and commands" })).toBeVisible();
    await page.keyboard.type(words);
  };
  await say("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await say("stop ");
  // Pasted: the list is searched again for each key.
  await page.keyboard.insertText(id);
  await expect(page.getByRole("option", { name: /^Stop “An empty name/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Stopped “An empty name greets nobody”")).toBeVisible();
  expect((await api.task(id)).status).toBe("failed");
  await say("settings fly");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings\/fly/);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("an issue pasted as an address leads to its review, and there to a task", async ({ page, signIn, world, api }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  await page.keyboard.press("n");
  await expect(page.getByRole("dialog", { name: /choose a repository/ })).toBeVisible();
  await page.keyboard.insertText(`${world.github.url}/octocat/hello-porter/issues/1`);
  await expect(page.getByRole("option", { name: "octocat/hello-porter#1" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel(/Instructions/)).toBeFocused();
  await page.keyboard.type("@porter claude --priority=low [story: small]");
  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/tasks\/task_/);
  const task = await api.task(page.url().split("/").at(-1) ?? "");
  expect(task).toMatchObject({ issueNumber: 1, agent: "claude", priority: 1 });
});

test("a task that ran out of time is retried in another way: a new task that names the old one", async ({
  page,
  played,
  signIn,
  api,
}) => {
  await signIn("octocat");
  await page.goto(pathOfStory(played, "slow"));
  await isLive(page);
  const old = page.url().split("/").at(-1) ?? "";
  await page.getByRole("button", { name: "Retry in another way" }).click();
  await page.getByRole("radio", { name: "Claude Code" }).check();
  await page.getByLabel(/Instructions/).fill("[story: small]");
  await page
    .getByRole("button", { name: /^Start/ })
    .last()
    .click();
  await expect(page).not.toHaveURL(new RegExp(old));
  const id = page.url().split("/").at(-1) ?? "";
  expect(await api.task(id)).toMatchObject({ agent: "claude", parentTaskId: old });
  await page.getByRole("link", { name: old }).click();
  await expect(page).toHaveURL(new RegExp(old));
  expect(await api.task(old)).toMatchObject({ status: "timed_out" });
});

test("says when the connection is lost, and catches up by itself", async ({ page, world, api, signIn }) => {
  await signIn("octocat");
  const line = await streamsOver(page, world.porter.url);
  await page.goto("/tasks");
  await stepAside(page);
  await isLive(page);
  const loads = countLoads(page);
  line.cut();
  await expect(page.getByText(/Porter cannot be reached/)).toBeVisible();
  const id = await askForStory({ world, api }, { issue: 2, story: "cloning" });
  await expect(page.locator(taskRow(id))).toHaveCount(0);
  line.mend();
  await expect(page.getByText(/Porter cannot be reached/)).toBeHidden();
  await expect(page.locator(taskRow(id))).toHaveCount(1);
  expect(loads()).toBe(0);
  line.close();
});

test("moves by itself even when its script comes in pieces and late", async ({ page, world, api, signIn }) => {
  await signIn("octocat");
  // What the page's HTML does not name comes later: refused for a while, as on a bad line.
  const html = await (await page.request.get("/tasks")).text();
  let refused = 0;
  await page.route("**/_next/static/chunks/*.js", async (route) => {
    const isLate = !html.includes(new URL(route.request().url()).pathname);
    if (!isLate || refused >= 4) return route.fallback();
    refused += 1;
    return route.abort("connectionfailed");
  });
  await page.goto("/tasks");
  await isLive(page);
  await expect.poll(() => refused).toBe(4);
  const id = await askForStory({ world, api }, { issue: 2, story: "small" });
  await expect(page.locator(taskRow(id))).toBeVisible();
});

test("the tab's title and icon say how many run and how many need somebody", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  const chips = page.getByRole("navigation", { name: "Sections" });
  const countOf = async (name: string) =>
    Number(/\d+$/.exec(await chips.getByRole("link", { name: new RegExp(`^${name}`) }).innerText())?.[0]);
  const icon = page.locator('link[rel="icon"][href^="data:image/svg+xml"]');
  const agrees = (name: string) =>
    expect(async () => {
      const [needs, running] = [await countOf("Needs you"), await countOf("Running")];
      expect(await page.title()).toBe(`(!${needs} ▸${running}) ${name} · Porter`);
      const drawn = decodeURIComponent((await icon.getAttribute("href", { timeout: 1000 })) ?? "");
      expect(drawn).toContain(`>${needs > 9 ? "9+" : needs}</text>`);
    }).toPass();
  await agrees("Tasks");
  await page.getByRole("link", { name: "History" }).first().click();
  await expect(page).toHaveTitle(/^\(!\d+ ▸\d+\) History · Porter$/);
  await page.goBack();
  await agrees("Tasks");
});
