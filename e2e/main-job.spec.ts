import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, runEndsWell, test, watchConsole } from "./porter.ts";

// Never the synchronous form: the local GitHub answers git from this very process.
const run = promisify(execFile);
const git = async (...args: string[]): Promise<string> =>
  (await run("git", args, { encoding: "utf8", maxBuffer: 1 << 26 })).stdout;

const REPOSITORY = "octocat/hello-porter";

test.describe.configure({ mode: "serial" });

test("a comment becomes a pull request while the page is watched, without one reload", async ({
  page,
  world,
  signIn,
}) => {
  const errors = watchConsole(page);
  await signIn("octocat");
  await page.waitForURL(/\/(tasks|start)/);
  const saved = await page.evaluate(
    async ({ key, flyToken, flyAppName }) => {
      const put = (path: string, body: unknown) =>
        fetch(path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      const answers = [
        await put("/api/config/provider-credentials", { anthropic: { ANTHROPIC_API_KEY: key } }),
        await put("/api/config/fly", { flyToken, flyAppName }),
      ];
      return answers.map((answer) => answer.status);
    },
    { key: world.secrets.modelKeys.anthropic, flyToken: world.secrets.flyToken, flyAppName: world.flyApp },
  );
  expect(saved).toEqual([200, 200]);
  await page.goto("/tasks");
  let loads = 0;
  page.on("load", () => (loads += 1));
  await world.github.comment({ login: "octocat", repo: REPOSITORY, issue: 1, body: "@porter opencode" });
  const row = page.getByRole("link", { name: /French greeting/ }).first();
  await expect(row).toBeVisible();
  await runEndsWell(page);
  await expect(
    page
      .getByText(/#\d+/)
      .and(page.getByRole("link", { name: /PR|#\d+/ }))
      .first(),
  ).toBeVisible();
  expect(loads).toBe(0);
  await row.click();
  await expect(page).toHaveURL(/\/tasks\/task_[a-z0-9]{20}/);
  await expect(page.getByText(/French greeting/).first()).toBeVisible();
  expect(errors).toEqual([]);

  const state = await world.github.state();
  const pull = state.pulls.find((one) => one.repository === REPOSITORY && one.login.endsWith("[bot]"));
  expect(pull?.body).toContain("Closes #1");
  const branches = await git("ls-remote", `${world.github.url}/${REPOSITORY}.git`, `refs/heads/${pull?.head ?? ""}`);
  expect(branches).toContain(pull?.head ?? "no pull request");
});

test("the same delivery twenty times at once makes one task, one machine, one comment, one pull request", async ({
  world,
}) => {
  // Others have machines and pull requests in this world, too.
  const machines = () => world.fly.machines().filter(({ app }) => app === world.flyApp);
  await expect.poll(() => machines().every((machine) => machine.state === "destroyed")).toBe(true);
  const before = await world.github.state();
  const command = [...before.deliveries]
    .reverse()
    .find(
      (delivery) =>
        delivery.event === "issue_comment" &&
        delivery.body.includes(REPOSITORY) &&
        delivery.body.includes("@porter opencode") &&
        delivery.body.includes('"type":"User"'),
    );
  world.github.deliver({ delivery: Number(command?.id), times: 20, guid: "same" });
  world.github.deliver({ delivery: Number(command?.id), times: 5, guid: "fresh" });
  await world.github.deliveriesSettled();
  const after = await world.github.state();
  const bot = `${world.github.app.slug}[bot]`;
  const ours = (state: typeof after) => ({
    comments: state.comments.filter(({ login, repository }) => login === bot && repository === REPOSITORY).length,
    pulls: state.pulls.filter(({ login, repository }) => login === bot && repository === REPOSITORY).length,
  });
  expect(ours(after)).toEqual(ours(before));
  expect(ours(after)).toEqual({ comments: 1, pulls: 1 });
  expect(machines()).toHaveLength(1);
  const answers = after.deliveries
    .slice(before.deliveries.length)
    .map((delivery) => (delivery.outcome.kind === "answered" ? delivery.outcome.status : 0));
  expect(new Set(answers)).toEqual(new Set([202]));
});

test("nothing that was written down holds a key or a token", async ({ world }) => {
  const state = await world.github.state();
  const { modelKeys, ...own } = world.secrets;
  const secrets = [...Object.values(own), ...Object.values(modelKeys), ...world.github.tokensSeen()].filter(
    (secret) => secret.length >= 16,
  );
  const forms = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString("base64").replaceAll("=", ""),
    Buffer.from(secret).toString("hex"),
  ]);
  const pull = state.pulls.find((one) => one.repository === REPOSITORY && one.login.endsWith("[bot]"));
  const clone = join(world.stateDir, "clone");
  await git("clone", "-q", "--branch", pull?.head ?? "", `${world.github.url}/${REPOSITORY}.git`, clone);
  const texts: Record<string, string> = {
    "the pull request's history": await git("-C", clone, "log", "-p"),
    comments: JSON.stringify(state.comments),
    "pull requests": JSON.stringify(state.pulls),
    "the machine server's records": JSON.stringify(world.fly.machines()),
    "Porter's log": world.porter.tail(100_000),
  };
  for (const file of filesBelow(join(world.stateDir, "wrangler"))) texts[file] = readFileSync(file, "latin1");
  for (const file of filesBelow(join(world.stateDir, "fly"))) texts[file] = readFileSync(file, "latin1");
  for (const [where, text] of Object.entries(texts)) {
    // By index, so that a failure does not print the secret.
    const found = forms.map((form, index) => (text.includes(form) ? index : -1)).filter((index) => index >= 0);
    expect(found, `${where} holds a secret`).toEqual([]);
  }
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
