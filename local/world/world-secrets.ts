import { randomBytes } from "node:crypto";
import { AGENT_IDS, AGENTS } from "../../lib/agents.ts";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "../../lib/providers.ts";

const random = (bytes: number): string => randomBytes(bytes).toString("base64url");

/** The secrets of one run, new for each: Porter's own and those that its demo user saves. */
export type WorldSecrets = {
  encryptionKeys: string;
  authSecret: string;
  webhookSecret: string;
  /** For `npm run doctor` and `npm run keys:rotate` against this run. */
  operatorToken: string;
  flyToken: string;
  /** May make apps, as Fly's organisation tokens may. */
  flyOrgToken: string;
  /** A key of each provider; the scripted model takes all of them. */
  modelKeys: Record<ProviderId, string>;
};

/** They look like the real ones, so that redaction meets them, and say in their text that they are not. */
export function newWorldSecrets(): WorldSecrets {
  return {
    encryptionKeys: `1:${randomBytes(32).toString("base64")}`,
    authSecret: random(32),
    webhookSecret: random(32),
    operatorToken: random(32),
    flyToken: `fm2_local-fake-${random(32)}`,
    flyOrgToken: `fm2_local-fake-org-${random(32)}`,
    modelKeys: Object.fromEntries(
      PROVIDER_IDS.map((id) => [id, `${PROVIDERS[id].keyPrefix ?? ""}local-fake-${random(32)}`]),
    ) as Record<ProviderId, string>,
  };
}

/** The keys that somebody needs who asks for any agent whose model can be played. */
export const keysForAgents = ({ modelKeys }: WorldSecrets): Partial<Record<ProviderId, string>> =>
  Object.fromEntries(
    AGENT_IDS.map((id) => AGENTS[id])
      .filter(({ isMetered }) => isMetered)
      .map(({ provider }) => [provider, modelKeys[provider]]),
  );
