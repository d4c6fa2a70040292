import { reconcile } from "@/server/reconcile/reconcile";
import { publishWork } from "@/server/tasks/verbs/publish";
import { GitHubError } from "@/server/github/port";
import { aPerson, machineOf, recordMention, type Pipe } from "./pipe";
import { userActor } from "./test-context";

let people = 43_000;

/** A run whose machine has claimed it, with what its person can do once it has ended. */
export async function aRun(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const at = { issueNumber: people, installationId: people };
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, ...at });
  const id = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const machine = pipe.machines.machines.find((one) => one.taskId === id);
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  const as = { ...pipe.context, actor: userActor(person.id, person.login) };
  const task = async () => (await pipe.context.db.tasks.get(id)) ?? fail("no task");
  return {
    person,
    as,
    task,
    runner,
    token,
    set: async () => (await pipe.context.db.changeSets.newestWhole(id, 1)) ?? fail("no set"),
    /** Clicks; what is asked for is done by whoever reconciles. */
    async publish(paths: string[] = []) {
      await publishWork(as, await task(), { paths });
      for (let turn = 0; turn < 5; turn += 1) {
        await reconcile(pipe.context, { kind: "task", id });
        pipe.clock.advance(5000);
      }
    },
  };
}

const fail = (what: string): never => {
  throw new Error(what);
};

/** A GitHub that refuses this call because it lacks a permission, so many times. */
export const refusingCall = (call: string, count: number) => {
  let left = count;
  return (name: string) => {
    if (name !== call || (left -= 1) < 0) return;
    throw new GitHubError({ kind: "lost", reason: "permission", message: "403", needs: "pull_requests=write" });
  };
};
