import type { SetPart } from "../../../lib/change-set.ts";
import { type ChangesRequest, changesAnswerSchema, type PartKind } from "../../../lib/change-set-upload.ts";
import type { ChangeSetDoor, TryTime } from "../porter.ts";
import type { PartFiles } from "./part-files.ts";

/**
 * Why a set or a file of it did not arrive. `not_offered`: Porter takes no sets. `spoilt`: what it has of this set is
 * something else, so only another number helps. `gone`: nobody listens, or nothing more is wanted.
 */
export type NotAccepted =
  | { kind: "not_offered" }
  | { kind: "spoilt" }
  | { kind: "refused"; status: number }
  | { kind: "gone" };

const NOT_OFFERED = new Set([404, 405]);
/** How often Porter may ask for earlier parts of a file again. */
const MOST_STEPS_BACK = 20;

/** One numbered set on its way to Porter. */
export class SetUpload {
  readonly #door: ChangeSetDoor;
  readonly #set: number;

  constructor(door: ChangeSetDoor, set: number) {
    this.#door = door;
    this.#set = set;
  }

  /** The parts in their order, from where Porter says that it lacks one. null: it has all. */
  async send(
    kind: PartKind,
    from: { parts: readonly SetPart[]; files: PartFiles },
    time: TryTime,
  ): Promise<NotAccepted | null> {
    let stepsBack = 0;
    for (let at = 0; ;) {
      const part = from.parts[at];
      if (part === undefined) return null;
      const address = { set: this.#set, kind, number: part.number, sha256: part.sha256 };
      const reply = await this.#door.part(address, await from.files.read(part), time);
      if (reply.kind === "ok") at += 1;
      else if (reply.kind === "gap" && reply.expected < part.number && stepsBack < MOST_STEPS_BACK) {
        stepsBack += 1;
        at = reply.expected - 1;
      } else return notTaken(reply);
    }
  }

  /** Makes the set whole. Answers the paths that Porter does not write. */
  async finish(
    whole: Omit<ChangesRequest, "taskId" | "attempt" | "set">,
    time: TryTime,
  ): Promise<{ kind: "whole"; leaveOut: string[] } | NotAccepted> {
    const reply = await this.#door.changes({ set: this.#set, ...whole }, time);
    if (reply.kind !== "ok") return notTaken(reply);
    const answer = changesAnswerSchema.safeParse(reply.body);
    return { kind: "whole", leaveOut: answer.success ? answer.data.leaveOut : [] };
  }
}

function notTaken(reply: Exclude<Awaited<ReturnType<ChangeSetDoor["part"]>>, { kind: "ok" }>): NotAccepted {
  switch (reply.kind) {
    case "gap":
    case "superseded":
      return { kind: "spoilt" };
    case "rejected":
      return NOT_OFFERED.has(reply.status) ? { kind: "not_offered" } : { kind: "refused", status: reply.status };
    case "ended":
    case "unauthorized":
    case "unreachable":
      return { kind: "gone" };
  }
}
