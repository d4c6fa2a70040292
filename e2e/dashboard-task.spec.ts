import type { Page } from "@playwright/test";
import { signIn as signInByHand } from "../local/world/sign-in.ts";
import { COUNTED_AT_ONCE, COUNTING_LINES, COUNTING_STEPS, letCount } from "../scripts/pictures/long-stories.ts";
import { setUntold } from "../scripts/pictures/report-states.ts";
import { streamsOver } from "./line.ts";
import { askNow, countLoads, expect, isLive, pathOfStory, test } from "./stories.ts";

test("a task shows its steps by kind, its changes, its log and its prompt", async ({
  page,
  played,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  await page.goto(pathOfStory(played, "race"));
  await isLive(page);
  await page.getByRole("button", { name: /^Worked/ }).click();
  await expect(page.getByText("at the same moment")).toBeVisible();
  await expect(page.locator("strong", { hasText: "at the same moment" })).toBeVisible();
  await expect(page.getByText("Single-flight lock in refresh()").first()).toBeVisible();
  const diff = page.getByRole("table", { name: /refresh\.ts/ }).first();
  await expect(diff).toContainText("inFlight");
  await expect(diff.locator(".text-code-keyword").first()).toBeVisible();
  const command = page.getByRole("button", { name: /^Ran npm test/ }).last();
  await expect(command).toHaveAttribute("aria-expanded", "false");
  await command.click();
  await expect(page.getByRole("link", { name: "17 more lines · show in log" })).toBeVisible();
  await page.getByRole("link", { name: /^Changes/ }).click();
  await expect(page).toHaveURL(/tab=changes/);
  // A command wrote the changelog, and no edit was reported of it: GitHub tells.
  await expect(page.getByText("As GitHub has it.")).toBeVisible();
  const files = page.getByRole("navigation", { name: "Changed files" });
  await expect(files.getByRole("link")).toHaveText([
    /^refresh\.ts/,
    /^refresh\.test\.ts/,
    /^CHANGELOG\.md/,
    /on GitHub$/,
  ]);
  await files.getByRole("link", { name: /^CHANGELOG\.md/ }).click();
  await expect(page.getByRole("region", { name: "CHANGELOG.md", exact: true })).toBeInViewport();
  await files.getByText("src/auth").click();
  await expect(files.getByRole("link", { name: /^refresh\.ts/ })).toBeHidden();
  await page.getByRole("button", { name: "Side by side" }).click();
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await page.getByLabel("Find in the log").fill("ℹ pass 216");
  await expect(page.getByText("1 line")).toBeVisible();
  await page.getByLabel("Find in the log").press("Enter");
  await expect(page.getByText("ℹ pass 216")).toBeVisible();
  await page.getByRole("button", { name: /regular expression/ }).click();
  await page.getByLabel("Find in the log").fill("pass 2\\d{2}$");
  await expect(page.getByText("2 lines")).toBeVisible();
  await page.getByLabel("Find in the log").fill("pass (");
  await expect(page.getByText("not a pattern")).toBeVisible();
  await page.goto(`${pathOfStory(played, "race")}?tab=log#L3-L5`);
  await expect(page.getByRole("link", { name: "Line 3", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Prompt" }).click();
  await expect(page.getByText("[story: race]")).toBeVisible();
  expect(errors).toEqual([]);
});

test("an agent's words are Markdown in the server's HTML already", async ({ page, played, signIn }) => {
  await signIn("octocat");
  const html = await (await page.request.get(pathOfStory(played, "race"))).text();
  const seen = html.replaceAll(/<script\b.*?<\/script>/gs, "");
  expect(seen).toMatch(/<li>[^`<]*<code>src\/auth\/refresh\.ts<\/code>/);
  expect(seen).not.toContain("`src/auth/refresh.ts`");
});

test("a running task goes on while it is watched, and its tail is let go by hand only", async ({
  page,
  played,
  signIn,
}) => {
  await signIn("octocat");
  await page.goto(pathOfStory(played, "working"));
  await isLive(page);
  await expect(page.getByText("running", { exact: true })).toBeInViewport();
  await page.mouse.wheel(0, -2000);
  await page.getByRole("button", { name: /Jump to live/ }).click();
  await expect(page.getByText("running", { exact: true })).toBeInViewport();
});

/** The numbers of the counting story's steps on the page, in their order. */
const counted = async (page: Page): Promise<number[]> => {
  const words = await page.getByRole("button", { name: /^Ran count \d+/ }).allTextContents();
  return words.map((text) => Number(/count (\d+)/.exec(text)?.[1]));
};

test("a stream that is cut while a task goes on misses nothing and repeats nothing", async ({
  page,
  signIn,
  world,
  api,
  played,
}) => {
  await signIn("octocat");
  const line = await streamsOver(page, world.porter.url);
  const jar = await signInByHand(world.porter.url, "octocat");
  const recordsOf = async (id: string): Promise<{ n: number; k: string }[]> => {
    const all: { n: number; k: string }[] = [];
    for (let after: number | null = 0; after !== null;) {
      const answer = await jar.fetch(`${world.porter.url}/api/tasks/${id}/log?limit=1000&after=${after}`);
      const log = (await answer.json()) as { records: { n: number; k: string }[]; nextAfter: number | null };
      all.push(...log.records);
      after = log.nextAfter;
    }
    return all;
  };
  const id = await askNow({ world, api, played }, { issue: 2, story: "counting" });
  await page.goto(`/tasks/${id}`);
  await isLive(page);
  const loads = countLoads(page);
  await expect.poll(async () => (await counted(page)).length).toBe(COUNTED_AT_ONCE);
  line.cut();
  const meanwhile = COUNTED_AT_ONCE + 10;
  letCount({ stateDir: played.stateDir, taskId: id }, meanwhile);
  await expect(page.getByText(/Porter cannot be reached/)).toBeVisible();
  await expect.poll(async () => (await api.task(id)).steps).toBeGreaterThanOrEqual(meanwhile);
  // Nothing came through, although Porter knows more.
  expect(await counted(page)).toHaveLength(COUNTED_AT_ONCE);
  line.mend();
  await expect(page.getByText(/Porter cannot be reached/)).toBeHidden();
  letCount({ stateDir: played.stateDir, taskId: id }, COUNTING_STEPS);
  await expect.poll(async () => (await api.task(id)).status).toBe("success");
  await expect(page.getByRole("article").getByText("Done", { exact: true })).toBeVisible();
  await expect.poll(() => counted(page)).toEqual(Array.from({ length: COUNTING_STEPS }, (_, index) => index + 1));

  const records = await recordsOf(id);
  expect(records.map(({ n }) => n)).toEqual(records.map((_, index) => index + 1));
  // What the machine sent: raw lines, and of each step its call, its line and its result.
  expect(records.filter(({ k }) => k !== "p" && k !== "f")).toHaveLength(COUNTING_LINES + 3 * COUNTING_STEPS);
  // What was pushed is no line.
  const lines = records.filter(({ k }) => k !== "f").length;
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await expect(page.getByText(`${lines.toLocaleString("en")} lines`, { exact: true })).toBeVisible();
  const rows = page.getByRole("region", { name: "Log" }).getByRole("link", { name: /^Line \d+$/ });
  const bounded = async () => {
    expect(await rows.count()).toBeLessThan(150);
    // Between two frames there may be none.
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
  };
  await expect(rows.first()).toBeVisible();
  await bounded();
  await page.getByRole("region", { name: "Log" }).hover();
  for (let turn = 0; turn < 10; turn++) {
    await page.mouse.wheel(0, 4000);
    await bounded();
  }
  expect(loads()).toBe(0);
  line.close();
});

test("a task whose end could not be written on the issue says so, and why", async ({ page, played, signIn }) => {
  await signIn("octocat");
  const path = pathOfStory(played, "slow");
  const id = path.replace("/tasks/", "");
  await page.goto(path);
  const words = page.getByText("Porter could not write this on the issue, and no longer tries.");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(words).toHaveCount(0);
  setUntold(played.stateDir, id, "refused: the issue is locked");
  await page.reload();
  await expect(words).toBeVisible();
  await page.getByText("Why", { exact: true }).click();
  await expect(page.getByText("refused: the issue is locked")).toBeVisible();
  setUntold(played.stateDir, id, null);
});
