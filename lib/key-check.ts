import { z } from "zod";
import { fixSchema } from "./fix-schema.ts";

/**
 * What checking a key or the Fly token found. `unverified`: saved, and nobody could say yet. Everything else but
 * `valid` says that the owner of the other side refused it.
 */
export const VERIFICATIONS = [
  "valid",
  // Accepted, but the provider offers it no model of the family that is the default.
  "no_model",
  "unverified",
  "invalid_key",
  "expired",
  "no_credit",
  "restricted",
  "wrong_organisation",
  "no_such_app",
  "name_taken",
  "no_machine_rights",
  "missing",
] as const;
export type Verification = (typeof VERIFICATIONS)[number];

const NO_REFUSAL: readonly string[] = ["valid", "no_model", "unverified", "missing"] satisfies Verification[];
/** True of a secret that its other side refused: it counts as missing until it is replaced or found valid. */
export const isRefused = (verification: string | null): boolean =>
  verification !== null && !NO_REFUSAL.includes(verification);

/** Why nothing was found out. */
export type CheckGap = "too_slow" | "unreachable" | "limited" | "odd_answer" | "no_check" | "too_many_checks";

/** Answer of every validation: one sentence of Porter's own, never the other side's text. */
export const checkResultSchema = z.object({
  valid: z.boolean(),
  verification: z.enum(VERIFICATIONS),
  message: z.string(),
  fix: fixSchema.optional(),
  checkedAt: z.string(),
});
export type KeyCheckResult = z.infer<typeof checkResultSchema>;

type Named = { name: string; docsUrl: string };

const GAPS: Record<CheckGap, (name: string) => string> = {
  too_slow: (name) => `${name} took too long to answer, so this is not checked yet.`,
  unreachable: (name) => `${name} could not be reached, so this is not checked yet.`,
  limited: (name) => `${name} asks for patience right now, so this is not checked yet.`,
  odd_answer: (name) => `${name} answered nothing that makes sense, so this is not checked yet.`,
  no_check: (name) => `${name} offers no way to check a key without using it; the first run shows it.`,
  too_many_checks: () => "Too many keys were checked in the last minutes, so this is not checked yet.",
};

/** One sentence on a model provider's key. */
export function keySentence(provider: Named, verification: Verification, gap: CheckGap = "unreachable"): string {
  const { name } = provider;
  switch (verification) {
    case "valid":
      return `${name} accepts this key.`;
    case "no_model":
      return `${name} accepts this key, but offers it no Sonnet model, which is the default: choose another model.`;
    case "invalid_key":
      return `${name} does not accept this key: it is wrong, or it was revoked.`;
    case "expired":
      return `This key of ${name} has expired.`;
    case "no_credit":
      return `${name} accepts this key, but its account has no credit left.`;
    case "restricted":
      return `${name} knows this key but refuses it here: the key or its account is restricted.`;
    case "missing":
      return `No key of ${name} is saved.`;
    default:
      return GAPS[gap](name);
  }
}

/** One sentence on the Fly token and its app. */
export function flySentence(verification: Verification, gap: CheckGap = "unreachable"): string {
  switch (verification) {
    case "valid":
      return "Fly accepts this token for this app.";
    case "invalid_key":
      return "Fly does not accept this token: it is wrong, revoked or expired.";
    case "expired":
      return "This Fly token has expired.";
    case "wrong_organisation":
      return "This app belongs to an organisation that the token cannot reach.";
    case "no_such_app":
      return "There is no Fly app with this name.";
    case "name_taken":
      return "This app name is taken by somebody else: names are shared by everybody on Fly.";
    case "no_machine_rights":
      return "The token can see the app but not its machines. A deploy token for the app is enough.";
    case "restricted":
      return "This token may not create apps in this organisation. Use an organisation token, or create the app yourself.";
    case "missing":
      return "Both are needed: a Fly token and the name of an app.";
    case "no_credit":
      return "Fly knows this token, but starts no machine before its bill or payment method is put right.";
    case "no_model":
    case "unverified":
      return GAPS[gap]("Fly");
  }
}
