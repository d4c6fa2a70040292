import type { Of, FaultStep } from "./commands";
import { onGitHub } from "./on-github";
import { failMachine, onMachine, overtakeMessage } from "./on-machine";
import { onApi } from "./on-task";
import { itemAt, issueAt, personAt } from "./pick";
import { createRandom } from "./random";
import { giveKeys, takeFlyToken, takeKey, wantClick, WRITERS, type Stage } from "./stage";

/** Does one step: the command, and what handlers get done before the next one. */
export async function performStep(stage: Stage, step: FaultStep): Promise<void> {
  const { world } = stage;
  const order = createRandom(step.seed ^ 0x0dde);
  await begin(stage, step);
  if (step.steps === null) await world.drive(order, 5000);
  else await world.drive(order, step.steps);
}

async function begin(stage: Stage, { command, seed }: FaultStep): Promise<void> {
  const { world } = stage;
  switch (command.kind) {
    case "comment":
    case "close":
    case "redeliver":
      return onGitHub(stage, command, seed);
    case "machine":
      return onMachine(stage, command, seed);
    case "overtaken":
      return overtakeMessage(stage, command, seed);
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

function onQueue({ world }: Stage, { index, how }: Of<"queue">, seed: number): void {
  const now = world.clock.now().getTime();
  const message = itemAt(
    world.queue.filter((candidate) => candidate.dueAt <= now),
    index,
  );
  if (message === undefined) return;
  // A message may come before or after others that were due earlier; losing one is for the run with all clocks.
  if (how === "lose" && world.options.clocks !== "all") return;
  if (how !== "duplicate") world.queue = world.queue.filter((known) => known !== message);
  if (how !== "lose") world.deliver(message, seed);
}

async function happen(stage: Stage, command: Of<"happens">): Promise<void> {
  const { outside } = stage.world;
  const person = itemAt(WRITERS, command.who) ?? personAt(0);
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
      return void outside.github.state.permissions.set(stage.loginOf(person), "read");
    case "not_there":
      return void outside.github.state.permissions.set(stage.loginOf(person), "none");
    case "permission":
      return void outside.github.state.permissions.set(stage.loginOf(person), "write");
    case "renamed":
      return stage.rename(person);
    case "nothing_starts":
      outside.nothingStarts = true;
      return;
    case "everything_starts":
      outside.nothingStarts = false;
      return;
    case "wants_click":
      return wantClick(stage, issue.repositoryId, true);
    case "wants_no_click":
      return wantClick(stage, issue.repositoryId, false);
  }
}
