import { describe, expect, test } from "vitest";
import { githubFailureOf, startGitHub } from "@/server/testing/scripted-github";

type Template = { filename: string | null; body: string | null };
const by = (type: string | null, title: string) => ({ title, author: type === null ? null : { __typename: type } });

async function mannersOf(repository: unknown, errors?: unknown[]) {
  const { server, repository: github } = await startGitHub({
    "POST /graphql": { status: 200, body: { data: { repository }, ...(errors ? { errors } : {}) } },
  });
  await using _ = server;
  return errors ? await githubFailureOf(github.pullManners()) : await github.pullManners();
}
const answer = (templates: Template[] | null, nodes: unknown[] = []) => ({
  pullRequestTemplates: templates,
  pullRequests: { nodes },
});

describe("how pull requests look in a repository", () => {
  test.each<[string, Template[] | null, string | null]>([
    ["none", null, null],
    ["none that is written", [{ filename: "pull_request_template.md", body: " \n" }], null],
    [
      "the default one",
      [
        { filename: "bug.md", body: "b" },
        { filename: "PULL_REQUEST_TEMPLATE.MD", body: "a" },
      ],
      "a",
    ],
    [
      "one with its folder",
      [
        { filename: "bug.md", body: "b" },
        { filename: ".github/pull_request_template", body: "a" },
      ],
      "a",
    ],
    ["a folder's only one", [{ filename: "bug.md", body: "b" }], "b"],
    [
      "several in a folder",
      [
        { filename: "bug.md", body: "b" },
        { filename: "feature.md", body: "c" },
      ],
      null,
    ],
    ["a very long one", [{ filename: null, body: "x".repeat(30_000) }], "x".repeat(20_000)],
  ])("template: %s", async (_name, templates, template) => {
    expect(await mannersOf(answer(templates))).toEqual({ titles: [], template });
  });

  test("titles: people's last twenty", async () => {
    const pulls = Array.from({ length: 30 }, (_, at) => by(at % 2 === 0 ? "User" : "Bot", `${at}`));
    const found = await mannersOf(answer([], [null, by(null, "of a ghost"), ...pulls, ...pulls]));
    expect(found).toMatchObject({ titles: ["of a ghost", "0", "2", ...Array(17).fill(expect.any(String))] });
  });

  test("a refusal is GitHub's, as everywhere", async () => {
    expect(await mannersOf(null, [{ type: "FORBIDDEN", message: "no" }])).toMatchObject({
      kind: "lost",
      reason: "permission",
    });
  });
});
