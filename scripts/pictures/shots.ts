// Every page and state that `npm run screenshots` shows.
import type { Page } from "@playwright/test";
import { SCENES } from "./cast.ts";
import { ENDINGS, ENDINGS_OWNER } from "./endings.ts";
import { type LogFate, setLogFate } from "./log-states.ts";
import { NETWORK_REPORTS, setNetwork } from "./network-states.ts";
import type { Played } from "./play.ts";
import { type PicturedPull, setPull } from "./pull-states.ts";
import { setUntold } from "./report-states.ts";
import type { Shot } from "./shoot.ts";

/** `taskIds`: by their story's index in `SCENES`. */
export const pathOf = (taskIds: string[], story: string): string =>
  `/tasks/${taskIds[SCENES.findIndex((scene) => scene.story === story)] ?? ""}`;

type Open = (page: Page) => Promise<void>;

/** Presses the first button whose words begin so. */
export const pressButton =
  (name: string): Open =>
  (page) =>
    page
      .getByRole("button", { name: new RegExp(`^${name}`) })
      .first()
      .click();
const typing =
  (...keys: string[]): Open =>
  async (page) => {
    for (const key of keys) await page.keyboard.press(key);
  };
/** The page that a row of the palette leads to. */
const choosing =
  (...options: RegExp[]): Open =>
  async (page) => {
    await page.keyboard.press("n");
    for (const name of options) await page.getByRole("dialog").getByRole("option", { name }).first().click();
  };
/** What the browser says when its network is gone. */
const offline: Open = (page) => page.evaluate(() => void window.dispatchEvent(new Event("offline")));

function taskShots({ taskIds }: Played): Shot[] {
  const task = (story: string) => pathOf(taskIds, story);
  const shots = {
    working: { path: task("working") },
    "stop-asked": { path: task("working"), open: pressButton("Stop") },
    cloning: { path: task("cloning") },
    done: { path: task("race"), open: pressButton("Worked") },
    changes: { path: `${task("race")}?tab=changes` },
    log: { path: `${task("race")}?tab=log` },
    "log-search": {
      path: `${task("race")}?tab=log`,
      open: (page: Page) => page.getByRole("searchbox").fill("src/auth"),
    },
    prompt: { path: `${task("race")}?tab=prompt` },
    attempts: { path: `${task("slow")}?tab=attempts` },
    refused: { path: task("refused") },
    failed: { path: task("broken") },
    "retry-otherwise": { path: task("broken"), open: pressButton("Retry in another way") },
    "timed-out": { path: task("slow") },
    "no-changes": { path: task("nothing") },
    queued: { path: `/tasks/${taskIds.at(-3) ?? ""}` },
    blocked: { path: `/tasks/${taskIds.at(-1) ?? ""}` },
    lost: { path: task("working"), open: offline },
    "not-found": { path: "/tasks/task_00000000000000000000" },
  };
  return Object.entries(shots).map(([name, shot]) => ({ name: `task-${name}`, login: "octocat", ...shot }));
}

/** The pull request of the story `small`, as GitHub has it from one picture to the next. */
function pullShots({ world, taskIds }: Played): Shot[] {
  const path = pathOf(taskIds, "small");
  const setTo = (state: PicturedPull) => () => setPull(world, path.replace("/tasks/", ""), state);
  const shots: Record<string, PicturedPull> = {
    "checks-running": { test: "running" },
    "checks-failed": { test: "failure" },
    "checks-passed": { test: "success" },
    "checks-hidden": { areHidden: true },
    draft: { isDraft: true },
    closed: { isClosed: true },
    merged: { isMerged: true },
  };
  return Object.entries(shots).map(([name, state]) => ({
    name: `task-${name}`,
    login: "octocat",
    path,
    before: setTo(state),
    after: setTo({}),
  }));
}

/** Of every ending one picture in the light and a narrow one in the dark. */
function endingShots({ endings }: Played): Shot[] {
  const pages = ENDINGS.flatMap(({ story, who }): Shot[] => {
    const id = endings.get(story);
    return id === undefined ? [] : [{ name: `ending-${story}`, login: who, path: `/tasks/${id}`, isOfMany: true }];
  });
  return [
    { name: "endings", login: ENDINGS_OWNER, path: "/tasks" },
    { name: "endings-waiting", login: "grace", path: "/tasks" },
    ...pages,
    { name: "start-key-refused", login: "grace", path: "/start" },
    { name: "start-fly-refused", login: "barbara", path: "/start" },
  ];
}

function logShots({ stateDir, taskIds }: Played): Shot[] {
  const path = pathOf(taskIds, "race");
  const setTo = (fate: LogFate) => async () => setLogFate(stateDir, path.replace("/tasks/", ""), fate);
  const fates = ["expired", "lost", "unreadable"] as const;
  return fates.flatMap((fate) =>
    ["steps", "log"].map((tab) => ({
      name: `task-${fate}-${tab}`,
      login: "octocat",
      path: `${path}?tab=${tab}`,
      before: setTo(fate),
      after: setTo("kept"),
    })),
  );
}

/** An ended task whose end Porter could not write on the issue. */
function untoldShot({ stateDir, taskIds }: Played): Shot {
  const path = pathOf(taskIds, "slow");
  const setTo = (why: string | null) => async () => setUntold(stateDir, path.replace("/tasks/", ""), why);
  return {
    name: "task-untold",
    login: "octocat",
    path,
    before: setTo("refused: the issue is locked"),
    after: setTo(null),
  };
}

/** What the machine of an ended task said of its network. */
function networkShots({ stateDir, taskIds }: Played): Shot[] {
  const path = pathOf(taskIds, "nothing");
  const id = path.replace("/tasks/", "");
  return Object.entries(NETWORK_REPORTS).map(([name, report]) => ({
    name: `task-network-${name}`,
    login: "octocat",
    path,
    before: async () => setNetwork(stateDir, id, report),
    after: async () => setNetwork(stateDir, id, null),
  }));
}

export function shotsOf(played: Played): Shot[] {
  return [
    { name: "landing", login: null, path: "/" },
    { name: "tasks", login: "octocat", path: "/tasks" },
    { name: "tasks-running", login: "octocat", path: "/tasks?show=running" },
    { name: "tasks-done", login: "octocat", path: "/tasks?show=done" },
    { name: "tasks-selected", login: "octocat", path: "/tasks", open: typing("j", "x", "j", "x") },
    { name: "tasks-no-match", login: "octocat", path: "/tasks?q=nothing+is+called+this" },
    { name: "tasks-lost", login: "octocat", path: "/tasks", open: offline },
    { name: "tasks-empty", login: "hubot-user", path: "/tasks" },
    ...taskShots(played),
    ...endingShots(played),
    ...pullShots(played),
    ...logShots(played),
    untoldShot(played),
    ...networkShots(played),
    { name: "history", login: "octocat", path: "/history" },
    { name: "history-table", login: "octocat", path: "/history", open: pressButton("Table") },
    { name: "history-no-match", login: "octocat", path: "/history?q=nothing+is+called+this" },
    { name: "history-empty", login: "hubot-user", path: "/history" },
    { name: "palette", login: "octocat", path: "/tasks", open: typing("Control+k") },
    {
      name: "palette-command",
      login: "octocat",
      path: "/tasks",
      open: async (page) => {
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog").waitFor();
        await page.keyboard.type("@porter claud --priority=hgh fix it");
      },
    },
    { name: "dispatch", login: "octocat", path: "/tasks", open: typing("n") },
    { name: "dispatch-issue", login: "octocat", path: "/tasks", open: choosing(/ledger/) },
    { name: "dispatch-review", login: "octocat", path: "/tasks", open: choosing(/ledger/, /Export to QIF/) },
    { name: "keys", login: "octocat", path: "/tasks", open: typing("?") },
    { name: "menu", login: "octocat", path: "/tasks", open: pressButton("Account of") },
    ...["agents", "providers", "fly", "defaults", "network", "repositories", "audit"].map((section) => ({
      name: `settings-${section}`,
      login: "octocat",
      path: `/settings/${section}`,
    })),
    {
      name: "settings-changed",
      login: "octocat",
      path: "/settings/agents",
      open: (page) => page.getByRole("switch").first().click(),
    },
    { name: "account", login: "octocat", path: "/account" },
    { name: "account-delete", login: "octocat", path: "/account", open: pressButton("Delete my account") },
    { name: "start", login: "hubot-user", path: "/start" },
    {
      name: "start-foreign-key",
      login: "hubot-user",
      path: "/start",
      open: (page) => page.getByRole("textbox", { name: "Anthropic key" }).fill("ghp_fake-of-nobody"),
    },
    { name: "start-mention", login: "octocat", path: "/start" },
    { name: "api", login: "octocat", path: "/docs/api" },
    { name: "not-found", login: null, path: "/nothing-here" },
  ];
}
