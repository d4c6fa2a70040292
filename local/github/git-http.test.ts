import { readFile, writeFile, mkdir, chmod } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

const repository = "octocat/hello-porter";
const referenceSchema = z.object({ object: z.object({ sha: z.string() }) });

let hub: TestGitHub;
beforeAll(async () => {
  hub = await startTestGitHub();
});
afterAll(() => hub.close());

let clones = 0;
async function clone(token: string, from = repository): Promise<string> {
  clones += 1;
  const folder = path.join(hub.directory, `clone-${clones}`);
  await hub.git(["clone", "--quiet", hub.cloneUrl(from, token), folder]);
  return folder;
}

async function commit(folder: string, file: string, text: string): Promise<string> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
  await hub.git(["add", "--all"], folder);
  await hub.git(["commit", "--quiet", "-m", `Change ${file}`], folder);
  return hub.git(["rev-parse", "HEAD"], folder);
}

async function apiHead(branch: string): Promise<string | undefined> {
  const token = hub.userToken("octocat");
  const { status, body } = await hub.api("GET", `/repos/${repository}/git/ref/heads/${branch}`, { token });
  return status === 200 ? referenceSchema.parse(body).object.sha : undefined;
}

async function infoRefs(from: string, service: string, authorization?: string): Promise<number> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const { status } = await hub.api("GET", `/${from}.git/info/refs?service=git-${service}`, { headers });
  return status;
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("git over HTTP", () => {
  test("a clone holds the seeded project and its tests pass", async () => {
    const folder = await clone(await hub.installationToken("octocat"));
    expect(await readFile(path.join(folder, "AGENTS.md"), "utf8")).toContain("npm test");
    const { scripts } = z
      .object({ scripts: z.object({ test: z.string() }) })
      .parse(JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")));
    expect(scripts.test).toBe("node --test");
  });

  test("a push keeps every id: commits, executable bits, binary files, nested folders", async () => {
    const folder = await clone(await hub.installationToken("octocat"));
    await hub.git(["switch", "--quiet", "-c", "porter/task_one"], folder);
    await commit(folder, "deep/er/file.txt", "text\n");
    await writeFile(path.join(folder, "binary"), Buffer.from([0, 255, 1, 254]));
    await chmod(path.join(folder, "deep/er/file.txt"), 0o755);
    const head = await commit(folder, "ünï code.txt", "…\n");
    await hub.git(["push", "--quiet", "origin", "HEAD"], folder);
    expect(await apiHead("porter/task_one")).toBe(head);
    const other = await clone(hub.userToken("octocat"));
    expect(await hub.git(["rev-parse", "origin/porter/task_one"], other)).toBe(head);
  });

  test("a file written through the API is in the next fetch", async () => {
    const token = hub.userToken("octocat");
    const folder = await clone(token);
    const body = { message: "By API\n\nwith a body", content: Buffer.from("hi\n").toString("base64"), branch: "main" };
    const written = await hub.api("PUT", `/repos/${repository}/contents/docs/api.md`, { token, body });
    expect(written.status).toBe(201);
    await hub.git(["pull", "--quiet"], folder);
    expect(await readFile(path.join(folder, "docs/api.md"), "utf8")).toBe("hi\n");
    expect(await hub.git(["rev-parse", "HEAD"], folder)).toBe(await apiHead("main"));
  });

  test("a forced push with a lease wins only if nobody else pushed", async () => {
    const token = await hub.installationToken("octocat");
    const folder = await clone(token);
    await hub.git(["switch", "--quiet", "-c", "leased"], folder);
    const first = await commit(folder, "a.txt", "1\n");
    await hub.git(["push", "--quiet", "origin", "HEAD"], folder);
    await hub.git(["commit", "--quiet", "--amend", "-m", "Amended"], folder);
    const amended = await hub.git(["rev-parse", "HEAD"], folder);
    await hub.git(["push", "--quiet", `--force-with-lease=leased:${first}`, "origin", "HEAD"], folder);
    expect(await apiHead("leased")).toBe(amended);
    await hub.git(["commit", "--quiet", "--amend", "-m", "Again"], folder);
    await expect(hub.git(["push", `--force-with-lease=leased:${first}`, "origin", "HEAD"], folder)).rejects.toThrow(
      "stale info",
    );
    expect(await apiHead("leased")).toBe(amended);
  });

  test("a deleted branch is gone on both sides, whichever side deleted it", async () => {
    const token = await hub.installationToken("octocat");
    const folder = await clone(token);
    await hub.git(["push", "--quiet", "origin", "HEAD:refs/heads/one", "HEAD:refs/heads/two"], folder);
    await hub.git(["push", "--quiet", "origin", "--delete", "one"], folder);
    expect(await apiHead("one")).toBeUndefined();
    const deleted = await hub.api("DELETE", `/repos/${repository}/git/refs/heads/two`, { token });
    expect(deleted.status).toBe(204);
    expect(await hub.git(["ls-remote", "origin", "one", "two"], folder)).toBe("");
  });

  test("a shallow, blobless clone over protocol 2 works", async () => {
    const folder = path.join(hub.directory, "shallow");
    const url = hub.cloneUrl(repository, await hub.installationToken("octocat"));
    await hub.git(["-c", "protocol.version=2", "clone", "--quiet", "--depth=1", "--filter=blob:none", url, folder]);
    expect(await readFile(path.join(folder, "src/greet.js"), "utf8")).toContain("greeting");
  });

  test("pushes to one repository at once all arrive", async () => {
    const token = await hub.installationToken("octocat");
    const folder = await clone(token);
    const branches = ["p1", "p2", "p3", "p4"];
    await Promise.all(
      branches.map((name) => hub.git(["push", "--quiet", "origin", `HEAD:refs/heads/${name}`], folder)),
    );
    const heads = await Promise.all(branches.map(apiHead));
    expect(new Set(heads)).toEqual(new Set([await hub.git(["rev-parse", "HEAD"], folder)]));
  });

  test("who may not gets GitHub's status: 401 unknown, 404 unseen, 403 read only", async () => {
    const stranger = hub.userToken("stranger");
    expect(await infoRefs(repository, "upload-pack")).toBe(200);
    expect(await infoRefs(repository, "receive-pack")).toBe(401);
    expect(await infoRefs(repository, "upload-pack", basic("x-access-token", "ghs_unknown"))).toBe(401);
    expect(await infoRefs("octocat/second-repo", "upload-pack")).toBe(401);
    expect(await infoRefs("octocat/second-repo", "upload-pack", basic("x-access-token", stranger))).toBe(404);
    expect(await infoRefs("octocat/nothing", "upload-pack", basic("x-access-token", stranger))).toBe(404);
    expect(await infoRefs(repository, "receive-pack", basic("x-access-token", stranger))).toBe(403);
    const reader = await hub.installationToken("octocat", { permissions: { contents: "read" } });
    expect(await infoRefs(repository, "upload-pack", basic("x-access-token", reader))).toBe(200);
    expect(await infoRefs(repository, "receive-pack", basic("x-access-token", reader))).toBe(403);
    const elsewhere = await hub.installationToken("hubot-user");
    expect(await infoRefs("octocat/second-repo", "upload-pack", basic("x-access-token", elsewhere))).toBe(404);
  });

  test("a token as the user name is enough, as in a clone URL that carries one", async () => {
    const token = await hub.installationToken("octocat");
    expect(await infoRefs(repository, "receive-pack", basic(token, ""))).toBe(200);
  });

  test("an App without the permission cannot push workflow files", async () => {
    const folder = await clone(await hub.installationToken("octocat"));
    await hub.git(["switch", "--quiet", "-c", "workflow"], folder);
    await commit(folder, ".github/workflows/ci.yml", "on: push\n");
    await expect(hub.git(["push", "origin", "HEAD"], folder)).rejects.toThrow(
      "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`",
    );
    expect(await apiHead("workflow")).toBeUndefined();
    const owner = await clone(hub.userToken("octocat"));
    await hub.git(["switch", "--quiet", "-c", "workflow"], owner);
    await commit(owner, ".github/workflows/ci.yml", "on: push\n");
    await hub.git(["push", "--quiet", "origin", "HEAD"], owner);
    expect(await apiHead("workflow")).toBeDefined();
  });

  test("a commit that the emulator cannot keep is refused and leaves no branch", async () => {
    const folder = await clone(await hub.installationToken("octocat"));
    const tree = await hub.git(["rev-parse", "HEAD^{tree}"], folder);
    const raw = `tree ${tree}\nauthor A <a@example.com> 1700000000 +0000\ncommitter A <a@example.com> 1700000000 +0000\nencoding latin1\n\nOdd\n`;
    await writeFile(path.join(folder, "raw"), raw);
    const id = await hub.git(["hash-object", "-w", "-t", "commit", "raw"], folder);
    await expect(hub.git(["push", "origin", `${id}:refs/heads/odd`], folder)).rejects.toThrow("500");
    expect(await hub.git(["ls-remote", "origin", "odd"], folder)).toBe("");
  });
});
