import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Played } from "../scripts/pictures/play.ts";
import { expect, pathOfStory, test } from "./stories.ts";

type Shown = {
  path: string;
  /** What opens the state that is meant. */
  open?: (page: Page) => Promise<void>;
  isStranger?: true;
  /** Answers 404, which the console says. */
  isMissing?: true;
  /** Together these show every colour; the tokens themselves are checked in both themes (scripts/checks). */
  isDarkToo?: true;
};

/** Every page, and the states that look different. */
function everyPage(played: Played): Shown[] {
  const race = pathOfStory(played, "race");
  const dialog = (page: Page) => expect(page.getByRole("dialog")).toBeVisible();
  const asked = async (page: Page, words: string) => {
    await page.keyboard.press("Control+k");
    await dialog(page);
    await page.keyboard.type(words);
  };
  const issuesOf = async (page: Page, repository: string) => {
    await page.keyboard.press("n");
    await page.getByRole("dialog").getByRole("option", { name: repository }).click();
  };
  return [
    { path: "/", isStranger: true },
    { path: "/tasks", isDarkToo: true },
    {
      path: "/tasks?show=done",
      open: async (page) => {
        await page.keyboard.press("Control+k");
        await dialog(page);
      },
    },
    {
      path: "/tasks?show=running",
      open: async (page) => {
        await asked(page, "nothing is called this");
        await expect(page.getByRole("option", { name: "New task" })).toBeHidden();
      },
    },
    {
      path: "/tasks?show=attention",
      isDarkToo: true,
      open: async (page) => {
        await asked(page, "@porter claud --priority=hgh");
        await expect(page.getByText(/starts nothing/)).toBeVisible();
      },
    },
    {
      path: "/tasks?agent=claude",
      open: async (page) => {
        await asked(page, "https://github.example/octocat/ledger/issues/1");
        await expect(page.getByText(/This is not an address of/)).toBeVisible();
      },
    },
    {
      path: "/tasks?agent=opencode",
      open: async (page) => {
        await issuesOf(page, "octocat/ledger");
        await page.keyboard.type("zzz");
        await expect(page.getByText(/No open issue matches/)).toBeVisible();
      },
    },
    {
      path: "/tasks?agent=amp",
      isDarkToo: true,
      open: async (page) => {
        await issuesOf(page, "octocat/ledger");
        await page.getByRole("option", { name: /Export to QIF/ }).click();
        await expect(page.getByRole("button", { name: "Start" })).toBeVisible();
      },
    },
    {
      path: "/tasks?show=queued",
      isDarkToo: true,
      open: async (page) => {
        await page.getByRole("button", { name: /^Account of/ }).click();
        await page.evaluate(() => window.dispatchEvent(new Event("offline")));
        await expect(page.getByText(/Porter cannot be reached/)).toBeVisible();
      },
    },
    {
      path: "/tasks?q=nothing+is+called+this",
      open: async (page) => {
        await page.keyboard.press("?");
        await dialog(page);
      },
    },
    {
      path: "/history",
      isDarkToo: true,
      open: async (page) => {
        for (let tables = 3; tables > 0; tables--) await page.getByRole("button", { name: "Table" }).first().click();
      },
    },
    { path: pathOfStory(played, "working") },
    { path: race, isDarkToo: true, open: (page) => page.getByRole("button", { name: /^Worked/ }).click() },
    { path: `${race}?tab=changes`, isDarkToo: true },
    { path: `${race}?tab=log`, isDarkToo: true },
    { path: `${race}?tab=prompt` },
    { path: `${race}?tab=attempts` },
    { path: pathOfStory(played, "slow") },
    { path: pathOfStory(played, "refused"), isDarkToo: true },
    { path: `/tasks/${played.taskIds.at(-1) ?? ""}` },
    { path: "/tasks/task_00000000000000000000", isMissing: true },
    ...["agents", "providers", "fly", "defaults", "repositories"].map((section) => ({ path: `/settings/${section}` })),
    {
      path: "/settings/agents",
      open: async (page) => {
        await page
          .getByRole("button", { name: /^Model of/ })
          .first()
          .click();
        await dialog(page);
      },
    },
    { path: "/account" },
    {
      path: "/account",
      isDarkToo: true,
      open: async (page) => {
        await page.getByRole("button", { name: /^Delete my account/ }).click();
        await dialog(page);
      },
    },
    { path: "/start" },
    { path: "/docs/api" },
  ];
}

/** What axe finds; for the second theme only what depends on colours. */
async function violationsOf(page: Page, rules: string[] | null): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === null ? axe : axe.withRules(rules)).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

test("every page is clean for axe in both themes, quiet in the console, and fits 320 to 2560 px", async ({
  page,
  context,
  played,
  sessionOf,
  errors,
}) => {
  test.setTimeout(420_000);
  const session = await sessionOf("octocat");
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const { path, open, isStranger, isMissing, isDarkToo } of everyPage(played)) {
    if (!isStranger) await context.addCookies(session);
    errors.length = 0;
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(path);
    // What comes after the first view: its parts, and what React says of it.
    await page.waitForTimeout(700);
    await open?.(page);
    expect.soft(await violationsOf(page, null), path).toEqual([]);
    if (isDarkToo) {
      await page.emulateMedia({ colorScheme: "dark" });
      expect.soft(await violationsOf(page, ["color-contrast"]), `${path}, dark`).toEqual([]);
    }
    for (const width of [320, 390, 768, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(over, `${path} at ${width}`).toBe(0);
    }
    const said = isMissing ? errors.filter((text) => !text.includes("404")) : errors;
    expect.soft([...said], path).toEqual([]);
  }
});
