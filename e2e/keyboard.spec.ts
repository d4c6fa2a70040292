import type { Locator, Page } from "@playwright/test";
import { expect, isLive, pathOfStory, test } from "./stories.ts";

/** Opens a window from a control, closes it, and finds the focus where it was. */
async function comesBack(page: Page, control: Locator, keys: string): Promise<void> {
  await control.focus();
  await page.keyboard.press(keys);
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(control).toBeFocused();
}

test("each window gives the focus back to what had it", async ({ page, played, signIn }) => {
  await signIn("octocat");
  await page.goto("/tasks");
  await isLive(page);
  await comesBack(page, page.getByRole("button", { name: "Search and commands" }), "Enter");
  const row = page.locator("[data-task] a").first();
  for (const keys of ["Control+k", "n", "?"]) await comesBack(page, row, keys);
  const account = page.getByRole("button", { name: /^Account of/ });
  await account.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(account).toBeFocused();
  await page.goto(pathOfStory(played, "slow"));
  await isLive(page);
  await comesBack(page, page.getByRole("button", { name: "Retry in another way" }), "Enter");
  await page.goto("/settings/agents");
  await isLive(page);
  await comesBack(page, page.getByRole("button", { name: /^Model of/ }).first(), "Enter");
  await page.goto("/account");
  await isLive(page);
  await comesBack(page, page.getByRole("button", { name: /^Delete my account/ }), "Enter");
});

test("a question in place takes the focus along, to the answer that changes nothing", async ({ page, signIn }) => {
  await signIn("octocat");
  await page.goto("/settings/providers");
  await isLive(page);
  const remove = page.getByRole("button", { name: "Delete", exact: true }).first();
  await remove.focus();
  await page.keyboard.press("Enter");
  const keep = page.getByRole("button", { name: "Keep it" });
  await expect(keep).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(keep).toBeHidden();
  await expect(remove).toBeFocused();
});

test("keys are named as the reader's keyboard has them, in the server's HTML already", async ({ page, signIn }) => {
  await signIn("octocat");
  const search = page.getByRole("button", { name: "Search and commands" });
  await page.goto("/tasks");
  expect(await search.innerText()).toMatch(/Ctrl K$/);
  const agent =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15";
  await page.setExtraHTTPHeaders({ "user-agent": agent });
  await page.route("**/*.js", (route) => route.abort());
  await page.goto("/tasks");
  expect(await search.innerText()).toMatch(/⌘K$/);
});
