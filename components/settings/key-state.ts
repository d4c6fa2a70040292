import { flySentence, isRefused, keySentence, VERIFICATIONS, type Verification } from "@/lib/key-check";
import type { PorterConfig, SecretStatus } from "@/lib/porter-config";
import { PROVIDERS, type ProviderId } from "@/lib/providers";

/** The saved key of a provider under the name that a launch would use; the first name when none is saved. */
export function keyOf(config: PorterConfig, provider: ProviderId): { name: string; status: SecretStatus | undefined } {
  const { envNames } = PROVIDERS[provider];
  const known = config.providerCredentialStatus[provider];
  const name = envNames.find((candidate) => known?.[candidate]?.configured) ?? envNames[0];
  return { name, status: known?.[name] };
}

export const hasKey = (config: PorterConfig, provider: ProviderId): boolean =>
  keyOf(config, provider).status?.configured === true;

const verificationOf = (status: SecretStatus | undefined): Verification =>
  VERIFICATIONS.find((known) => known === status?.verification) ?? "unverified";

/** `unverified`: nobody has said no to it yet. */
export type SecretState = { kind: "missing" | "valid" | "unverified" | "refused"; sentence: string };

/** What is known of a saved secret, in one sentence. */
function stateOf(status: SecretStatus | undefined, sentenceOf: (found: Verification) => string): SecretState {
  if (!status?.configured) return { kind: "missing", sentence: sentenceOf("missing") };
  const found = verificationOf(status);
  if (found === "valid") return { kind: "valid", sentence: sentenceOf(found) };
  if (found === "unverified") return { kind: "unverified", sentence: "Saved, but not checked yet." };
  return { kind: isRefused(found) ? "refused" : "unverified", sentence: sentenceOf(found) };
}

export const keyState = (config: PorterConfig, provider: ProviderId): SecretState =>
  stateOf(keyOf(config, provider).status, (found) => keySentence(PROVIDERS[provider], found));

/** Token and app together: one is no use without the other. What was refused is told in any case. */
export function flyState({ flyTokenStatus: status, flyAppName }: PorterConfig): SecretState {
  const isTold = status.configured && (flyAppName !== undefined || isRefused(status.verification));
  return stateOf(isTold ? status : undefined, flySentence);
}
