import { z } from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLocalGitHub, type StartedGitHub } from "@/server/testing/local-github";
import { callsOf, githubFailureOf, startGitHub } from "@/server/testing/scripted-github";

const LINK = 0o120000;
const FILE = 0o100644;
type Entry = { name: string; mode: number };

/** `files`: text by the revision and path that is asked for. */
async function filesOf(given: { home?: Entry[]; top?: Entry[]; files?: Record<string, string | null>; base?: string }) {
  const { server, repository } = await startGitHub({
    "POST /graphql": ({ json }) => {
      const { variables } = z.object({ variables: z.record(z.string(), z.string()) }).parse(json);
      const objects = Object.entries(variables).map(([alias, expression]) => {
        const text = given.files?.[expression];
        const entries = alias === "top" ? given.top : given.home;
        if (expression.endsWith(":")) return [alias, { entries: entries ?? [] }];
        return [alias, text === undefined ? null : { text }];
      });
      return { status: 200, body: { data: { repository: Object.fromEntries(objects) } } };
    },
    "GET /repos/alice/demo/contents/AGENTS.md": {
      status: 200,
      body: "of docs",
      headers: { "content-type": "application/vnd.github.raw+json" },
    },
  });
  await using _ = server;
  return { ...(await repository.runFiles(given.base ?? null)), calls: callsOf(server.seen) };
}

describe("what a run needs of a repository's files", () => {
  test("is asked in one question", async () => {
    const { contextFile, setUpFiles, calls } = await filesOf({
      top: [{ name: "package-lock.json", mode: FILE }],
      files: { "HEAD:CLAUDE.md": "claude", "HEAD:.porter.yml": "setup: npm ci", "HEAD:mise.toml": null },
    });
    expect(contextFile).toEqual({ file: "CLAUDE.md", text: "claude" });
    expect([...setUpFiles.top]).toEqual(["package-lock.json"]);
    expect([...setUpFiles.texts]).toEqual([
      [".porter.yml", "setup: npm ci"],
      ["mise.toml", null],
    ]);
    expect(calls).toEqual(["POST /graphql"]);
  });

  test("AGENTS.md goes before CLAUDE.md where it says anything, and is cut", async () => {
    expect((await filesOf({ files: { "HEAD:AGENTS.md": "a", "HEAD:CLAUDE.md": "c" } })).contextFile?.text).toBe("a");
    expect((await filesOf({ files: { "HEAD:AGENTS.md": " \n", "HEAD:CLAUDE.md": "c" } })).contextFile?.text).toBe("c");
    expect((await filesOf({})).contextFile).toBeNull();
    const long = await filesOf({ files: { "HEAD:AGENTS.md": "żó".repeat(200_000) } });
    expect(long.contextFile?.text).toHaveLength(128 * 1024);
  });

  test("how a machine is set up is read of the branch that the work begins from, AGENTS.md of the default branch", async () => {
    const found = await filesOf({
      base: "release/2",
      files: {
        "refs/heads/release/2:.porter.yml": "image: slim",
        "HEAD:.porter.yml": "image: full",
        "refs/heads/release/2:AGENTS.md": "other",
        "HEAD:AGENTS.md": "own",
      },
    });
    expect(found.setUpFiles.texts.get(".porter.yml")).toBe("image: slim");
    expect(found.contextFile?.text).toBe("own");
  });

  test.each(["a:b", "main~1", "main^", "@{u}", "../pull/5/head"])("%j is no branch to read from", async (base) => {
    const { setUpFiles } = await filesOf({ base, files: { "HEAD:.porter.yml": "image: full" } });
    expect(setUpFiles.texts.get(".porter.yml")).toBe("image: full");
  });

  test("a link is followed for AGENTS.md, and is none of the files that run something", async () => {
    const found = await filesOf({
      home: [{ name: "AGENTS.md", mode: LINK }],
      top: [{ name: ".porter.yml", mode: LINK }],
      files: { "HEAD:AGENTS.md": "docs/AGENTS.md", "HEAD:.porter.yml": "elsewhere.yml" },
    });
    expect(found.contextFile).toEqual({ file: "AGENTS.md", text: "of docs" });
    expect(found.setUpFiles.texts.get(".porter.yml")).toBeNull();
    expect(found.calls).toEqual(["POST /graphql", "GET /repos/alice/demo/contents/AGENTS.md"]);
  });

  test("that GitHub cannot tell is trouble, not absence", async () => {
    const { server, repository } = await startGitHub({ "POST /graphql": { status: 503 } });
    await using _ = server;
    expect(await githubFailureOf(repository.runFiles(null))).toMatchObject({ kind: "unavailable" });
  });
});

describe("the same at the local GitHub", () => {
  let hub: StartedGitHub;
  beforeAll(async () => void (hub = await startLocalGitHub()));
  afterAll(() => hub.close());

  test("files are found by their branch", async () => {
    const put = (path: string, text: string) =>
      fetch(`${hub.url}/repos/${hub.ref.owner}/${hub.ref.name}/contents/${path}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${hub.ownerToken}` },
        body: JSON.stringify({ message: path, content: Buffer.from(text).toString("base64") }),
      });
    await put(".cursor/environment.json", '{ "install": "echo żółć" }');
    const { contextFile, setUpFiles } = await hub.repository.runFiles("main");
    expect(contextFile).toEqual({ file: "AGENTS.md", text: expect.stringContaining("# For agents") });
    expect(setUpFiles.texts.get(".cursor/environment.json")).toBe('{ "install": "echo żółć" }');
    expect([...setUpFiles.top]).toEqual(expect.arrayContaining(["AGENTS.md", ".cursor"]));
    expect((await hub.repository.runFiles("nothing")).setUpFiles).toEqual({ top: new Set(), texts: new Map() });
  });
});
