import type { Page } from "@playwright/test";
import type { Played } from "../scripts/pictures/play.ts";
import { axeViolations } from "./axe.ts";
import { waitUntilIdle } from "./wait-until-idle.ts";
import { isWholeRing } from "./ring.ts";
import { expect, isLive, pathOfStory, test } from "./stories.ts";

// A test a page: they share nothing but the world and its browser, and only read.
test.describe.configure({ mode: "parallel" });

type Shown = {
  path: string | ((played: Played) => string);
  /** What opens the state that is meant. */
  open?: (page: Page) => Promise<unknown>;
  /** Seen without a sign-in, and without a stream. */
  isOpenToAll?: true;
  /** Answers 404, which the console says; nothing on it moves. */
  isMissing?: true;
  /** In the first ring axe looks at the window alone: what is under it has tests of its own. */
  isWindow?: true;
  /**
   * Seen in the dark and wide in the first ring, too, where all others are seen in the light, at 320 px. The tokens
   * themselves are checked in both themes (scripts/checks).
   */
  isSeenTwice?: true;
};

const ofStory =
  (name: string, query = "") =>
  (played: Played): string =>
    `${pathOfStory(played, name)}${query}`;
const dialog = (page: Page) => expect(page.getByRole("dialog")).toBeVisible();
const asked = async (page: Page, words: string) => {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type(words);
};
const issuesOf = async (page: Page, repository: string) => {
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByRole("option", { name: repository }).click();
};
const pressing = (name: RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

/** The palette and what it leads to, each over another list. */
const LISTS: Record<string, Shown> = {
  "the tasks": { path: "/tasks", isSeenTwice: true },
  "the palette": { isWindow: true, path: "/tasks?show=done", open: (page) => asked(page, "") },
  "the palette that finds nothing": {
    isWindow: true,
    path: "/tasks?show=running",
    open: async (page) => {
      await asked(page, "nothing is called this");
      await expect(page.getByRole("option", { name: "New task" })).toBeHidden();
    },
  },
  "a mistyped command": {
    isWindow: true,
    path: "/tasks?show=attention",
    open: async (page) => {
      await asked(page, "@porter claud --priority=hgh");
      await expect(page.getByText(/starts nothing/)).toBeVisible();
    },
  },
  "an address elsewhere": {
    isWindow: true,
    path: "/tasks?agent=claude",
    open: async (page) => {
      await asked(page, "https://github.example/octocat/ledger/issues/1");
      await expect(page.getByText(/This is not an address of/)).toBeVisible();
    },
  },
  "a search without an issue": {
    isWindow: true,
    path: "/tasks?agent=opencode",
    open: async (page) => {
      await issuesOf(page, "octocat/ledger");
      await page.keyboard.type("zzz");
      await expect(page.getByText(/No open issue matches/)).toBeVisible();
    },
  },
  "the review of a new task": {
    isWindow: true,
    path: "/tasks?agent=amp",
    open: async (page) => {
      await issuesOf(page, "octocat/ledger");
      await page.getByRole("option", { name: /Export to QIF/ }).click();
      await expect(page.getByRole("button", { name: "Start" })).toBeVisible();
    },
  },
  "the account's menu, offline": {
    path: "/tasks?show=queued",
    open: async (page) => {
      await pressing(/^Account of/)(page);
      await page.evaluate(() => window.dispatchEvent(new Event("offline")));
      await expect(page.getByText(/Porter cannot be reached/)).toBeVisible();
    },
  },
  "the keys": {
    isWindow: true,
    path: "/tasks?q=nothing+is+called+this",
    open: async (page) => {
      await page.keyboard.press("?");
      await dialog(page);
    },
  },
  "the history with its tables": {
    path: "/history",
    open: async (page) => {
      for (let tables = 3; tables > 0; tables--) await pressing(/^Table/)(page);
    },
  },
};

const TASKS: Record<string, Shown> = {
  "a running task": { path: ofStory("working") },
  "all steps of a task": { path: ofStory("race"), open: pressing(/^Worked/) },
  "its changes": { path: ofStory("race", "?tab=changes"), isSeenTwice: true },
  "its log": { path: ofStory("race", "?tab=log"), isSeenTwice: true },
  "its prompt": { path: ofStory("race", "?tab=prompt") },
  "its attempts": { path: ofStory("race", "?tab=attempts") },
  "a task out of time": { path: ofStory("slow") },
  "a refused task": { path: ofStory("refused") },
  "a blocked task": { path: ({ taskIds }) => `/tasks/${taskIds.at(-1) ?? ""}` },
  "a task that is not there": { path: "/tasks/task_00000000000000000000", isMissing: true },
};

const OTHERS: Record<string, Shown> = {
  "the front page": { path: "/", isOpenToAll: true },
  "the agents": { path: "/settings/agents" },
  "the keys of providers": { path: "/settings/providers" },
  Fly: { path: "/settings/fly" },
  "the defaults": { path: "/settings/defaults" },
  "the network": { path: "/settings/network?allow=github.com" },
  "the repositories": { path: "/settings/repositories" },
  "a repository": { path: "/repositories/octocat/storefront" },
  "the audit log": { path: "/settings/audit" },
  "an agent's models": {
    isWindow: true,
    path: "/settings/agents",
    open: async (page) => {
      await pressing(/^Model of/)(page);
      await dialog(page);
    },
  },
  "the account": { path: "/account" },
  "the account's deletion": {
    isWindow: true,
    path: "/account",
    open: async (page) => {
      await pressing(/^Delete my account/)(page);
      await dialog(page);
    },
  },
  "the start": { path: "/start" },
  "the API": { path: "/docs/api", isOpenToAll: true },
};

for (const [name, shown] of Object.entries({ ...LISTS, ...TASKS, ...OTHERS })) {
  test(`${name}: clean for axe, quiet in the console, fits narrow and wide screens`, async ({
    page,
    played,
    signIn,
    errors,
  }) => {
    const { path, open, isOpenToAll, isMissing } = shown;
    const isSeenWhole = isWholeRing || shown.isSeenTwice === true;
    const isWhole = isWholeRing || shown.isWindow !== true;
    if (!isOpenToAll) await signIn("octocat");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(typeof path === "string" ? path : path(played));
    if (!isOpenToAll && !isMissing) await isLive(page);
    await waitUntilIdle(page);
    await open?.(page);
    await waitUntilIdle(page);
    expect.soft(await axeViolations(page, isWhole ? {} : { within: "dialog[open], [role=dialog]" })).toEqual([]);
    if (isSeenWhole) {
      await page.emulateMedia({ colorScheme: "dark" });
      await waitUntilIdle(page);
      // The second theme has other colours, and nothing else.
      expect.soft(await axeViolations(page, { rules: ["color-contrast"] }), "dark").toEqual([]);
    }
    for (const width of isSeenWhole ? [320, 390, 768, 2560] : [320]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(over, `at ${width}`).toBe(0);
    }
    expect.soft(isMissing ? errors.filter((text) => !text.includes("404")) : errors).toEqual([]);
  });
}
