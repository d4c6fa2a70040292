import { type LogFate, setLogFate } from "../scripts/pictures/log-states.ts";
import { expect, pathOfStory, test } from "./stories.ts";

const STORY = "small";

test.afterEach(({ played }) => setLogFate(played.stateDir, pathOfStory(played, STORY).replace("/tasks/", ""), "kept"));

for (const [fate, words] of [
  ["expired", /This log was deleted 3 days ago, when its time was over/],
  ["lost", /This log is not where it was kept/],
  ["unreadable", /The log could not be read; the task is not touched by it/],
] as [LogFate, RegExp][])
  test(`a task whose log is ${fate} is shown all the same, and says what became of it`, async ({
    page,
    played,
    api,
    signIn,
  }) => {
    await signIn("octocat");
    const path = pathOfStory(played, STORY);
    const id = path.replace("/tasks/", "");
    // What Porter is still putting together must not be taken away under its hands.
    const sealedAt = async () => {
      const answer = await page.request.get(`/api/tasks/${id}/log?limit=1`);
      return ((await answer.json()) as { sealedAt: string | null }).sealedAt;
    };
    await expect.poll(sealedAt).not.toBeNull();
    setLogFate(played.stateDir, id, fate);
    await page.goto(`${path}?tab=log`);
    await expect(page.getByText(words)).toBeVisible();
    await expect(page.getByText("Nothing was logged")).toHaveCount(0);
    await expect(page.getByRole("link", { name: /Show the last full page/ })).toBeVisible();
    await page.getByRole("link", { name: "Steps" }).click();
    await expect(page.getByText(words)).toBeVisible();
    // The change does not hang on the log.
    await page.getByRole("link", { name: /^Changes/ }).click();
    await expect(page.getByText("As GitHub has it.")).toBeVisible();
    await expect(page.getByText(words)).toHaveCount(0);
    await expect(page.getByRole("link", { name: "The whole change on GitHub" })).toBeVisible();
    await page.getByRole("link", { name: "Prompt" }).click();
    await expect(page.getByText("[story: small]")).toBeVisible();
    expect((await api.task(id)).status).toBe("success");
    if (fate === "expired") return;
    // What comes back is there again.
    await page.getByRole("link", { name: "Log", exact: true }).click();
    setLogFate(played.stateDir, id, "kept");
    const log = page.getByRole("region", { name: "Log" });
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(log).toContainText("One line in the pagination helper.");
  });
