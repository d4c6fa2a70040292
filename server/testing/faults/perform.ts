import { listTasks } from "@/server/tasks/list";
import { ownTask } from "@/server/tasks/get";
import { retryTask } from "@/server/tasks/retry";
import { stopTask } from "@/server/tasks/stop";
import { userActor } from "@/server/testing/test-context";
import { COMMENTS, type Command, type Step } from "./commands";
import { aClosing, aComment, deliver, type Issue, type Person } from "./deliveries";
import { readRows } from "./history";
import { exit, hear, isUp, nextMessage, progressBody, send, type Runner } from "./machine-life";
import { createRandom } from "./random";
import { giveKeys, ISSUES, PEOPLE, takeFlyToken, takeKey, WRITERS, type Stage } from "./stage";

const at = <T>(list: readonly T[], index: number): T | undefined =>
  list.length === 0 ? undefined : list[index % list.length];
const personAt = (index: number): Person => at(PEOPLE, index) ?? { id: 1, login: "ada" };
const issueAt = (index: number): Issue => {
  const found = at(ISSUES, index);
  if (found === undefined) throw new Error("no issue");
  return found;
};

/** Does one step: the command, and what handlers get done before the next one. */
export async function performStep(stage: Stage, step: Step): Promise<void> {
  const { world } = stage;
  const order = createRandom(step.seed ^ 0x0dde);
  await begin(stage, step);
  if (step.steps === null) await world.drive(order, 5000);
  else await world.drive(order, step.steps);
}

async function begin(stage: Stage, { command, seed }: Step): Promise<void> {
  const { world } = stage;
  switch (command.kind) {
    case "comment":
    case "close":
    case "redeliver":
      return onGitHub(stage, command, seed);
    case "machine":
      return onMachine(stage, command, seed);
    case "machine_fault":
      return failMachine(stage, command);
    case "advance":
      return world.advance(command.ms, createRandom(seed), command.isHeld);
    case "queue":
      return onQueue(stage, command, seed);
    case "sweep":
      if (world.options.clocks === "all" || world.options.clocks === "sweep") world.startSweep(seed);
      return;
    case "api":
      return onApi(stage, command, seed);
    case "happens":
      return happen(stage, command);
    case "weather":
      world.weather = command.weather;
  }
}

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

function onGitHub(stage: Stage, command: Of<"comment" | "close" | "redeliver">, seed: number): void {
  const { world, deliveries } = stage;
  if (command.kind === "redeliver") {
    const closings = deliveries.filter(({ event }) => event === "issues");
    const known = at(command.what === "closing" ? closings : deliveries, command.index);
    if (known === undefined) return;
    stage.counter += 1;
    // GitHub's redelivery keeps the id; a second hook has its own.
    const isOther = command.what === "other_hook" && known.event === "issue_comment";
    deliver(world, known, isOther ? { seed, guid: `${known.guid}-hook-${stage.counter}` } : { seed });
    return;
  }
  const number = (stage.counter += 1);
  const issue = issueAt(command.issue);
  const by = personAt(command.who);
  const text = command.kind === "comment" ? (at(COMMENTS, command.text) ?? "") : "";
  const delivery =
    command.kind === "close" ? aClosing(world, { issue, by, number }) : aComment(world, { issue, by, text, number });
  deliveries.push(delivery);
  deliver(world, delivery, { seed });
}

function onMachine(stage: Stage, { index, act }: Of<"machine">, seed: number): void {
  const { world } = stage;
  const runner = at(
    stage.runners().filter((candidate) => isUp(candidate) || candidate.sent.length > 0),
    index,
  );
  if (runner === undefined) return;
  const last = runner.sent.at(-1);
  // What a dead machine once sent can still arrive; it says nothing new.
  if (!isUp(runner) && act !== "repeat" && act !== "behind" && act !== "replay") return;
  if (act === "next" || act === "lost_request" || act === "lost_answer" || act === "late_answer") {
    const message = nextMessage(world, runner);
    runner.sent.push(message);
    if (act === "lost_request") return;
    const isLost = act === "lost_answer";
    send(world, message, { seed, ...(isLost ? {} : { onAnswer: (answer) => hear(runner, message, answer) }) });
    return;
  }
  const message = act === "repeat" ? last : unusual(stage, runner, act);
  if (message !== undefined) send(world, message, { seed });
}

function unusual(
  stage: Stage,
  runner: Runner,
  act: Exclude<Of<"machine">["act"], "next" | "repeat" | "lost_request" | "lost_answer" | "late_answer">,
) {
  const ref = { taskId: runner.file.taskId, attempt: runner.file.attempt };
  const token = runner.token ?? runner.file.claimToken;
  switch (act) {
    case "heartbeat":
      return { kind: "heartbeat" as const, token, body: ref };
    case "token":
      return { kind: "token" as const, token, body: ref };
    case "ahead":
      return { kind: "progress" as const, token, body: progressBody(runner, runner.seq + 2, "pushing") };
    case "behind":
      return { kind: "progress" as const, token, body: progressBody(runner, Math.max(1, runner.seq - 1), "cloning") };
    case "replay":
      return runner.sent.findLast((sent) => sent.kind === "complete");
    case "forge":
      return {
        kind: "complete" as const,
        token: "x".repeat(43),
        body: { ...ref, status: "success", outcome: "no_changes" },
      };
    case "cross": {
      // The bearer of one attempt over the words of another one.
      const other = stage.runners().find((candidate) => candidate.token !== null && candidate !== runner);
      return other?.token == null
        ? undefined
        : {
            kind: "complete" as const,
            token: other.token,
            body: { ...ref, status: "success", outcome: "no_changes" },
          };
    }
    case "other_nonce":
      return {
        kind: "claim" as const,
        token: runner.file.claimToken,
        body: { ...ref, protocol: 1, nonce: "o".repeat(43) },
      };
  }
}

function failMachine(stage: Stage, { index, fault }: Of<"machine_fault">): void {
  const runner = at(stage.runners().filter(isUp), index);
  if (runner === undefined) return;
  stage.world.note(`  machine ${runner.machine.name} ${fault}`);
  switch (fault) {
    case "killed":
      return exit(runner, 137);
    case "out_of_memory":
      return exit(runner, 137, true);
    case "exits":
      return exit(runner, 1);
    case "vanishes":
      runner.state = "dead";
      runner.machine.state = "destroyed";
      return;
    case "wedged":
      runner.state = "wedged";
  }
}

function onQueue({ world }: Stage, { index, how }: Of<"queue">, seed: number): void {
  const now = world.clock.now().getTime();
  const message = at(
    world.queue.filter((candidate) => candidate.dueAt <= now),
    index,
  );
  if (message === undefined) return;
  // A message may come before or after others that were due earlier; losing one is for the run with all clocks.
  if (how === "lose" && world.options.clocks !== "all") return;
  if (how !== "duplicate") world.queue = world.queue.filter((known) => known !== message);
  if (how !== "lose") world.deliver(message, seed);
}

async function onApi(stage: Stage, { verb, who, task: index }: Of<"api">, seed: number): Promise<void> {
  const { world } = stage;
  const tasks = await readRows(world.engine, "SELECT id, user_id, status FROM tasks ORDER BY created_at, id");
  const wanted = at(tasks, index);
  // Mostly the owner's own; now and then somebody else's.
  const person = who % 4 === 0 ? at(WRITERS, who) : WRITERS.find(({ id }) => id === wanted?.user_id);
  if (wanted === undefined || person === undefined) return;
  world.spawn(`api ${verb}`, seed, async (plain) => {
    const context = { ...plain, actor: userActor(person.id, person.login) };
    const listed = await listTasks(context, { limit: 100 });
    if (listed.tasks.some((task) => task.createdById !== person.id)) stage.leaks.push(`a list of ${person.login}`);
    const task = await ownTask(context, String(wanted.id));
    if (task.userId !== person.id) stage.leaks.push(`${task.id} to ${person.login}`);
    if (verb === "stop" || verb === "restart")
      await stopTask(context, task, { reason: "stopped_by_user", by: person.login });
    if (verb === "retry" || verb === "restart") {
      stage.apiRetries += 1;
      await retryTask(context, await ownTask(context, task.id), { by: person.login });
    }
    await world.followUp(context, []);
  });
}

async function happen(stage: Stage, command: Of<"happens">): Promise<void> {
  const { outside } = stage.world;
  const person = at(WRITERS, command.who) ?? personAt(0);
  const issue = issueAt(command.issue);
  const place = `${issue.repositoryId}#${issue.number}`;
  switch (command.what) {
    case "take_key":
      return takeKey(stage, person);
    case "take_fly":
      return takeFlyToken(stage, person);
    case "give_keys":
      return giveKeys(stage, person);
    case "tokens_revoked":
      return outside.github.state.liveTokens.clear();
    case "unreachable":
      return void outside.unreachable.add(issue.repositoryId);
    case "reachable":
      return void outside.unreachable.delete(issue.repositoryId);
    case "locked":
      return void outside.locked.add(place);
    case "unlocked":
      return void outside.locked.delete(place);
    case "no_permission":
      return void outside.github.state.permissions.set(person.login, "read");
    case "permission":
      return void outside.github.state.permissions.set(person.login, "write");
    case "nothing_starts":
      outside.nothingStarts = true;
      return;
    case "everything_starts":
      outside.nothingStarts = false;
  }
}
