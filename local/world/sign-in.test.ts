import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startLocalGitHub, type LocalGitHub } from "../github/server.ts";
import { signIn } from "./sign-in.ts";

/** Stands in for Porter: starts the flow with a cookie, accepts the way back with that cookie and a code only. */
let porter: Server;
let porterUrl: string;
let github: LocalGitHub;
let folder: string;
let callback: URL | null;

beforeEach(async () => {
  callback = null;
  porter = createServer((request, response) => {
    const url = new URL(request.url ?? "/", porterUrl);
    const authorize = `${github.url}/login/oauth/authorize?client_id=${github.app.clientId}&state=s1&redirect_uri=${encodeURIComponent(`${porterUrl}/api/auth/callback/github`)}`;
    if (url.pathname === "/api/auth/github")
      response.writeHead(302, { location: authorize, "set-cookie": "flow=1; Path=/; HttpOnly" });
    else if (url.pathname === "/api/auth/callback/github" && request.headers.cookie === "flow=1") {
      callback = url;
      response.writeHead(302, { location: "/tasks", "set-cookie": ["session=yes; Path=/", "flow=; Max-Age=0"] });
    } else response.writeHead(200, { "content-type": "text/plain" }).write(request.headers.cookie ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => porter.listen(0, "127.0.0.1", resolve));
  porterUrl = `http://127.0.0.1:${(porter.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), "porter-sign-in-test-"));
  github = await startLocalGitHub({
    port: 0,
    stateDir: folder,
    webhookUrl: `${porterUrl}/hook`,
    webhookSecret: "fake-webhook-secret",
    publicUrl: porterUrl,
  });
});
afterEach(async () => {
  await github.close();
  porter.close();
  rmSync(folder, { recursive: true, force: true });
});

it("goes through GitHub's page as the person and comes back with a session", async () => {
  const jar = await signIn(porterUrl, "octocat");
  expect(callback?.searchParams.get("code")).toMatch(/./);
  expect(callback?.searchParams.get("state")).toBe("s1");
  expect(await (await jar.fetch(`${porterUrl}/tasks`)).text()).toBe("session=yes");
});

it("says so when GitHub does not know the person", async () => {
  await expect(signIn(porterUrl, "nobody-here")).rejects.toThrow("GitHub's sign-in page does not offer nobody-here");
});
