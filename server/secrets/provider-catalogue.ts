import { agentsOf, type ProviderCatalogue } from "@/lib/credentials";
import { MODELS_SOURCE, modelsOf } from "@/lib/models";
import { PROVIDER_IDS, PROVIDERS } from "@/lib/providers";

/** `GET /api/config/providers`: what can be configured; the same for everybody. */
export function providerCatalogue(): ProviderCatalogue {
  const providers = PROVIDER_IDS.map((id) => {
    const { name, envNames, docsUrl, keyPrefix, servesModels } = PROVIDERS[id];
    return {
      id,
      name,
      docsUrl,
      keyPrefix,
      envNames: [...envNames],
      agents: agentsOf(id),
      checkable: servesModels,
      models: modelsOf(id),
    };
  });
  return { providers, modelsSource: MODELS_SOURCE };
}
