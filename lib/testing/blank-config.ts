import { type PorterConfig, type SecretStatus, storedConfigSchema } from "../porter-config.ts";

/** A key that nobody saved. */
export const NO_SECRET: SecretStatus = {
  configured: false,
  lastFour: null,
  savedAt: null,
  lastUsedAt: null,
  verifiedAt: null,
  verification: null,
};

/** The settings, as the API tells them, of somebody who has set nothing. */
export const blankConfig = (change: Partial<PorterConfig> = {}): PorterConfig => ({
  ...storedConfigSchema.parse({}),
  flyToken: "",
  providerCredentials: {},
  revision: 0,
  gistMirrorStatus: null,
  flyNetwork: "unknown",
  flyTokenStatus: NO_SECRET,
  providerCredentialStatus: {},
  ...change,
});
