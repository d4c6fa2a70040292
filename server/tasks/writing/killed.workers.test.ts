import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { GitHub } from "@/server/github/port";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";
import type { ToHand } from "@/server/testing/handed-set";

/** Files of every kind, two commits, and more uploads than go at once. */
const WORK: ToHand = {
  base: { "old/name": "moved\n", "gone/only": "x", "run.sh": "#!/bin/sh\n" },
  steps: [
    {
      ...Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`bin/${at}`, new Uint8Array([0, 255, at])])),
      "old/name": null,
      "new-name": "moved\n",
      "run.sh": { mode: "100755", content: "#!/bin/sh\n" },
    },
    { "gone/only": null, "größe-日本.txt": "ü\n", link: { mode: "120000", content: "run.sh" } },
  ],
};

type Port = Record<string, (...args: never[]) => Promise<unknown>>;
type Kill = { call: string; executed: boolean };

/** A GitHub at whose next call of that name the Worker dies: nothing of it goes on, whether GitHub heard it or not. */
function deadly(github: GitHub) {
  let next: (Kill & { heard: () => void }) | null = null;
  const wrap = <T extends object>(port: T): T =>
    Object.fromEntries(
      Object.entries(port as Port).map(([name, method]) => [
        name,
        async (...args: never[]) => {
          if (next?.call !== name) return method(...args);
          const { executed, heard } = next;
          next = null;
          if (executed) await method(...args);
          heard();
          return new Promise(() => undefined);
        },
      ]),
    ) as T;
  return {
    github: {
      ...github,
      app: wrap(github.app),
      repository: (...args: Parameters<GitHub["repository"]>) => wrap(github.repository(...args)),
      gitData: (...args: Parameters<GitHub["gitData"]>) => wrap(github.gitData(...args)),
    },
    dieAt: (kill: Kill) => new Promise<void>((heard) => (next = { ...kill, heard })),
  };
}

const WRITES = [
  "createBlob",
  "createTree",
  "createCommit",
  "createBranch",
  "findPullRequest",
  "createPullRequest",
  "requestReview",
  "getPullRequest",
];
const KILLS = WRITES.flatMap((call): Kill[] => [
  { call, executed: true },
  ...(env.TEST_RING === "all" || call === "createBranch" ? [{ call, executed: false }] : []),
]);

let people = 44_000;
it.each(KILLS)(
  "one branch, one pull request, equal trees, when the Worker dies at $call (heard: $executed)",
  async (kill) => {
    const pipe = createPipe();
    const killer = deadly(pipe.context.github);
    pipe.context.github = killer.github;
    const person = { id: (people += 1), login: `person-${people}` };
    await aPerson(pipe, person);
    const at = { issueNumber: people, installationId: people };
    const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, ...at });
    const id = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
    const machine = pipe.machines.machines.find((one) => one.taskId === id);
    if (machine === undefined) throw new Error("no machine");
    const runner = machineOf(pipe, machine);
    const token = String((await runner.claim()).body.callbackToken);
    pipe.github.has(WORK.base ?? {});
    const { manifest } = await runner.handOver(token, WORK);
    const died = killer.dieAt(kill);
    await Promise.race([died, runner.complete(token, { outcome: "changed", changeSet: 1 })]);
    const task = () => pipe.context.db.tasks.get(id);
    for (let turn = 0; turn < 4 && (await task())?.status === "running"; turn += 1) {
      // A lease of the dead ends first.
      pipe.clock.advance(61_000);
      await sweepDueRows(pipe.context);
    }
    expect(await task()).toMatchObject({ status: "success", commits: 1 });
    const { shown, pulls } = pipe.github.state;
    expect(shown).toMatchObject([{ branch: `porter/${id}`, tree: manifest.tree }]);
    expect(pulls).toMatchObject([{ headRef: `porter/${id}`, headSha: shown[0]?.commit }]);
  },
);
