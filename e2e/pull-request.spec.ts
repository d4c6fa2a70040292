import type { Page } from "@playwright/test";
import { asOctocat, setDraft } from "../scripts/pictures/pull-states.ts";
import { countLoads, expect, pathOfStory, testAlone as test } from "./stories.ts";

/** Of the story `race`; nobody else writes what it changes, so it may be merged. */
const REPO = "octocat/ledger";

/** The minute passes after which an open page asks GitHub again. */
const aMinute = (page: Page): Promise<void> => page.clock.fastForward(61_000);

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
  const loads = countLoads(page);
  const card = page.getByRole("link", { name: new RegExp(`\\w #${prNumber}`) });
  await expect(card).toContainText(`Open #${prNumber}`);
  await expect(card).not.toContainText("check");

  await ci("", { statuses: [{ context: "ci/preview", state: "pending" }] });
  await aMinute(page);
  await expect(card).toContainText("2 of 3 checks running");
  await ci("failure");
  await aMinute(page);
  await expect(card).toContainText("1 of 3 checks failed, 1 running");
  await ci("success", { statuses: [{ context: "ci/preview", state: "error" }] });
  await aMinute(page);
  await expect(card).toContainText("1 of 3 checks failed");
  await ci("success", { statuses: [{ context: "ci/preview", state: "success" }] });
  await aMinute(page);
  await expect(card).toContainText("3 checks passed");

  // GitHub is away for a moment: what was known of the pull request stays, and moves on afterwards.
  world.github.setFaults([{ match: { path: `/pulls/${prNumber}$` }, status: 502, times: 50 }]);
  const refused = page.waitForResponse(/tasks\.pull/);
  await aMinute(page);
  await (await refused).finished();
  await expect(card).toContainText("3 checks passed");
  world.github.setFaults([]);
  await setDraft(world, pull, true);
  await aMinute(page);
  await expect(card).toContainText(`Draft #${prNumber}`);
  await setDraft(world, pull, false);
  await asOctocat(world, `PATCH ${pull}`, { state: "closed" });
  await aMinute(page);
  await expect(card).toContainText(`Closed #${prNumber}`);

  // A closed one is not asked for every minute, but when somebody comes back to the page.
  await asOctocat(world, `PATCH ${pull}`, { state: "open" });
  await page.clock.fastForward(61_000);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await expect(card).toContainText(`Open #${prNumber}`);
  await asOctocat(world, `PUT ${pull}/merge`, {});
  await aMinute(page);
  await expect(card).toContainText(`Merged #${prNumber}`);
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
