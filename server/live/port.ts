import { z } from "zod";
import type { TaskChange } from "@/lib/live";
import type { Topic } from "./topics";

export const signalSchema = z.object({ seq: z.number().int() });
/** "There is something new up to here": never what is new. */
export type Signal = z.infer<typeof signalSchema>;

/** What wakes a stream before its time. */
export type Signals = {
  /**
   * Waits for news after `seen`: `news`, `quiet` after `timeoutMs`, or `lost` when the hub is gone. Signals that came
   * between two waits count. Never rejects.
   */
  next(seen: number, timeoutMs: number): Promise<"news" | "quiet" | "lost">;
  close(): void;
};

/** Porter's way to the people who watch. Nothing in here throws, and nothing waits for it. */
export type Live = {
  /** False where the platform has no hub (`next dev`): streams then ask D1 each second. */
  hasHub: boolean;
  /** Tells the viewers of the task and of its user's list, after the answer. */
  changed(change: TaskChange): void;
  /** Listens to a topic; null when the hub does not answer within a second. */
  listen(topic: Topic): Promise<Signals | null>;
  /** Asks how many streams listen to any of the topics; the function tells what is known by then, at first 0. */
  audience(topics: Topic[]): () => number;
};
