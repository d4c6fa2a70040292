import type { KeptJudgement } from "@/lib/change-set-judgement";
import type { HeldBack } from "@/lib/held-back";
import type { ReviewFinding } from "@/lib/review/findings";

type Found = Pick<KeptJudgement, "draft" | "look">;

const isSame = (one: ReviewFinding, other: ReviewFinding): boolean =>
  one.kind === other.kind && one.path === other.path && one.detail === other.detail;
const without = (all: readonly ReviewFinding[], known: readonly ReviewFinding[]): ReviewFinding[] =>
  all.filter((finding) => !known.some((one) => isSame(one, finding)));

/** What a judgement finds that the one before it did not. */
export const newFindings = (before: Found, now: Found): Found => ({
  draft: without(now.draft, before.draft),
  look: without(now.look, before.look),
});

/** What is known of a set once more of it was written. What was found before stays; what stayed out then is as it was. */
export const withFindings = (before: KeptJudgement, now: KeptJudgement, fresh: Found): KeptJudgement => ({
  ...before,
  draft: [...before.draft, ...fresh.draft],
  look: [...before.look, ...fresh.look],
  isDraft: before.isDraft || now.isDraft,
  suggestsClick: before.suggestsClick || now.suggestsClick,
});

/** What is held back, with why it is so permanently where that was found out since. */
export function withNewReasons(held: readonly HeldBack[], found: readonly HeldBack[]): HeldBack[] {
  const secret = found.filter(({ reason }) => reason.kind === "own_secret");
  const known = new Set(secret.map(({ path }) => path));
  return [...held.filter(({ path }) => !known.has(path)), ...secret];
}
