import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { readJson } from "@/lib/json";
import { createGitHub } from "@/server/github/github";

const startedSchema = z.object({
  url: z.url(),
  app: z.object({ id: z.number(), privateKey: z.string() }),
  users: z.array(z.object({ login: z.string(), token: z.string() })),
  installations: z.array(z.object({ id: z.number(), account: z.string() })),
});

/** The local GitHub in a process of its own, with the real client before it: GitHub's rules, not those of a fake. */
export async function startLocalGitHub(options: { fetch?: typeof fetch } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "porter-server-test-"));
  const child = spawn(process.execPath, ["local/github/server.ts", "--state-dir", directory], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "exit").then(() => Promise.reject(new Error("the local GitHub did not start"))),
  ]);
  const { url, app, users, installations } = readJson(startedSchema, String(line));
  const github = createGitHub({
    apiUrl: url,
    appId: app.id,
    appSlug: "porter",
    privateKey: app.privateKey,
    oauth: { webUrl: url, clientId: "fake-client", clientSecret: "fake-client-secret" },
    fetch: options.fetch ?? fetch,
    now: () => new Date(),
  });
  const ref = { id: 1, owner: "octocat", name: "hello-porter" };
  const installationId = installations.find(({ account }) => account === ref.owner)?.id ?? 0;
  const { token } = await github.app.createInstallationToken({
    installationId,
    repositoryIds: null,
    permissions: { contents: "write", pull_requests: "write", metadata: "read" },
  });
  return {
    url,
    github,
    ref,
    token,
    /** Of the repository's owner. */
    ownerToken: users.find(({ login }) => login === ref.owner)?.token ?? "",
    git: github.gitData(ref, token),
    repository: github.repository(ref, token),
    /** What holds in the repository from now on (local/github/control.ts). */
    setRepository: (settings: Record<string, unknown>) =>
      control(url, "repository", { repo: `${ref.owner}/${ref.name}`, ...settings }),
    setLag: (lag: Record<string, number>) => control(url, "lag", lag),
    async close(): Promise<void> {
      if (child.exitCode === null) {
        child.kill();
        await once(child, "exit");
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
export type StartedGitHub = Awaited<ReturnType<typeof startLocalGitHub>>;

async function control(url: string, what: string, body: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${url}/_control/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
}
