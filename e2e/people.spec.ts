import { SCENES } from "../scripts/pictures/cast.ts";
import { streamsOver } from "./line.ts";
import { waitUntilIdle } from "./wait-until-idle.ts";
import { isWholeRing } from "./ring.ts";
import { expect, isLive, pathOfStory, signInAs, test, testAlone } from "./stories.ts";

test("nobody sees another user's tasks: not their pages, API, streams or logs", async ({
  page,
  played,
  signIn,
  world,
}) => {
  await signIn("hubot-user");
  await page.goto("/tasks");
  await expect(page.getByRole("heading", { name: /Comment on an issue/ })).toBeVisible();
  await expect(page).toHaveTitle("Tasks · Porter");
  const path = pathOfStory(played, "race");
  const id = path.split("/").at(-1) ?? "";
  expect((await page.goto(path))?.status()).toBe(404);
  const input = encodeURIComponent(JSON.stringify({ id }));
  const closed = [
    `/api/tasks/${id}/status`,
    `/api/tasks/${id}/log`,
    `/api/tasks/${id}/log.txt`,
    `/api/tasks/${id}/log/blocks/0?attempt=1`,
    ...["get", "log", "prompt", "pull", "attempts", "place"].map((name) => `/api/trpc/tasks.${name}?input=${input}`),
  ];
  for (const address of closed) expect((await page.request.get(address)).status(), address).toBe(404);
  for (const act of ["stop", "retry"]) {
    const headers = { origin: world.porter.url };
    const answer = await page.request.post(`/api/tasks/${id}/${act}`, { headers, data: {} });
    expect(answer.status(), act).toBe(404);
  }
  const said = await page.evaluate(async (address) => {
    const answer = await fetch(address, { headers: { accept: "text/event-stream" } });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (reader !== undefined && !/NOT_FOUND|event: ping/.test(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    await reader?.cancel();
    return text;
  }, `/api/trpc/live.task?input=${input}`);
  expect(said).toContain("NOT_FOUND");
  const title = SCENES[0]?.title ?? "";
  expect(said).not.toContain(title);
  expect(await (await page.request.get("/api/tasks/export.csv")).text()).not.toContain(title);
});

test("the page of the audit log shows what one did, leads to the task, and is a file as well", async ({
  page,
  played,
}) => {
  // Anew, so that its line is among the newest.
  await signInAs(page, "octocat");
  await page.goto("/settings/audit");
  await expect(page.getByRole("heading", { name: "Audit" })).toBeVisible();
  const lines = page.getByRole("listitem").filter({ hasText: /you/ });
  await expect(lines.filter({ hasText: "Signed in" }).first()).toBeVisible();
  const path = pathOfStory(played, "race");
  const file = await page.request.get("/api/audit.csv");
  expect(file.headers()["content-disposition"]).toContain("porter-audit.csv");
  const text = await file.text();
  expect(text).toContain("task.start,octocat");
  expect(text).toContain(`task/${path.split("/").at(-1)}`);
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page.getByRole("link", { name: "Newest" })).toBeVisible();
  await page
    .getByRole("link", { name: /^task\/task_/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/tasks\/task_/);
});

testAlone("signing out ends the stream in every tab", async ({ browser, world }) => {
  const context = await browser.newContext({ baseURL: world.porter.url });
  const watching = await context.newPage();
  await watching.clock.install();
  const line = await streamsOver(watching, world.porter.url);
  await signInAs(watching, "octocat");
  await watching.goto("/tasks");
  await isLive(watching);
  const other = await context.newPage();
  await other.goto("/history");
  await other.getByRole("button", { name: /^Account of/ }).click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL((url) => url.pathname === "/");
  // The stream looks at its session when it is opened, and every 30 s: that is waited for in the second ring.
  if (!isWholeRing) {
    line.cut();
    line.mend();
  }
  await expect(watching.getByText(/You were signed out/)).toBeVisible({ timeout: 400_000 });
  let opened = 0;
  watching.on("request", (request) => void (request.url().includes("/live.") && (opened += 1)));
  await watching.clock.fastForward("01:00:00");
  await waitUntilIdle(watching);
  expect(opened).toBe(0);
  line.close();
  await context.close();
});

testAlone("a tab whose person has changed shows nothing of the one before", async ({ browser, world }) => {
  const context = await browser.newContext({ baseURL: world.porter.url });
  const watching = await context.newPage();
  await signInAs(watching, "octocat");
  await watching.goto("/tasks");
  await isLive(watching);
  await expect(watching.getByText("Export to QIF")).toBeVisible();
  await signInAs(await context.newPage(), "hubot-user");
  await expect(watching.getByRole("button", { name: "Account of hubot-user" })).toBeVisible();
  await expect(watching.getByText("Export to QIF")).toBeHidden();
  await isLive(watching);
  await context.close();
});
