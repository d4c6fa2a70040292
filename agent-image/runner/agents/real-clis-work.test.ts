import { beforeAll, describe, expect, test } from "vitest";
import { ensureAgentClis } from "../../install-clis.ts";
import { AGENT_IDS, type AgentId, AGENTS } from "../../../lib/agents.ts";
import { PROVIDERS } from "../../../lib/providers.ts";
import { AGENT_SCRIPTS } from "../../testing/agent-scripts.ts";
import { FAKE_API_KEY, RunnerWorld, USER_MODES } from "../../testing/runner-process.ts";
import { startTestModel } from "../testing/test-model.ts";

/** What agents did with git while their work was lost or thrown away, now by the real programs in the real runner. */
const WORK = [
  {
    name: "commits on a branch that is left",
    sh: "git checkout -q -b fix; echo n > n; git add n; git commit -qm 'on fix'; git checkout -q -",
    files: ["README.md", "n"],
  },
  {
    name: "a work tree at home",
    sh: 'git worktree add -q "$HOME/wt"; cd "$HOME/wt"; echo n > n; git add n; git commit -qm wt',
    files: ["README.md", "n"],
  },
  { name: "a stash", sh: "echo two >> README.md; echo n > n; git stash -q -u", files: ["README.md", "n"] },
  { name: "a new repository inside", sh: "mkdir app; cd app; git init -q; echo 1 > f", files: ["README.md", "app/f"] },
  {
    name: "files that are held back beside one that is not",
    sh: "echo n > n; echo P=1 > .env; mkdir target; echo t > target/t; head -c 22020096 /dev/zero > big; mkfifo pipe",
    files: ["README.md", "n"],
  },
];

// They need up to 0.6 GB and some seconds each: one in the first ring, all in the second.
const isWhole = process.env["PORTER_TEST_RING"] === "all";
const programs: AgentId[] = isWhole ? AGENT_IDS.filter((id) => AGENTS[id].isMetered) : ["claude"];
const chosen = isWhole ? WORK : WORK.slice(0, 1);
let agentBin = "";

describe("the real programs' work arrives", () => {
  beforeAll(async () => {
    agentBin = await ensureAgentClis({ log: () => {} });
  });

  describe.each(programs)("%s", (id) => {
    test.each(chosen)("$name", async ({ sh, files }) => {
      const call = AGENT_SCRIPTS[id].model?.call({ do: "run", command: sh, why: "Work" });
      const model = await startTestModel([
        { say: "I work.", ...(call === undefined ? {} : { tool: call.name, input: call.input }) },
        { say: "Done." },
      ]);
      await using world = await RunnerWorld.open(USER_MODES[0] ?? "normal");
      try {
        world.repository.commit("main", { "README.md": "one\n" });
        const answer = { ...world.claimAnswer({}), prompt: "Work.\n", agent: { id, model: null } };
        const { provider } = AGENTS[id];
        const keys = { [PROVIDERS[provider].envNames[0]]: FAKE_API_KEY };
        await world.run({ ...answer, keys, providerBaseUrls: { [provider]: model.url } }, { agentBin });
        expect(world.porter.completions[0]).toMatchObject({ status: "success", outcome: "changed" });
        expect(world.repository.git("ls-tree", "-r", "--name-only", "porter/abc").split("\n")).toEqual(files);
      } finally {
        await model.close();
      }
    });
  });
});
