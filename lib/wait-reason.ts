import { type Loss, LOSSES } from "./losses.ts";
import { withoutFullStop } from "./sentence.ts";

/** Why a task that nothing blocks has no machine yet, besides its position in the queue. */
export type WaitReason =
  /** `region` null: the app's own. `next` null: the same region again, in a minute. */
  | { kind: "fly_full"; region: string | null; next: string | null }
  | { kind: "fly_silent" }
  | { kind: "github_silent" }
  | { kind: "machine_lost"; code: Loss }
  | { kind: "model_gone" }
  /** Of a row that an older Porter wrote in words, or a newer one in a form that this one does not know. */
  | { kind: "older"; sentence: string | null };

/** What Fly did not give; null where Fly is not the reason. Without a full stop. */
export function flyWords(reason: WaitReason): string | null {
  if (reason.kind === "fly_silent") return "Fly does not answer";
  if (reason.kind !== "fly_full") return null;
  return `Fly has no capacity in ${reason.region ?? "the app's region"}`;
}

/** For people, without a full stop. */
export function waitWords(reason: WaitReason): string {
  switch (reason.kind) {
    case "fly_full":
      return `${flyWords(reason)}, trying ${reason.next ?? "again in a minute"}`;
    case "fly_silent":
      return `${flyWords(reason)}, trying again in a minute`;
    case "github_silent":
      return "GitHub does not answer, trying again in a minute";
    case "machine_lost":
      return `${withoutFullStop(LOSSES[reason.code])}; another one is asked for`;
    case "model_gone":
      return "The model was not there; the newest one that the key can see is tried";
    case "older":
      return reason.sentence ?? "a machine is asked for";
  }
}
