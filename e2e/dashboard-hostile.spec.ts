import { askNow, expect, isLive, testAlone as test } from "./stories.ts";

test("whatever an agent writes stays text, each kind of change has its words, and no pattern stops the page", async ({
  page,
  signIn,
  world,
  api,
  played,
  errors,
}) => {
  await page.clock.install();
  await signIn("octocat");
  const id = await askNow({ world, api, played }, { issue: 2, story: "hostile" });
  await page.goto(`/tasks/${id}`);
  await isLive(page);
  await expect.poll(async () => (await api.task(id)).status).toBe("failed");
  const steps = page.getByRole("article");
  await expect(steps.getByText("No changes", { exact: true })).toBeVisible();
  await expect(steps.getByText("exit 3")).toBeVisible();
  await expect(steps.getByRole("link", { name: "a trap" })).toHaveCount(0);
  await expect(steps.getByRole("link", { name: "a file" })).toHaveCount(0);
  await expect(steps.getByRole("link", { name: "a picture" }).first()).toBeVisible();
  await expect(steps.getByRole("button", { name: /^Model .* tools / })).toBeVisible();

  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));
  await page.getByRole("link", { name: "· show in changes" }).click();
  await expect(page.getByRole("region", { name: "src/long.ts", exact: true })).toBeFocused();
  for (const words of ["New file", "Deleted", "Renamed from src/old.ts", "Binary file", "Mode 100644 → 100755"]) {
    const note = page.getByText(words).first();
    await note.scrollIntoViewIfNeeded();
    await expect(note).toBeVisible();
  }
  await page.getByRole("region", { name: "art/logo.png", exact: true }).focus();
  await page.keyboard.press("n");
  await expect(page.getByRole("region", { name: "bin/run", exact: true })).toBeFocused();
  await page.keyboard.press("p");
  await expect(page.getByRole("region", { name: "art/logo.png", exact: true })).toBeFocused();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("link", { name: /^Changes/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/tab=log/);
  const find = page.getByLabel("Find in the log");
  await find.fill("after the gap 30");
  await expect(page.getByText("2 lines", { exact: true })).toBeVisible();
  await find.press("Enter");
  await expect(page.getByText("1 of 2", { exact: true })).toBeVisible();
  // A search by pattern is given up after its time. Here that passes only when the test says so, more for the pattern
  // that never ends than for the one that does.
  await page.clock.pauseAt(Date.now() + 10_000);
  const showsAfter = (stepMs: number, words: string) =>
    expect(async () => {
      await page.clock.runFor(stepMs);
      await expect(page.getByText(words, { exact: true })).toBeVisible({ timeout: 1 });
    }).toPass();
  await page.getByRole("button", { name: /regular expression/ }).click();
  await find.fill("^(a+)+$");
  await showsAfter(500, "takes too long");
  await find.fill("^after the gap 2\\d$");
  await showsAfter(1, "10 lines");
  await page.clock.resume();
  await page.getByRole("button", { name: /^Agent: / }).click();
  await expect(page).not.toHaveURL(/tab=/);
  expect(loads).toEqual([]);
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(errors).toEqual([]);
});
