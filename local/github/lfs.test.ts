import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const name = "octocat/second-repo";

/** git-lfs publishes the answer so, and allows nothing else in it. */
const action = z.strictObject({ href: z.string(), header: z.record(z.string(), z.string()), expires_at: z.string() });
const batchAnswer = z.strictObject({
  transfer: z.literal("basic"),
  objects: z.array(
    z.strictObject({
      oid: z.string(),
      size: z.number(),
      authenticated: z.boolean().optional(),
      actions: z
        .strictObject({ upload: action.optional(), download: action.optional(), verify: action.optional() })
        .optional(),
      error: z.strictObject({ code: z.number(), message: z.string() }).optional(),
    }),
  ),
});

let hub: TestGitHub;
let token = "";
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
});
afterAll(() => hub.close());

const named = (text: string) => ({ oid: createHash("sha256").update(text).digest("hex"), size: text.length });

function ask(operation: string, objects: unknown[], as: string | undefined = token): Promise<ApiAnswer> {
  const headers = {
    accept: "application/vnd.git-lfs+json",
    "content-type": "application/vnd.git-lfs+json",
    ...(as === "" ? {} : { authorization: `Basic ${Buffer.from(`x-access-token:${as}`).toString("base64")}` }),
  };
  const body = { operation, transfers: ["basic"], objects, hash_algo: "sha256" };
  return hub.api("POST", `/${name}.git/info/lfs/objects/batch`, { headers, body });
}

async function first(operation: string, object: unknown): Promise<z.infer<typeof batchAnswer>["objects"][number]> {
  const answer = await ask(operation, [object]);
  expect(answer.headers.get("content-type")).toContain("application/vnd.git-lfs+json");
  const [found] = batchAnswer.parse(answer.body).objects;
  if (found === undefined) throw new Error("the batch has no object");
  return found;
}

test("an object is uploaded once, verified, and comes back as it was", async () => {
  const text = "a large file\n";
  const { upload, verify } = (await first("upload", named(text))).actions ?? {};
  const wrong = await fetch(upload?.href ?? "", { method: "PUT", body: "something else" });
  expect(wrong.status).toBe(400);
  expect((await fetch(upload?.href ?? "", { method: "PUT", body: text })).status).toBe(200);
  const check = (body: unknown): Promise<Response> =>
    fetch(verify?.href ?? "", { method: "POST", body: JSON.stringify(body) });
  expect((await check(named(text))).status).toBe(200);
  expect((await check({ ...named(text), size: 1 })).status).toBe(422);
  expect((await check(named("never sent"))).status).toBe(404);
  expect((await first("upload", named(text))).actions).toBeUndefined();
  const { download } = (await first("download", named(text))).actions ?? {};
  expect(await (await fetch(download?.href ?? "")).text()).toBe(text);
});

test("a pushed pointer is refused until its object is there", async () => {
  const text = "pointed to\n";
  const { oid, size } = named(text);
  const folder = `${hub.directory}/pointer`;
  await hub.git(["clone", "--quiet", hub.cloneUrl(name, token), folder]);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
  await writeFile(`${folder}/large.bin`, pointer);
  await hub.git(["add", "."], folder);
  await hub.git(["commit", "--quiet", "-m", "Pointer"], folder);
  const push = (): Promise<string> => hub.git(["push", "--quiet", "origin", "HEAD:refs/heads/pointer"], folder);
  await expect(push()).rejects.toThrow(new RegExp(`GH008[^]*${oid}`));
  const { upload } = (await first("upload", { oid, size })).actions ?? {};
  await fetch(upload?.href ?? "", { method: "PUT", body: text });
  await push();
});

test("what is not there, and what is too large, is said for each object", async () => {
  expect(await first("download", named("nothing"))).toMatchObject({ error: { code: 404 } });
  expect(await first("upload", { ...named("huge"), size: 3 * 1024 ** 3 })).toMatchObject({ error: { code: 422 } });
});

test("who may not gets 401, 403 or 404, and no link", async () => {
  const objects = [named("x")];
  const reader = await hub.installationToken("octocat", { permissions: { contents: "read" } });
  expect((await ask("upload", objects, "")).status).toBe(401);
  expect((await ask("download", objects, hub.userToken("stranger"))).status).toBe(404);
  expect((await ask("upload", objects, reader)).status).toBe(403);
  expect((await ask("download", objects, reader)).status).toBe(200);
  expect(
    (await fetch(`${hub.github.url}/_lfs/${named("x").oid}?key=guessed`, { method: "PUT", body: "x" })).status,
  ).toBe(403);
});

test("a batch of another form, or another hash, is refused", async () => {
  expect((await ask("upload", [{ oid: "short", size: 1 }])).status).toBe(422);
  expect((await ask("delete", [named("x")])).status).toBe(422);
});
