import { FIXTURE_PACKAGE } from "../agent-image/testing/package-registry.ts";
import { porterApi } from "../local/demo/porter-api.ts";
import { signIn } from "../local/world/sign-in.ts";
import { keysForAgents } from "../local/world/world-secrets.ts";
import { expect, test } from "./porter.ts";

test.use({ seed: { users: [{ login: "installer" }] } });

for (const [issue, agent] of (["opencode", "claude"] as const).entries())
  test(`${agent} installs a package through the sealed machine's door`, { tag: "@all" }, async ({ world }) => {
    const jar = await signIn(world.porter.url, "octocat");
    const api = porterApi(world.porter.url, jar);
    await api.saveProviderKeys(keysForAgents(world.secrets));
    await api.saveFly(world.secrets.flyToken, world.flyApp);
    const repo = "octocat/hello-porter";
    const body = `@porter ${agent} add it [script: installs]`;
    const before = (await api.newestTask())?.id;
    await world.github.comment({ login: "octocat", repo, issue: issue + 1, body });
    await expect.poll(async () => (await api.newestTask())?.id).not.toBe(before);
    const id = (await api.newestTask())?.id ?? "";
    await expect.poll(async () => (await api.task(id)).status, { timeout: 400_000 }).not.toMatch(/queued|running/);
    const task = await api.task(id);
    expect(task.status).toBe("success");
    const log = await (await jar.fetch(`${world.porter.url}/api/tasks/${id}/log.txt`)).text();
    expect(log).toContain("npm install: exit code 0");
    const patch = await (await jar.fetch(`${world.porter.url}/api/tasks/${id}/changes.patch`)).text();
    for (const path of ["package.json", "package-lock.json"]) expect(patch).toContain(`+++ b/${path}`);
    expect(patch).toContain(`"${FIXTURE_PACKAGE}"`);
    expect(patch).not.toContain("b/node_modules");
  });
