import { MAX_RUNNING_TASKS_PER_USER } from "./task.ts";
import { type WaitReason, waitWords } from "./wait-reason.ts";

/** Where a queued task stands among its requester's: `position` from 1 of `waiting`, while `running` run. */
export type QueuePosition = { position: number; waiting: number; running: number };

/** Of a line no more than so many ids are told. */
export const LINE_TOLD = 100;
/** A requester's line as the pages know it: who waits, in the order in which they start, and how many wait and run. */
export type WaitingLine = { line: readonly string[]; queued: number; running: number };

/** Null for a task that does not stand in the line, or too far back. */
export function positionInQueue(id: string, { line, queued, running }: WaitingLine): QueuePosition | null {
  const index = line.indexOf(id);
  return index < 0 ? null : { position: index + 1, waiting: queued, running };
}

const NUMBERS = ["no", "one", "two", "three", "four", "five"];

/** `1st`, `2nd`, `3rd`, `11th`, `21st`. */
export function ordinalOf(position: number): string {
  const tens = position % 100;
  const suffix = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][position % 10] ?? "th");
  return `${position}${suffix}`;
}

/** Why a task that nothing blocks has not started, without a full stop. `waitReason`: what it waits for otherwise. */
function queueReason({ running }: QueuePosition, waitReason: WaitReason | null): string {
  if (waitReason !== null) return waitWords(waitReason);
  if (running >= MAX_RUNNING_TASKS_PER_USER) return `${NUMBERS[running] ?? running} tasks are running`;
  return "a machine is asked for";
}

/** "2nd of 4: five tasks are running". */
export const queueSentence = (queue: QueuePosition, waitReason: WaitReason | null): string =>
  `${ordinalOf(queue.position)} of ${Math.max(queue.position, queue.waiting)}: ${queueReason(queue, waitReason)}`;
