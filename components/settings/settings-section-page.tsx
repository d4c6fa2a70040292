"use client";
import { PROVIDER_IDS, type ProviderId } from "@/lib/providers";
import { AgentsSection } from "./agents-section";
import { Arrival } from "./arrival";
import { DefaultsSection } from "./defaults-section";
import { FlySection } from "./fly-section";
import { hasKey } from "./key-state";
import { NetworkSection } from "./network-section";
import { neededProviders, ProvidersSection } from "./providers-section";
import { RepositoriesSection } from "./repositories-section";
import { RepositoryLinks } from "./repository-links";
import type { SectionId } from "./sections";
import { useSettings } from "./use-settings";

type SectionPageProps = {
  /** Audit is made where its lines are read. */
  section: Exclude<SectionId, "audit">;
  /** From the address: the provider whose key is meant. */
  provider: string | null;
  /** From the address: the host that somebody may want to allow. */
  allow: string | null;
};

/** One section, with the focus on what it lacks, else on its heading. */
export function SettingsSectionPage({ section, provider, allow }: SectionPageProps) {
  const { saved } = useSettings();
  const wanted = PROVIDER_IDS.find((id) => id === provider) ?? null;
  const heading = `${section}-title`;
  switch (section) {
    case "agents":
      return (
        <>
          <Arrival ids={[heading]} />
          <AgentsSection />
        </>
      );
    case "providers":
      return (
        <>
          <Arrival
            ids={[
              ...missingKeys(
                wanted,
                neededProviders(saved).filter((id) => !hasKey(saved, id)),
              ),
              heading,
            ]}
          />
          <ProvidersSection wanted={wanted} />
        </>
      );
    case "fly":
      return (
        <>
          <Arrival
            ids={[
              ...(saved.flyTokenStatus.configured ? [] : ["fly-token"]),
              ...(saved.flyAppName === undefined ? ["fly-app"] : []),
              heading,
            ]}
          />
          <FlySection />
        </>
      );
    case "defaults":
      return (
        <>
          <Arrival ids={[heading]} />
          <DefaultsSection />
        </>
      );
    case "network":
      return (
        <>
          <Arrival ids={[...(allow === null ? [] : ["add-host"]), heading]} />
          <NetworkSection wanted={allow} />
        </>
      );
    case "repositories":
      return (
        <>
          <Arrival ids={[heading]} />
          <RepositoriesSection />
          <div className="mt-10">
            <RepositoryLinks />
          </div>
        </>
      );
  }
}

const missingKeys = (wanted: ProviderId | null, missing: ProviderId[]): string[] =>
  [...(wanted === null ? [] : [wanted]), ...missing].map((id) => `key-${id}`);
