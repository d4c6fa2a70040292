import { describe, expect, it } from "vitest";
import { GitHubError } from "@/server/github/port";
import { aRun, refusingCall } from "@/server/testing/a-run";
import type { ToHand } from "@/server/testing/handed-set";
import { createPipe } from "@/server/testing/pipe";

const KEY = "fake-anthropic-key-canary";
const WITH_HELD: ToHand = {
  steps: [{ "bonjour.txt": "Bonjour\n" }],
  held: { ".env.local": "COLOUR=blue\n", "bin/data": new Uint8Array([0, 255]), ".env": `KEY=${KEY}\n` },
};

describe("pushing held-back paths too", () => {
  it("adds them as one more commit on Porter's own head, once, without a secret of the run", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, WITH_HELD);
    const first = (await run.set()).writtenHead;
    await run.publish([".env.local", "bin/data", ".env"]);
    const { shown, commits, trees } = pipe.github.state;
    expect(shown.map(({ commit }) => commits.get(commit)?.parents)).toEqual([[expect.any(String)], [first]]);
    const files = trees.get(shown.at(-1)?.tree ?? "");
    expect([...(files?.keys() ?? [])].toSorted()).toEqual([".env.local", "bin/data", "bonjour.txt"]);
    expect(pipe.github.state.pulls).toHaveLength(1);
    expect((await run.set()).writtenHead).toBe(shown.at(-1)?.commit);
    await expect(run.publish(["bin/data"])).rejects.toThrow("cannot be pushed");
    await expect(run.publish(["somewhere/else"])).rejects.toThrow("cannot be pushed");
    await expect(run.publish([".env"])).rejects.toThrow("cannot be pushed");
    expect(shown).toHaveLength(2);
    expect(JSON.stringify([...commits.values()])).not.toContain(KEY);
  });

  it("never moves a branch that somebody else has written to", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, WITH_HELD);
    const branch = (await run.set()).writtenBranch ?? "";
    const theirs = "b".repeat(40);
    pipe.github.state.branches.set(branch, theirs);
    await run.publish([".env.local"]);
    expect(pipe.github.state.branches.get(branch)).toBe(theirs);
    expect(JSON.parse((await run.set()).refusal ?? "null")).toEqual({ kind: "branch_moved", branch });
  });

  const ATTRIBUTES = "*.ts linguist-generated\n";
  const GRAVE: ToHand = {
    steps: [{ "bonjour.txt": "Bonjour\n" }],
    held: { "dist/.gitattributes": ATTRIBUTES, "dist/.npmrc": "x=1\n", "dist/plain.txt": "x\n" },
  };

  it("makes a draft of the pull request first where what comes is grave, and says why once", async () => {
    let isDraftAtMove: boolean | undefined;
    const pipe = createPipe({
      github: { before: (call) => void (call === "moveBranch" && (isDraftAtMove = pipe.github.state.pulls[0]?.draft)) },
    });
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, GRAVE);
    const [pull] = pipe.github.state.pulls;
    expect(pull).toMatchObject({ draft: false, body: expect.not.stringContaining("This is a draft") });
    const body = pull?.body ?? "";
    await run.publish(["dist/plain.txt"]);
    expect(pull).toMatchObject({ draft: false });
    await run.publish(["dist/.gitattributes", "dist/.npmrc"]);
    expect(pull).toMatchObject({ draft: true });
    expect(isDraftAtMove).toBe(true);
    expect(await run.task()).toMatchObject({ prDraft: true, status: "success" });
    const said = pull?.body ?? "";
    expect(said.endsWith(body)).toBe(true);
    expect(said.split("**This is a draft:**\n- `dist/.gitattributes`: hides files from the review.")).toHaveLength(2);
    expect(said).toContain("**Worth a look:**\n- `dist/.npmrc`: is read by a package manager without anybody asking.");
    expect(said).toContain(
      `**Pushed too, as ${run.person.login} asked:**\n- \`dist/.gitattributes\`, \`dist/.npmrc\`:`,
    );
    const { judgement } = await run.set();
    expect(JSON.parse(judgement ?? "null")).toMatchObject({ isDraft: true, draft: [{ kind: "hides_diff" }] });
  });

  it("says it in the text where the repository has no drafts", async () => {
    const pipe = createPipe();
    pipe.github.state.hasDrafts = false;
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, GRAVE);
    await run.publish(["dist/.gitattributes"]);
    expect(pipe.github.state.pulls).toMatchObject([
      { draft: false, body: expect.stringContaining("hides files from the review") },
    ]);
    expect(pipe.github.state.shown).toHaveLength(2);
  });

  it("says of a pull request that is opened with them what was found, and not that they are left out", async () => {
    const pipe = createPipe({ github: { before: refusingCall("createPullRequest", 1) } });
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, GRAVE);
    await run.publish(["dist/.gitattributes", "dist/.npmrc", "dist/plain.txt"]);
    const [pull] = pipe.github.state.pulls;
    expect(pull).toMatchObject({ draft: true, body: expect.stringContaining("hides files from the review") });
    expect(pull?.body).not.toContain("Left out");
  });

  it("adds nothing to a pull request that somebody closed, and says so", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, GRAVE);
    const [pull] = pipe.github.state.pulls;
    if (pull !== undefined) pull.state = "closed";
    await run.publish(["dist/plain.txt"]);
    expect(pipe.github.state.shown).toHaveLength(1);
    expect(JSON.parse((await run.set()).refusal ?? "null")).toEqual({ kind: "pull_request_closed" });
  });

  it("offers no more what was found to hold a secret of the run", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, WITH_HELD);
    await run.publish([".env"]);
    expect(JSON.parse((await run.set()).refusal ?? "null")).toEqual({ kind: "still_held_back" });
    await expect(run.publish([".env"])).rejects.toThrow("cannot be pushed");
    expect(pipe.github.state.shown).toHaveLength(1);
  });

  it.each(["makeDraft", "moveBranch", "setPullRequestBody", "getPullRequest"])(
    "comes to the same when Porter is cut off after %s",
    async (call) => {
      let left = 1;
      const pipe = createPipe({
        github: {
          after(name) {
            if (name !== call || !isPushing || (left -= 1) < 0) return;
            throw new GitHubError({ kind: "unavailable", message: "cut off" });
          },
        },
      });
      let isPushing = false;
      const run = await aRun(pipe);
      await run.runner.finish(run.token, {}, GRAVE);
      isPushing = true;
      await run.publish(["dist/.gitattributes", "dist/plain.txt"]);
      pipe.clock.advance(120_000);
      await run.publish([]);
      const { shown, pulls } = pipe.github.state;
      expect([left <= 0, shown.length, pulls.length]).toEqual([true, 2, 1]);
      expect(pulls[0]).toMatchObject({ draft: true });
      expect(pulls[0]?.body.split("Pushed too")).toHaveLength(2);
      expect(await run.set()).toMatchObject({ refusal: null, writtenHead: shown[1]?.commit });
    },
  );
});
