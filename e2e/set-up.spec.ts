import { helloPorterFiles, helloPorterIssues } from "../local/github/hello-porter.ts";
import type { Page } from "@playwright/test";
import { A_RUN_MS, expect, test, watchConsole } from "./porter.ts";

const REPOSITORY = "newcomer/hello-porter";

test.use({
  seed: {
    users: [{ login: "newcomer" }],
    repositories: [{ owner: "newcomer", name: "hello-porter", files: helloPorterFiles, issues: helloPorterIssues }],
    installations: [{ account: "newcomer" }],
  },
});
test.describe.configure({ mode: "serial" });

const step = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });
const inSteps = (page: Page) => page.getByRole("list", { name: "Steps" });

test("a new user goes from the landing page to a pull request and types nothing but a key and a token", async ({
  page,
  world,
  signIn,
  browser,
}) => {
  const errors = watchConsole(page);
  const installation = world.github.installations.find(({ account }) => account === "newcomer");
  await page.request.post(`${world.github.url}/_control/installations`, {
    data: { id: installation?.id, action: "deleted" },
  });

  await signIn("newcomer");
  await expect(step(page, "Install the App")).toBeVisible();
  await page.getByRole("link", { name: "Install on GitHub" }).click();
  await page.getByRole("button", { name: "Install on newcomer" }).click();

  await expect(step(page, "Save a model key")).toBeVisible();
  const key = page.getByRole("textbox", { name: "Anthropic key" });
  await key.fill("sk-ant-fake-of-nobody");
  await key.press("Enter");
  await expect(inSteps(page)).toContainText("Anthropic does not accept this key");
  await key.fill(world.secrets.anthropicKey);
  await key.press("Enter");

  await expect(step(page, "Connect Fly")).toBeFocused();
  await expect(page.getByLabel("Fly app")).toHaveValue("porter-newcomer");
  await page.getByLabel("Fly token").fill(world.secrets.flyOrgToken);
  await page.getByLabel("Fly token").press("Enter");

  await expect(step(page, "Mention Porter")).toBeVisible();
  await expect(inSteps(page)).toContainText("App porter-newcomer");
  await expect(page.getByText("@porter opencode", { exact: true })).toBeVisible();

  // Closing the tab loses nothing.
  await page.reload();
  await expect(step(page, "Mention Porter")).toBeVisible();

  const other = await browser.newContext({ baseURL: world.porter.url });
  const stranger = await other.newPage();
  await stranger.goto("/api/auth/github?callbackUrl=/start");
  await stranger.getByRole("button", { name: /stranger/ }).click();
  await expect(step(stranger, "Install the App")).toBeVisible();

  await world.github.comment({ login: "newcomer", repo: REPOSITORY, issue: 1, body: "@porter opencode" });
  const row = page.getByRole("article", { name: "Add a French greeting" });
  await expect(row).toBeVisible();
  const opened = page.getByRole("link", { name: /^Open pull request #\d+$/ });
  await expect(opened).toBeVisible({ timeout: A_RUN_MS });
  const pull = (await world.github.state()).pulls.find(({ repository }) => repository === REPOSITORY);
  expect(pull?.body).toContain("Closes #1");

  await expect(step(stranger, "Install the App")).toBeVisible();
  await expect(inSteps(stranger)).toContainText("No key yet");
  await expect(inSteps(stranger)).toContainText("Waiting for it");
  await stranger.goto("/tasks");
  await expect(stranger.getByText("French greeting")).toHaveCount(0);
  await other.close();
  expect(errors).toEqual([]);
});

test("a task is dispatched by keyboard alone, and a typed command is read like a comment", async ({ page, signIn }) => {
  const errors = watchConsole(page);
  await signIn("newcomer");
  await page.waitForURL("**/tasks");
  await expect(page.getByRole("button", { name: "New task" })).toBeVisible();
  const dialog = page.getByRole("dialog");
  const search = dialog.getByRole("combobox");
  const option = (name: RegExp) => dialog.getByRole("option", { name });
  // Before the page's script is there, nobody hears a key.
  await expect(async () => {
    if (!(await dialog.isVisible())) await page.keyboard.press("Control+k");
    await expect(search).toBeFocused({ timeout: 2000 });
  }).toPass();
  await page.keyboard.type("@porter clude be kind");
  await expect(page.getByText("claude was meant?")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(search).toHaveValue("@porter claude be kind");
  await page.keyboard.press("Enter");
  await expect(option(/newcomer\/hello-porter/)).toBeVisible();
  await page.keyboard.type("hello");
  await page.keyboard.press("Enter");
  await expect(option(/empty name/)).toBeVisible();
  await page.keyboard.type("empty name");
  await expect(dialog.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("radio", { name: "Claude Code" })).toBeChecked();
  await expect(dialog.getByRole("radio", { name: "Amp" })).toBeDisabled();
  await expect(dialog.getByRole("link", { name: "add it" })).toHaveAttribute(
    "href",
    "/settings/providers?provider=amp",
  );
  await expect(dialog.getByText("@porter claude be kind")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(/\/tasks\/task_[a-z0-9]{20}/);
  await expect(page.getByText("An empty name greets nobody").first()).toBeVisible();
  expect(errors).toEqual([]);
});

test("two tabs that save the same setting: the second sees what changed and chooses", async ({
  page,
  signIn,
  context,
}) => {
  await signIn("newcomer");
  await page.goto("/settings/defaults");
  const second = await context.newPage();
  await second.goto("/settings/defaults");
  await page.getByLabel("Time limit").fill("45");
  await page.keyboard.press("Control+s");
  await expect(page.getByText("Time limit saved.")).toBeVisible();

  await second.getByLabel("Time limit").fill("20");
  await second.getByLabel("Retries after faults").fill("1");
  await second.getByRole("button", { name: "Save" }).click();
  const dialog = second.getByRole("dialog", { name: "These settings changed elsewhere" });
  await expect(dialog.getByRole("radio", { name: "Saved elsewhere 45 min" })).toBeVisible();
  await expect(dialog.getByRole("radio", { name: "Yours 20 min" })).toBeChecked();
  await dialog.getByRole("radio", { name: "Saved elsewhere 45 min" }).check();
  await dialog.getByRole("button").last().click();
  await expect(second.getByText("Retries after faults saved.")).toBeVisible();
  await expect(second.getByLabel("Time limit")).toHaveValue("45");

  await page.reload();
  await expect(page.getByLabel("Time limit")).toHaveValue("45");
  await expect(page.getByLabel("Retries after faults")).toHaveValue("1");
  await page.getByLabel("Time limit").fill("91");
  await expect(page.getByText("At most 90.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
});
