import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { startTestGitHub } from "./testing.ts";

test("twenty people with an installation each live in one world, each seeing their own", async () => {
  const logins = Array.from({ length: 20 }, (_, index) => `person-${index + 1}`);
  const hub = await startTestGitHub({
    users: logins.map((login) => ({ login })),
    repositories: logins.map((owner) => ({
      owner,
      name: "project",
      private: true,
      files: { "a.txt": "a\n" },
      issues: [{ title: "Do it", body: "Please." }],
    })),
    installations: logins.map((account) => ({ account })),
  });
  try {
    const comments = logins.map((login) =>
      hub.github.comment({ login, repo: `${login}/project`, issue: 1, body: "@porter" }),
    );
    await Promise.all(comments);
    const webhooks = await hub.webhooks(20);
    expect(new Set(webhooks.map(({ headers }) => headers["x-github-delivery"])).size).toBe(20);
    const tokens = await Promise.all(logins.map((login) => hub.installationToken(login)));
    expect((await hub.api("GET", "/repos/person-1/project", { token: tokens[0] })).status).toBe(200);
    expect((await hub.api("GET", "/repos/person-1/project", { token: tokens[1] })).status).toBe(404);
    expect((await hub.github.state()).comments).toHaveLength(20);
  } finally {
    await hub.close();
  }
});

test("the command prints one JSON line, serves, and ends when told to", async () => {
  const stateDir = await mkdtemp(path.join(tmpdir(), "porter-github-test-"));
  const script = fileURLToPath(new URL("./server.ts", import.meta.url));
  const child = spawn(process.execPath, [script, "--port", "0", "--state-dir", stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = z.tuple([z.string()]).parse(await once(createInterface(child.stdout), "line"));
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(line));
    expect((await fetch(`${url}/repos/octocat/hello-porter`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  } finally {
    child.kill("SIGKILL");
    await rm(stateDir, { recursive: true, force: true });
  }
});
