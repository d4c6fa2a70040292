import type { Page } from "@playwright/test";
import type { Played } from "../scripts/pictures/play.ts";
import { axeViolations } from "./axe.ts";
import { waitUntilIdle } from "./wait-until-idle.ts";
import { isWholeRing } from "./ring.ts";
import { expect, isLive, pathOfStory, test } from "./stories.ts";

// A test a page: they share nothing but the world and its browser, and only read.
test.describe.configure({ mode: "parallel" });

/** What opens each. */
type Windows = Record<string, (page: Page) => Promise<unknown>>;
type Shown = {
  path: string | ((played: Played) => string);
  /** What opens the state that is meant. */
  open?: (page: Page) => Promise<unknown>;
  /** Looked at one after the other, over the page. */
  windows?: Windows;
  /** Seen without a sign-in, and without a stream. */
  isOpenToAll?: true;
  /** Answers 404, which the console says; nothing on it moves. */
  isMissing?: true;
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
const asked = async (page: Page, words: string) => {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type(words);
};
const issuesOf = async (page: Page, repository: string) => {
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByRole("option", { name: repository }).click();
};
const DESK = { width: 1280, height: 800 };
const WINDOW = "dialog[open], [role=dialog]";
const pressing = (name: RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

/** The palette and what it leads to. */
const OVER_TASKS: Windows = {
  "the palette": (page) => asked(page, ""),
  "the palette that finds nothing": async (page) => {
    await asked(page, "nothing is called this");
    await expect(page.getByRole("option", { name: "New task" })).toBeHidden();
  },
  "a mistyped command": async (page) => {
    await asked(page, "@porter claud --priority=hgh");
    await expect(page.getByText(/starts nothing/)).toBeVisible();
  },
  "an address elsewhere": async (page) => {
    await asked(page, "https://github.example/octocat/ledger/issues/1");
    await expect(page.getByText(/This is not an address of/)).toBeVisible();
  },
  "a search without an issue": async (page) => {
    await issuesOf(page, "octocat/ledger");
    await page.keyboard.type("zzz");
    await expect(page.getByText(/No open issue matches/)).toBeVisible();
  },
  "the review of a new task": async (page) => {
    await issuesOf(page, "octocat/ledger");
    await page.getByRole("option", { name: /Export to QIF/ }).click();
    await expect(page.getByRole("button", { name: "Start" })).toBeVisible();
  },
  "the keys": (page) => page.keyboard.press("?"),
};

const LISTS: Record<string, Shown> = {
  "the tasks": { path: "/tasks", isSeenTwice: true },
  // Windows over a page with little on it: axe reads what is under them, too.
  "a list in which nothing is": { path: "/tasks?q=nothing+is+called+this", windows: OVER_TASKS },
  "the account's menu, offline": {
    path: "/tasks?show=queued",
    open: async (page) => {
      await pressing(/^Account of/)(page);
      // Until the stream says something.
      await expect(async () => {
        await page.evaluate(() => window.dispatchEvent(new Event("offline")));
        await expect(page.getByText(/Porter cannot be reached/)).toBeVisible({ timeout: 1000 });
      }).toPass();
    },
  },
  "the history with its tables": {
    path: "/history",
    open: async (page) => {
      for (let tables = 3; tables > 0; tables--) await pressing(/^Table/)(page);
    },
  },
  ...(isWholeRing
    ? {
        "the tasks that are done": { path: "/tasks?show=done" },
        "the tasks that run": { path: "/tasks?show=running" },
        "the tasks that need somebody": { path: "/tasks?show=attention" },
        "the tasks of an agent": { path: "/tasks?agent=claude" },
      }
    : {}),
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
  "the agents": { path: "/settings/agents", windows: { "an agent's models": pressing(/^Model of/) } },
  "the keys of providers": { path: "/settings/providers" },
  Fly: { path: "/settings/fly" },
  "the defaults": { path: "/settings/defaults" },
  "the network": { path: "/settings/network?allow=github.com" },
  "the repositories": { path: "/settings/repositories" },
  "a repository": { path: "/repositories/octocat/storefront" },
  "the audit log": { path: "/settings/audit" },
  "the account": { path: "/account", windows: { "the account's deletion": pressing(/^Delete my account/) } },
  "the start": { path: "/start" },
  "the API": { path: "/docs/api", isOpenToAll: true },
};

type Look = { name: string; within?: string; isSeenTwice: boolean };

/** In the light first, and as wide as a desk's screen. */
async function lookAt(page: Page, { name, within, isSeenTwice }: Look): Promise<void> {
  await waitUntilIdle(page);
  expect.soft(await axeViolations(page, within === undefined ? {} : { within }), name).toEqual([]);
  if (isSeenTwice) {
    await page.emulateMedia({ colorScheme: "dark" });
    await waitUntilIdle(page);
    // The second theme has other colours, and nothing else.
    expect.soft(await axeViolations(page, { rules: ["color-contrast"] }), `${name}, dark`).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
  }
  for (const width of isWholeRing ? [320, 390, 768, 2560] : isSeenTwice ? [320, 2560] : [320]) {
    await page.setViewportSize({ width, height: 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(over, `${name}, at ${width}`).toBe(0);
  }
  await page.setViewportSize(DESK);
}

/** In the first ring axe looks at the window alone: the page under it was looked at before. */
async function lookAtWindow(page: Page, name: string, open: Windows[string]): Promise<void> {
  await open(page);
  const window = page.getByRole("dialog");
  await expect(window).toBeVisible();
  await lookAt(page, { name, isSeenTwice: isWholeRing, ...(isWholeRing ? {} : { within: WINDOW }) });
  // Each Escape closes the uppermost.
  await expect(async () => {
    if (await window.isVisible()) await page.keyboard.press("Escape");
    await expect(window).toBeHidden({ timeout: 500 });
  }).toPass();
}

for (const [name, shown] of Object.entries({ ...LISTS, ...TASKS, ...OTHERS })) {
  test(`${name}: clean for axe, quiet in the console, fits narrow and wide screens`, async ({
    page,
    played,
    signIn,
    errors,
  }) => {
    const { path, open, windows = {}, isOpenToAll, isMissing } = shown;
    if (!isOpenToAll) await signIn("octocat");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(DESK);
    await page.goto(typeof path === "string" ? path : path(played));
    if (!isOpenToAll && !isMissing) await isLive(page);
    await waitUntilIdle(page);
    await open?.(page);
    await lookAt(page, { name, isSeenTwice: isWholeRing || shown.isSeenTwice === true });
    for (const [window, openWindow] of Object.entries(windows)) await lookAtWindow(page, window, openWindow);
    expect.soft(isMissing ? errors.filter((text) => !text.includes("404")) : errors).toEqual([]);
  });
}
