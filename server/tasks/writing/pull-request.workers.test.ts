import { describe, expect, it } from "vitest";
import { GitHubError } from "@/server/github/port";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";

let people = 9600;
/** A run whose machine has claimed it. */
async function claimed(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const at = { issueNumber: person.id, installationId: person.id };
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, ...at });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const found = pipe.machines.machines.find((one) => one.taskId === taskId);
  if (found === undefined) throw new Error("no machine");
  const machine = machineOf(pipe, found);
  const answer = await machine.claim();
  return { person, taskId, machine, token: String(answer.body.callbackToken) };
}
const changed = { title: "Add it", summary: "Done.", exitCode: 0 };

describe("a pull request", () => {
  it("opens it as the repository does, with GitHub's figures, and asks the requester for a review", async () => {
    const pipe = createPipe();
    pipe.github.state.manners = { titles: ["fix: a", "feat: b", "docs: c"], template: "## Why\n\n- [x] tested" };
    const { person, machine, token } = await claimed(pipe);
    const work = { ...changed, summary: "# Why\n\nIt raced.", filesChanged: 99, additions: 99 };
    await machine.finish(token, { ...work, checks: [{ command: "npm test", exitCode: 0 }] });
    const [pull] = pipe.github.state.pulls;
    expect(pull).toMatchObject({ title: "feat: add it", reviewers: [person.login] });
    const [known, said] = (pull?.body ?? "").split("\n\n---\n\n");
    expect(known).toMatch(/^1 file, \+3 −1 · .+\n\nCloses #\d+\n/);
    expect(said).toBe(
      "## Why\n\n- [ ] tested\n\n**In opencode's words**\n\n> It raced.\n\n- opencode says that it ran `npm test` (exit 0)",
    );
  });

  it("opens it although GitHub says nothing of the repository's ways and asks nobody for a review", async () => {
    const pipe = createPipe({
      github: {
        before(call) {
          if (["pullManners", "compare", "requestReview"].includes(call))
            throw new GitHubError({ kind: "lost", reason: "permission", message: "no" });
        },
      },
    });
    const { taskId, machine, token } = await claimed(pipe);
    await machine.finish(token, changed);
    expect((await pipe.context.db.tasks.get(taskId))?.status).toBe("success");
    expect(pipe.github.state.pulls).toMatchObject([{ title: "Add it", reviewers: [] }]);
  });
});
