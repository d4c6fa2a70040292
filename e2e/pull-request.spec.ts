import type { Locator, Page } from "@playwright/test";
import { asOctocat, setDraft } from "../scripts/pictures/pull-states.ts";
import { countLoads, expect, isLive, pathOfStory, testAlone as test } from "./stories.ts";

/** Of the story `race`; nobody else writes what it changes, so it may be merged. */
const REPO = "octocat/ledger";

/**
 * Minutes pass, after each of which an open page asks GitHub again, until it shows this. One may not be enough: the page
 * counts from the answer before, which may still be on its way.
 */
const showsSoon = (card: Locator, words: string): Promise<void> =>
  expect(async () => {
    await card.page().clock.fastForward(61_000);
    await expect(card).toContainText(words, { timeout: 2000 });
  }).toPass();
/** And one in which it has asked. */
const asks = (page: Page): Promise<void> =>
  expect(async () => {
    const answer = page.waitForResponse(/tasks\.pull/, { timeout: 2000 });
    await Promise.all([answer.then((response) => response.finished()), page.clock.fastForward(61_000)]);
  }).toPass();

test("a finished task shows its pull request's checks and state as they move, without a reload", async ({
  page,
  world,
  api,
  played,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  const path = pathOfStory(played, "race");
  const { prNumber, branch } = await api.task(path.replace("/tasks/", ""));
  const pull = `${REPO}/pulls/${prNumber}`;
  const ci = (test: string, rest: object = {}) =>
    world.github.setChecks({
      repo: REPO,
      ref: branch ?? "",
      runs: [
        { name: "lint", status: "completed", conclusion: "success" },
        { name: "test", status: test === "" ? "in_progress" : "completed", conclusion: test === "" ? null : test },
      ],
      ...rest,
    });
  await page.clock.install({ time: Date.now() });
  await page.clock.resume();
  await page.goto(path);
  await isLive(page);
  const loads = countLoads(page);
  const card = page.getByRole("link", { name: new RegExp(`\\w #${prNumber}`) });
  await expect(card).toContainText(`Open #${prNumber}`);
  await expect(card).not.toContainText("check");

  await ci("", { statuses: [{ context: "ci/preview", state: "pending" }] });
  await showsSoon(card, "2 of 3 checks running");
  await ci("failure");
  await showsSoon(card, "1 of 3 checks failed, 1 running");
  await ci("success", { statuses: [{ context: "ci/preview", state: "error" }] });
  await showsSoon(card, "1 of 3 checks failed");
  await ci("success", { statuses: [{ context: "ci/preview", state: "success" }] });
  await showsSoon(card, "3 checks passed");

  // GitHub is away for a moment: what was known of the pull request stays, and moves on afterwards.
  world.github.setFaults([{ match: { path: `/pulls/${prNumber}$` }, status: 502, times: 50 }]);
  await asks(page);
  await expect(card).toContainText("3 checks passed");
  world.github.setFaults([]);
  await setDraft(world, pull, true);
  await showsSoon(card, `Draft #${prNumber}`);
  await setDraft(world, pull, false);
  await asOctocat(world, `PATCH ${pull}`, { state: "closed" });
  await showsSoon(card, `Closed #${prNumber}`);

  // A closed one is not asked for every minute, but when somebody comes back to the page.
  await asOctocat(world, `PATCH ${pull}`, { state: "open" });
  await expect(async () => {
    await page.clock.fastForward(61_000);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await expect(card).toContainText(`Open #${prNumber}`, { timeout: 2000 });
  }).toPass();
  await asOctocat(world, `PUT ${pull}/merge`, {});
  await showsSoon(card, `Merged #${prNumber}`);
  expect(loads()).toBe(0);
  // GitHub told Porter of it: the list says so, and so does the comment on the issue.
  const { id, issueNumber } = await api.task(path.replace("/tasks/", ""));
  await page.goto(`/tasks?show=done&repo=${REPO}`);
  await expect(page.locator(`[data-task="${id}"]`)).toContainText("merged");
  await expect
    .poll(async () =>
      (await world.github.state()).comments.filter(({ issue }) => issue === issueNumber).map(({ body }) => body),
    )
    .toContainEqual(expect.stringContaining("Merged by octocat after"));
  expect(errors).toEqual([]);
});

test("checks that the App may not read are said to be hidden, not to be absent", async ({
  page,
  world,
  played,
  signIn,
}) => {
  await signIn("octocat");
  const refused = { status: 403, body: { message: "Resource not accessible by integration" }, times: 100 };
  world.github.setFaults([
    { match: { path: "/check-runs" }, ...refused },
    { match: { path: "/commits/[0-9a-f]+/status" }, ...refused },
  ]);
  await page.goto(pathOfStory(played, "small"));
  const card = page.getByRole("link", { name: /Open #\d+/ });
  await expect(card).toContainText("checks hidden");
  world.github.setFaults([]);
});
