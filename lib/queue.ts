import { MAX_RUNNING_TASKS_PER_USER } from "./task.ts";

/** Where a queued task stands among its requester's: `position` from 1 of `waiting`, while `running` run. */
export type QueuePlace = { position: number; waiting: number; running: number };

const NUMBERS = ["no", "one", "two", "three", "four", "five"];

/** `1st`, `2nd`, `3rd`, `11th`, `21st`. */
export function ordinal(position: number): string {
  const tens = position % 100;
  const suffix = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][position % 10] ?? "th");
  return `${position}${suffix}`;
}

/** Why a task that nothing blocks has not started, without a full stop. `waitReason`: what it waits for otherwise. */
function queueReason({ running }: QueuePlace, waitReason: string | null): string {
  if (waitReason !== null) return waitReason;
  if (running >= MAX_RUNNING_TASKS_PER_USER) return `${NUMBERS[running] ?? running} tasks are running`;
  return "a machine is asked for";
}

/** "2nd of 4: five tasks are running". */
export const queueSentence = (place: QueuePlace, waitReason: string | null): string =>
  `${ordinal(place.position)} of ${Math.max(place.position, place.waiting)}: ${queueReason(place, waitReason)}`;
