import { askNow, expect, testAlone as test } from "./stories.ts";

const REPOSITORY = "octocat/hello-porter";

test("a played machine pushes nothing with its token, and what it says of its work is Porter's to count", async ({
  played,
  world,
  api,
}) => {
  const headOf = async (branch: string) => {
    const { references } = await world.github.state();
    return references.find(({ repository, ref }) => repository === REPOSITORY && ref === `refs/heads/${branch}`)?.sha;
  };
  const main = await headOf("main");
  const id = await askNow({ world, api, played }, { issue: 2, story: "forged" });
  await expect.poll(async () => (await api.task(id)).status).not.toMatch(/queued|running/);
  const task = await api.task(id);
  expect(task).toMatchObject({ status: "success", commits: 1, filesChanged: 2, additions: 2, deletions: 0 });
  expect(task.summary).toBe(`main: 403; porter/${id}: 403`);
  expect(await headOf("main")).toBe(main);

  const { pulls } = await world.github.state();
  const pull = pulls.find(({ repository, head }) => repository === REPOSITORY && head === `porter/${id}`);
  expect(pull?.draft).toBe(true);
  const [known = "", said = ""] = (pull?.body ?? "").split("\n\n---\n\n");
  expect(known).toContain("CODEOWNERS");
  expect(known).toContain("2 files, +2 −0");
  // The line below names the task and this Porter's address, whose digits are anybody's.
  const [told = ""] = known.split("<sub>");
  expect(told).not.toMatch(/npm test|7[1-4]/);
  expect(said).toContain("opencode says that it ran `npm test`");
});
