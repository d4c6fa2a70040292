import { COMMENTS, type Of } from "./commands";
import { aClosing, aComment, deliverEvent, type DeliveredEvent, type Issue, type FaultPerson } from "./deliveries";
import { itemAt, issueAt, personAt } from "./pick";
import { createRandom } from "./random";
import { WRITERS, type Stage } from "./stage";

/** Something happens on an issue and is delivered, or is delivered again. */
export async function onGitHub(
  stage: Stage,
  command: Of<"comment" | "close" | "redeliver">,
  seed: number,
): Promise<void> {
  if (command.kind === "redeliver") return redeliver(stage, command, seed);
  const issue = issueAt(command.issue);
  const person = personAt(command.who);
  const by = { ...person, login: stage.loginOf(person) };
  if (command.kind === "comment") return say(stage, { issue, by, text: itemAt(COMMENTS, command.text) ?? "", seed });
  publish(stage, aClosing(stage.world, { issue, by, number: (stage.counter += 1) }), seed);
}

type Saying = { issue: Issue; by: FaultPerson; text: string; seed: number };
const say = (stage: Stage, { seed, ...saying }: Saying): void =>
  publish(stage, aComment(stage.world, { ...saying, number: (stage.counter += 1) }), seed);

function publish({ world, deliveries }: Stage, delivery: DeliveredEvent, seed: number): void {
  deliveries.push(delivery);
  deliverEvent(world, delivery, { seed });
}

async function redeliver(stage: Stage, { index, what }: Of<"redeliver">, seed: number): Promise<void> {
  const { world, deliveries } = stage;
  const closings = deliveries.filter(({ event }) => event === "issues");
  const known = itemAt(what === "closing" ? closings : deliveries, index);
  if (known === undefined) return;
  if (what === "closing") {
    // After it somebody asked again: the old event is not about that.
    const order = createRandom(seed);
    await world.advance(1000, order);
    say(stage, { issue: known.issue, by: itemAt(WRITERS, index) ?? known.by, text: COMMENTS[0], seed: seed + 1 });
    await world.drive(order, 60);
  }
  // GitHub's redelivery keeps the id; a second hook has its own.
  const isOther = what === "other_hook" && known.event === "issue_comment";
  deliverEvent(world, known, isOther ? { seed, guid: `${known.guid}-hook-${(stage.counter += 1)}` } : { seed });
}
