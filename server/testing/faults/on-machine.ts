import type { Of } from "./commands";
import {
  type CallbackAnswer,
  exitMachine,
  receiveAnswer,
  isUp,
  nextMessage,
  progressBody,
  sendCallback,
  type SimulatedRunner,
} from "./machine-life";
import { actOnTask } from "./on-task";
import { itemAt } from "./pick";
import { createRandom } from "./random";
import type { Stage } from "./stage";

/** A machine says its next word, or something that no good one would. */
export function onMachine(stage: Stage, { index, act }: Of<"machine">, seed: number): void {
  const { world } = stage;
  const runner = itemAt(
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
    sendCallback(world, message, {
      seed,
      ...(isLost ? {} : { onAnswer: (answer) => receiveAnswer(runner, message, answer) }),
    });
    return;
  }
  const message = act === "repeat" ? last : unusual(stage, runner, act);
  if (message !== undefined) sendCallback(world, message, { seed });
}

function unusual(
  stage: Stage,
  runner: SimulatedRunner,
  act: Exclude<Of<"machine">["act"], "next" | "repeat" | "lost_request" | "lost_answer" | "late_answer">,
) {
  const ref = { taskId: runner.file.taskId, attempt: runner.file.attempt };
  const token = runner.token ?? runner.file.claimToken;
  switch (act) {
    case "heartbeat":
      return { kind: "heartbeat" as const, token, body: ref };
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

/** A word that is read before something else of the same task is done, and written after it. */
export async function overtakeMessage(
  stage: Stage,
  { index, reads, by }: Of<"overtaken">,
  seed: number,
): Promise<void> {
  const { world } = stage;
  const runner = itemAt(stage.runners().filter(isUp), index);
  if (runner === undefined) return;
  const order = createRandom(seed);
  const message = nextMessage(world, runner);
  runner.sent.push(message);
  sendCallback(world, message, { seed }).isSlow = true;
  await world.drive(order, reads);
  if (by !== "resend") {
    await actOnTask(stage, { verb: by, taskId: runner.file.taskId, seed: seed + 1 });
    return;
  }
  // The runner heard nothing and says it again; then it goes on.
  let isHeard = false;
  const onAnswer = (answer: CallbackAnswer) => {
    isHeard = true;
    receiveAnswer(runner, message, answer);
  };
  sendCallback(world, message, { seed: seed + 1, onAnswer });
  for (let count = 0; count < ONE_CALLBACK && !isHeard; count++) await world.drive(order, 1);
  if (!isHeard || !isUp(runner)) return;
  const next = nextMessage(world, runner);
  runner.sent.push(next);
  sendCallback(world, next, { seed: seed + 2, onAnswer: (answer) => receiveAnswer(runner, next, answer) });
}
/** Outside calls up to a callback's answer are fewer than this. */
const ONE_CALLBACK = 30;

export function failMachine(stage: Stage, { index, fault }: Of<"machine_fault">): void {
  const runner = itemAt(stage.runners().filter(isUp), index);
  if (runner === undefined) return;
  stage.world.note(`  machine ${runner.machine.name} ${fault}`);
  switch (fault) {
    case "killed":
      return exitMachine(runner, 137);
    case "out_of_memory":
      return exitMachine(runner, 137, true);
    case "exits":
      return exitMachine(runner, 1);
    case "vanishes":
      runner.state = "dead";
      runner.machine.state = "destroyed";
      return;
    case "wedged":
      runner.state = "wedged";
  }
}
