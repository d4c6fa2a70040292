import type { PullsNamed } from "@/server/db/pull-store";
import type { NewDelivery, NewMention } from "@/server/db/delivery-store";

/** What an accepted delivery becomes: small enough for the queue when D1 is away. */
export type Projection = {
  delivery: NewDelivery;
  mentions: NewMention[];
  outcome: string;
  /** The delivery is about these alone: where they are none of Porter's, it is not even recorded. */
  pulls?: PullsNamed & { waitMs: number };
};

/** Recorded, and nothing else is to be done. */
export const notedProjection = (delivery: NewDelivery, outcome: string): Projection => ({
  delivery: { ...delivery, outcome },
  mentions: [],
  outcome,
});

/** Recorded, and due: `reconcileDelivery` does what the outcome asks for. */
export const dueProjection = (delivery: NewDelivery, outcome: string): Projection => ({
  delivery: { ...delivery, outcome, dueAt: delivery.receivedAt },
  mentions: [],
  outcome,
});
