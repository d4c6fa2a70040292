import type { CheckGap, Verification } from "@/lib/key-check";
import type { Families } from "@/lib/model-family";
import type { ProviderId } from "@/lib/providers";

/** `models`: what the provider's list holds of each family, where it has said so. */
export type KeyFinding = { verification: Verification; gap?: CheckGap; models?: Families };

/** Asks model providers about keys. */
export interface KeyChecks {
  /** The provider's cheapest call with this key; an answer within 4 s, whatever the provider does. Never throws. */
  check(provider: ProviderId, key: string): Promise<KeyFinding>;
}
