import type { Page } from "@playwright/test";
import { z } from "zod";
import type { World } from "../local/world/world.ts";
import { expect, runEndsWell, test, watchConsole } from "./porter.ts";
import { isLive } from "./wait-until-idle.ts";

const REPOSITORY = "newcomer/hello-porter";

test.describe.configure({ mode: "serial" });

const step = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });
const inSteps = (page: Page) => page.getByRole("list", { name: "Steps" });

/** What the page says aloud, toasts among it, without its one sentence on keys in general. */
const spoken = async (page: Page): Promise<string> =>
  (await page.locator("body").innerText()).replace("Encrypted when saved, never shown again.", "");

/** What GitHub shows of the newcomer's first issue and of the repository's pull requests. */
async function publicly({ github }: World) {
  const { comments, issues, pulls } = await github.state();
  const isHere = ({ repository }: { repository: string }) => repository === REPOSITORY;
  return {
    told: comments.filter(isHere).filter(({ issue, login }) => issue === 1 && login !== "newcomer"),
    labels: issues.filter(isHere).find(({ number }) => number === 1)?.labels,
    pulls: pulls.filter(isHere),
  };
}

test("a new user installs the App, and a mention before the set-up is done waits for it", async ({
  page,
  world,
  signIn,
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

  // Whoever looks ahead sees the comment to paste, and may paste it.
  await inSteps(page)
    .getByRole("button", { name: /Mention Porter/ })
    .click();
  await expect(page.getByText("@porter opencode", { exact: true })).toBeVisible();
  await world.github.comment({ login: "newcomer", repo: REPOSITORY, issue: 1, body: "@porter opencode" });
  const row = page.getByRole("article", { name: "Add a French greeting" });
  await expect(row).toContainText("Needs you");
  await expect(row).toContainText("The key for this agent's model provider is missing");
  await expect.poll(async () => (await publicly(world)).told[0]?.body).toContain("Needs your Anthropic key");
  expect(errors).toEqual([]);
});

test("a wrong key and other vendors' secrets are refused where they are pasted", async ({ page, world, signIn }) => {
  const errors = watchConsole(page);
  const sent: string[] = [];
  page.on("request", (request) => void (request.url().includes("saveProviderCredentials") && sent.push(request.url())));
  await signIn("newcomer");
  await expect(step(page, "Save a model key")).toBeVisible();
  const key = page.getByRole("textbox", { name: "Anthropic key" });
  for (const [foreign, is] of [
    ["ghp_fake-of-nobody", "That is a GitHub token"],
    ["sk-or-fake-of-nobody", "That is an OpenRouter key"],
    ["fm2_fake-of-nobody", "That is a Fly token"],
  ] as const) {
    await key.fill(foreign);
    await expect(page.getByText(is)).toBeVisible();
    await key.press("Enter");
    await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  }
  expect(sent).toEqual([]);

  await key.fill("sk-ant-fake-of-nobody");
  await expect(page.getByText("That is")).toHaveCount(0);
  await key.press("Enter");
  await expect(inSteps(page)).toContainText("Anthropic does not accept this key");
  expect(await spoken(page)).not.toMatch(/\bsaved\b/i);
  expect((await publicly(world)).told[0]?.body).toContain("Needs your Anthropic key");

  await key.fill(world.secrets.modelKeys.anthropic);
  await key.press("Enter");
  await expect(step(page, "Connect Fly")).toBeFocused();
  expect(errors).toEqual([]);
});

test("after a wrong Fly token and a good one there is one task, one pull request and no public failure", async ({
  page,
  world,
  signIn,
}) => {
  const errors = watchConsole(page);
  await signIn("newcomer");
  await expect(step(page, "Connect Fly")).toBeVisible();
  await expect(page.getByLabel("Fly app")).toHaveValue("porter-newcomer");
  const token = page.getByLabel("Fly token");
  await token.fill("fm2_fake-of-nobody");
  await token.press("Enter");
  await expect(inSteps(page)).toContainText("Fly does not accept this token");
  expect(await spoken(page)).not.toMatch(/\bsaved\b/i);
  await expect.poll(async () => (await publicly(world)).told[0]?.body).toContain("Needs your Fly token and app");

  await token.fill(world.secrets.flyOrgToken);
  await token.press("Enter");
  await expect(step(page, "Mention Porter")).toBeVisible();
  await expect(inSteps(page)).toContainText("App porter-newcomer");
  // Closing the tab loses nothing.
  await page.reload();
  await expect(page.getByRole("article", { name: "Add a French greeting" })).toBeVisible();
  await runEndsWell(page);
  await expect(page.getByRole("link", { name: /^Open pull request #\d+$/ })).toBeVisible();

  const { told, labels, pulls } = await publicly(world);
  expect(pulls).toHaveLength(1);
  expect(pulls[0]?.body).toContain("Closes #1");
  expect(told).toHaveLength(1);
  expect(told[0]?.versions.join("\n")).not.toMatch(/❌|fail|refused/i);
  expect(labels).toEqual(["porter:success"]);
  const { tasks } = z
    .object({ tasks: z.array(z.object({ id: z.string(), attempt: z.number() })) })
    .parse(await (await page.request.get("/api/tasks")).json());
  const input = encodeURIComponent(JSON.stringify({ id: tasks[0]?.id }));
  const attempts = await (await page.request.get(`/api/trpc/tasks.attempts?input=${input}`)).text();
  expect(
    tasks.map(({ attempt }) => attempt),
    attempts,
  ).toEqual([1]);
  expect(errors).toEqual([]);
});

test("another new user sees nothing of it", async ({ page, signIn }) => {
  await signIn("stranger");
  await expect(step(page, "Install the App")).toBeVisible();
  await expect(inSteps(page)).toContainText("No key yet");
  await expect(inSteps(page)).toContainText("Waiting for it");
  await page.goto("/tasks");
  await expect(page.getByText("French greeting")).toHaveCount(0);
});

test("a task is dispatched by keyboard alone, and a typed command is read like a comment", async ({ page, signIn }) => {
  const errors = watchConsole(page);
  await signIn("newcomer");
  await page.waitForURL("**/tasks");
  await isLive(page);
  const dialog = page.getByRole("dialog");
  const search = dialog.getByRole("combobox");
  const option = (name: RegExp) => dialog.getByRole("option", { name });
  await page.keyboard.press("Control+k");
  await expect(search).toBeFocused();
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
  await expect(dialog.getByText("cannot be metered, and is off")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "switch it on" })).toHaveAttribute("href", "/settings/agents");
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
