import type { CheckGap, Verification } from "@/lib/key-check";
import type { ProviderId } from "@/lib/providers";

export type KeyFinding = { verification: Verification; gap?: CheckGap };

/** Asks model providers about keys. */
export interface KeyChecks {
  /** The provider's cheapest call with this key; an answer within 4 s, whatever the provider does. Never throws. */
  check(provider: ProviderId, key: string): Promise<KeyFinding>;
}
