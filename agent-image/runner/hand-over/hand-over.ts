import { UPLOAD_LIMITS } from "../../../lib/change-set-upload.ts";
import { leaveOut, type CollectedWork } from "../collect/collect-work.ts";
import type { Collected } from "../git/changes.ts";
import type { ChangeSetDoor } from "../porter.ts";
import { sendSet, type SetSources } from "./send-set.ts";
import { type NotAccepted, SetUpload } from "./set-upload.ts";

/** `set`: the number of the last whole one; `work` and `tip` are what is in it. */
export type HandOverResult = { kind: "whole"; set: number; work: CollectedWork; tip: string } | NotAccepted;

/**
 * Hands the work over as a change set. What Porter does not write is left out of another one, in which it is held back.
 * Porter has whatever became whole, though the next set should not.
 */
export async function handOver(
  door: ChangeSetDoor,
  { work, texts }: Pick<Collected, "work" | "texts">,
  sources: SetSources,
): Promise<HandOverResult> {
  let last: HandOverResult | null = null;
  let end: NotAccepted = { kind: "spoilt" };
  let left = work;
  for (let set = 1; set <= UPLOAD_LIMITS.sets; set += 1) {
    const sent = await sendSet(new SetUpload(door, set), { work: left, texts }, sources);
    if (sent.kind === "spoilt") continue;
    if (sent.kind !== "whole") {
      end = sent;
      break;
    }
    last = { kind: "whole", set, work: left, tip: sent.tip };
    const { held } = left.filter;
    const more = sent.leaveOut.filter((path) => !held.has(path));
    if (more.length === 0 || !sources.time.hasTimeForOptionalWork) break;
    left = leaveOut(left, more);
  }
  return last ?? end;
}
