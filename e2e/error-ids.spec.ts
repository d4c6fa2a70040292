import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startGuard } from "../local/processes/guard.ts";
import { freePort } from "../local/world/free-port.ts";
import { startBuiltPorter } from "../local/world/porter-server.ts";
import { signIn } from "../local/world/sign-in.ts";
import { expect, test } from "./porter.ts";

/** What went wrong inside: the database has no table at all. */
const REASON = "no such table";
/** As an API's answer, a page's HTML and a page's data tell it. */
const IDS = [/"requestId":"([^"]+)"/g, /data-dgst="([^"]+)"/g, /digest\\*":\\*"(\d+)/g];
const PAGES = ["/", "/start", "/tasks", "/tasks/task_00000000000000000000", "/history", "/settings", "/account"];
const ROUTES = ["/api/tasks", "/api/config", "/api/tasks/export.csv", "/api/trpc/config.get", "/api/auth/diagnostics"];

test("the id of whatever fails on a page or a route is in the log with its reason", async ({
  world,
  page,
  signIn: enter,
}) => {
  const folder = join(world.stateDir, "empty");
  mkdirSync(folder);
  const guard = startGuard();
  const port = await freePort();
  // The world's variables, so that its sessions' cookies open here as well; the data is its own, and there is none.
  const porter = await startBuiltPorter({
    publicUrl: `http://localhost:${port}`,
    port,
    envFile: join(world.stateDir, "porter.env"),
    persistDir: join(folder, "wrangler"),
    registryDir: join(folder, "registry"),
    logFile: join(folder, "porter.log"),
    guard,
  });
  try {
    const lineOf = (id: string): string =>
      porter
        .tail(100_000)
        .split("\n")
        .find((one) => one.startsWith('{"level"') && one.includes(`"requestId":"${id}"`)) ?? "";
    // The log comes by way of another process.
    const expectLogged = (id: string, what: string): Promise<void> =>
      expect.poll(() => lineOf(id), { message: `${what}: ${id} is in the log` }).toContain(REASON);
    const cookie = (await signIn(world.porter.url, "octocat")).cookies(world.porter.url);
    for (const path of [...PAGES, ...ROUTES])
      for (const rsc of PAGES.includes(path) ? [false, true] : [false]) {
        const headers: Record<string, string> = { cookie, ...(rsc ? { rsc: "1" } : {}) };
        const answer = await fetch(porter.url + path, { headers });
        const text = await answer.text();
        const ids = IDS.flatMap((form) => [...text.matchAll(form)].map(([, id]) => id ?? ""));
        expect(ids, `${path}, ${rsc ? "its data" : "whole"}, ${answer.status}, tells an id`).not.toEqual([]);
        expect(text).not.toContain(REASON);
        for (const id of new Set(ids)) await expectLogged(id, path);
      }
    // A browser keeps cookies by host, whatever the port.
    await enter("octocat");
    await page.goto(`${porter.url}/tasks`);
    const shown = await page.getByText(/Id: \d+/).innerText();
    await expectLogged(/Id: (\d+)/.exec(shown)?.[1] ?? "", "the page");
  } finally {
    await porter.stop();
    await guard.close();
  }
});
