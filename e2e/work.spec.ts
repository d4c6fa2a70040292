import { setWork, type WorkState } from "../scripts/pictures/work-states.ts";
import { NETWORK_REPORTS, setNetwork } from "../scripts/pictures/network-states.ts";
import { axeViolations } from "./axe.ts";
import { holdScripts } from "./line.ts";
import { isWholeRing } from "./ring.ts";
import { askNow, expect, isLive, pathOfStory, test } from "./stories.ts";

/** `isSeen`: looked at by axe in the first ring; the others have the same parts. */
const STATES: { state: WorkState; says: RegExp; button: string | null; isSeen?: true }[] = [
  { state: {}, says: /kept, but not on GitHub; publishing it costs no run/, button: "Publish" },
  {
    state: {
      refusal: {
        kind: "rules",
        rules: ["Commits must have verified signatures.", "Changes must be made through a pull request."],
      },
    },
    says: /Commits must have verified signatures\./,
    button: "Publish",
  },
  {
    state: {
      refusal: {
        kind: "push_protection",
        secrets: [
          {
            what: "Amazon AWS Access Key ID",
            address: "https://github.test/o/r/security/secret-scanning/unblock-secret/1",
          },
        ],
      },
    },
    says: /Amazon AWS Access Key ID: let it pass on GitHub/,
    button: "Publish",
    isSeen: true,
  },
  {
    state: { branch: "porter/handed", refusal: { kind: "pull_request_permission", permission: "pull_requests" } },
    says: /only the pull request is missing \(open it yourself\)/,
    button: "Open the pull request",
  },
  { state: { branch: "porter/handed" }, says: /Work so far: porter\/handed/, button: null },
  { state: { isDeleted: true }, says: /and is deleted\./, button: null },
];

test("what a run left is told as it is, whatever became of it", async ({
  page,
  played,
  signIn,
  world,
  api,
  errors,
}) => {
  await signIn("octocat");
  const id = await askNow({ world, api, played }, { issue: 2, story: "handed" });
  await expect.poll(async () => (await api.task(id)).status).toBe("failed");
  const work = page.getByRole("region", { name: "The work" });
  for (const { state, says, button, isSeen } of STATES) {
    setWork(played.stateDir, id, state);
    await page.goto(`/tasks/${id}`);
    await isLive(page);
    await expect(work).toContainText(says);
    await expect(work.getByRole("button", { name: /Publish|Open the pull/ })).toHaveText(
      button === null ? [] : [button],
    );
    if (isWholeRing || isSeen) expect(await axeViolations(page)).toEqual([]);
  }
  setWork(played.stateDir, id, {});
  // What is unfolded before the page's script arrived is asked for all the same.
  const release = await holdScripts(page);
  await page.goto(`/tasks/${id}`, { waitUntil: "commit" });
  await work.getByText("3 files in one commit").click();
  release();
  await expect(work.getByText("src/export/qif.ts")).toBeVisible();
  await expect(work.getByRole("listitem").filter({ hasText: "qif.ts" }).first()).toContainText("+2");
  await expect(work.getByText(".env holds settings that are often secret")).toBeVisible();
  await expect(work.getByText("is read by")).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    work.getByRole("link", { name: "Download the work as a patch" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${id}-1.patch`);
  await page.getByRole("link", { name: /^Changes/ }).click();
  await expect(page.getByText("As the machine handed it over.")).toBeVisible();
  await expect(page.getByRole("table", { name: /qif\.ts/ }).first()).toContainText("toQif");
  // It is published without a further run, and then what was held back as well.
  await page.getByRole("button", { name: "Publish" }).click();
  await expect.poll(async () => (await api.task(id)).prNumber).toBeGreaterThan(0);
  await expect(work).toContainText(/Its work is in #\d+\./);
  await work.getByRole("checkbox").check();
  await work.getByRole("button", { name: "Push these too" }).click();
  await work.getByRole("button", { name: "Push", exact: true }).click();
  await expect(work.getByText(".env holds settings that are often secret")).toBeHidden();
  await expect(page.getByText("As GitHub has it.")).toBeVisible();
  await expect(page.getByRole("region", { name: ".env", exact: true })).toContainText("QIF_ENCODING");
  expect(errors).toEqual([]);
});

test("what was blocked is told with whose call it was, and one click allows it for later runs", async ({
  page,
  played,
  signIn,
  errors,
}) => {
  await signIn("octocat");
  const path = pathOfStory(played, "nothing");
  const id = path.replace("/tasks/", "");
  setNetwork(played.stateDir, id, NETWORK_REPORTS.blocked);
  await page.goto(path);
  await isLive(page);
  const blocked = page.getByRole("region", { name: "Blocked" });
  await expect(blocked.getByRole("listitem").first()).toContainText("telemetry.example.com (26), by npm test");
  await expect(blocked).toContainText("And 3 calls to further hosts.");
  // Nothing can allow an address, nor the server that takes the pushes.
  await expect(blocked.getByRole("button", { name: /github\.com|169\.254/ })).toHaveCount(0);
  expect(await axeViolations(page)).toEqual([]);
  await blocked.getByRole("button", { name: "Allow telemetry.example.com" }).click();
  await expect(blocked).toContainText("allowed from now on");

  await page.goto("/settings/network?allow=paste.example.com");
  const list = page.getByRole("group", { name: "Further names" });
  await expect(list.getByText("telemetry.example.com")).toBeVisible();
  const field = list.getByRole("textbox", { name: "Add a name" });
  // What a link asks for stands in the field, and is on no list before somebody puts it there.
  await expect(field).toHaveValue("paste.example.com");
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await field.fill("github.com");
  await expect(list).toContainText("A connection to GitHub carries a push");
  expect(await axeViolations(page)).toEqual([]);
  await list.getByRole("button", { name: "Remove telemetry.example.com" }).click();
  await page.getByRole("button", { name: /^Save/ }).click();
  await expect(list).toContainText("None.");

  setNetwork(played.stateDir, id, NETWORK_REPORTS.open);
  await page.goto(path);
  await expect(page.getByRole("region", { name: "The network" })).toContainText("its kernel does not permit it");
  setNetwork(played.stateDir, id, null);
  expect(errors).toEqual([]);
});
